// What is there to know about this account at a glance?
//
// Money: every money kind but guarantee (a promise, no payment). A taking back (a relation with `reverses`) is no
// payment of its own: it is left out, and what it takes back stays in. Outcomes and score are those of the holder.
// Parameters:
//   id: string                      the account
// Columns:
//   account_id: string              the account
//   kind: string                    person, merchant or institution
//   opened_on: date                 when it was opened, null if unknown
//   holder_id: string               who holds it
//   holder_kind: string             what the holder is
//   holder_accounts: integer        how many accounts the holder has
//   payments_out: integer           payments made
//   payees: integer                 to how many accounts
//   first_out_at: datetime          the first of them
//   last_out_at: datetime           the last of them
//   payments_in: integer            payments received
//   payers: integer                 from how many accounts
//   first_in_at: datetime           the first of them
//   last_in_at: datetime            the last of them
//   outcomes: integer               defaults, overdue debts, court cases and blocks of the holder
//   worst_severity: float           the greatest severity among them, null if none
//   score: integer                  the holder's score in the current run, null if none
//   band: string                    its band
MATCH (a:Account)-[:HELD_BY]->(h:Holder)
WHERE a.id = $id
CALL (h) {
  MATCH (h)<-[:HELD_BY]-(held:Account)
  RETURN count(held) AS holder_accounts
}
CALL (a) {
  MATCH (a)-[r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|WITHDRAWAL|FEE]
    ->(payee:Account)
  WHERE r.reverses IS NULL
  RETURN count(r) AS payments_out, count(DISTINCT payee) AS payees, min(r.at) AS first_out_at, max(r.at) AS last_out_at
}
CALL (a) {
  MATCH (a)<-
    [r:TRANSFER|PAY_ON_BEHALF|PURCHASE|REFUND|PAYROLL|REPAYMENT|BILL|INVESTMENT|DONATION|LOAN|WITHDRAWAL|FEE]
    -(payer:Account)
  WHERE r.reverses IS NULL
  RETURN count(r) AS payments_in, count(DISTINCT payer) AS payers, min(r.at) AS first_in_at, max(r.at) AS last_in_at
}
CALL (h) {
  MATCH (h)-[:HAD]->(o:Outcome)
  RETURN count(o) AS outcomes, max(o.severity) AS worst_severity
}
OPTIONAL MATCH (current:Publication {id: 'current'})-[:CURRENT]->(run:Run)
OPTIONAL MATCH (h)-[:SCORED]->(s:Score {run_id: run.id})
RETURN a.id AS account_id, a.kind AS kind, a.opened_on AS opened_on, h.id AS holder_id, h.kind AS holder_kind,
  holder_accounts, payments_out, payees, first_out_at, last_out_at, payments_in, payers, first_in_at, last_in_at,
  outcomes, worst_severity, s.score AS score, s.band AS band
ORDER BY account_id
