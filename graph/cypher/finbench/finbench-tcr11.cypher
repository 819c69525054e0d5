// How large are the loans of all whom a person guarantees, down the chain?
//
// LDBC FinBench, transaction complex read 11. All persons down chains of guarantees within the window, to their
// end, the first one only if a chain comes back to it; each loan they applied for counts once. The sum is exact,
// rounded half up to 3 decimals.
// Truncation: the first edges in the order, ties by id, before any other filter; orders are TIMESTAMP_DESCENDING,
// TIMESTAMP_ASCENDING, AMOUNT_DESCENDING and AMOUNT_ASCENDING, any other gives no rows. It cuts guarantees, which
// have no amount, not applications.
// Parameters:
//   id: string                    a person
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
//   truncationLimit: integer = 500    at most this many edges are followed from one node
//   truncationOrder: string = "TIMESTAMP_DESCENDING"    which edges come first
// Columns:
//   sumLoanAmount: float          of the loans
//   numLoans: integer             how many loans
// Cap: chains of more than 100 guarantees end there
MATCH (person:Person)
WHERE person.id = $id
  AND $truncationOrder IN ['TIMESTAMP_DESCENDING', 'TIMESTAMP_ASCENDING', 'AMOUNT_DESCENDING', 'AMOUNT_ASCENDING']
WITH reduce(state = {front: [person], reached: []}, level IN range(1, 100) |
  CASE WHEN size(state.front) = 0 THEN state ELSE [front IN [COLLECT {
    UNWIND state.front AS here
    CALL (here) {
      MATCH (here)-[t:GUARANTEES]->(next:Person)
      WITH t, next
      ORDER BY CASE $truncationOrder WHEN 'TIMESTAMP_DESCENDING' THEN t.created_at END DESC,
               CASE $truncationOrder WHEN 'TIMESTAMP_ASCENDING' THEN t.created_at END, t.id
      LIMIT $truncationLimit
      RETURN t AS edge, next
    }
    WITH edge, next
    WHERE $startTime < edge.created_at AND edge.created_at < $endTime AND NOT next IN state.reached
    RETURN DISTINCT next
  }] | {front: front, reached: state.reached + front}][0] END) AS state
CALL (state) {
  UNWIND state.reached AS guaranteed
  MATCH (guaranteed)-[:APPLY]->(loan:Loan)
  WITH DISTINCT loan
  RETURN sum(loan.amount_micro) + sum(loan.amount_rest) / 10000000000 AS total, count(loan) AS numLoans
}
RETURN toFloat((total + 500) / 1000) / 1000 AS sumLoanAmount, numLoans AS numLoans
