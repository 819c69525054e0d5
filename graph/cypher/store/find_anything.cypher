// Does the database hold anything at all?
// Parameters: none
MATCH (n)
RETURN 1 AS one
LIMIT 1
