// From which accounts that got loans did money come to a person, and how large are those loans?
//
// LDBC FinBench, transaction complex read 2. Traces of 1 to 3 transfers into an account of the person, each later
// than the one before it upstream, all within the window, as is the deposit of the loan. Each loan counts once per
// account. Sums are exact, rounded half up to 3 decimals.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts transfers into an
// account, not deposits or accounts owned.
// Parameters:
//   id: string                    a person
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   otherId: string               the account the money came from
//   sumLoanAmount: float          of the loans that were paid out to it
//   sumLoanBalance: float         what is left of them
MATCH (person:Person)-[:OWN]->(own:Account)
WHERE person.id = $id
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
WITH collect({account: own, at: $endTime}) AS zero
CALL (zero) {
  UNWIND zero AS step
  WITH step.account AS here, step.at AS until
  CALL (here) {
    MATCH (here)<-[t:FIN_TRANSFER]-(before:Account)
    WITH t, before
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN before, t.created_at AS at
  }
  WITH before, at, until
  WHERE $startTime < at AND at < until
  WITH before, max(at) AS at
  RETURN collect({account: before, at: at}) AS one
}
CALL (one) {
  UNWIND one AS step
  WITH step.account AS here, step.at AS until
  CALL (here) {
    MATCH (here)<-[t:FIN_TRANSFER]-(before:Account)
    WITH t, before
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN before, t.created_at AS at
  }
  WITH before, at, until
  WHERE $startTime < at AND at < until
  WITH before, max(at) AS at
  RETURN collect({account: before, at: at}) AS two
}
CALL (two) {
  UNWIND two AS step
  WITH step.account AS here, step.at AS until
  CALL (here) {
    MATCH (here)<-[t:FIN_TRANSFER]-(before:Account)
    WITH t, before
    ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
             CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END,
             CASE $truncationOrder WHEN 'AMOUNT_DESCENDING' THEN -t.amount_micro
                                   WHEN 'AMOUNT_ASCENDING' THEN t.amount_micro END, t.id
    LIMIT $truncationLimit
    RETURN before, t.created_at AS at
  }
  WITH before, at, until
  WHERE $startTime < at AND at < until
  WITH before, max(at) AS at
  RETURN collect({account: before, at: at}) AS three
}
UNWIND one + two + three AS step
WITH step.account AS other
WITH DISTINCT other
MATCH (other)<-[d:DEPOSIT]-(loan:Loan)
WHERE $startTime < d.created_at AND d.created_at < $endTime
WITH DISTINCT other, loan
WITH other, sum(loan.amount_micro) + sum(loan.amount_rest) / 10000000000 AS amount,
     sum(loan.balance_micro) + sum(loan.balance_rest) / 10000000000 AS balance
RETURN other.id AS otherId, toFloat((amount + 500) / 1000) / 1000 AS sumLoanAmount,
       toFloat((balance + 500) / 1000) / 1000 AS sumLoanBalance
ORDER BY sumLoanAmount DESC, size(otherId), otherId
