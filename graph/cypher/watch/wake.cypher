// Is the server there?
//
// Parameters: none
// Columns:
//   awake: integer                  1
RETURN 1 AS awake
