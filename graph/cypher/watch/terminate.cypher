// How are transactions ended from outside?
//
// Parameters:
//   ids: list of string             as the server names them
// Columns:
//   message: string                 what became of each
TERMINATE TRANSACTIONS $ids
