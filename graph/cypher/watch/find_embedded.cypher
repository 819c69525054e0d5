// Which transactions does the embedded server work on?
//
// It keeps no metadata, so the mark stands in a comment behind the query; its YIELD names no columns of its own.
// Parameters: none
// Columns:
//   transactionId: string           what it is ended by
//   currentQuery: string            its text
SHOW TRANSACTIONS
