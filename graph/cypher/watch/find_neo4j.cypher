// Which transactions of a Neo4j carry this mark?
//
// Parameters:
//   mark: string                    what the transaction was begun with
// Columns:
//   id: string                      what it is ended by
SHOW TRANSACTIONS YIELD transactionId, metaData WHERE metaData.renmai = $mark RETURN transactionId AS id
