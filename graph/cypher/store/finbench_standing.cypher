// Which of these relationships stand? Without labels, or the embedded server walks over all instead of using the index.
// Parameters: ids
MATCH ()-[r:__KIND__]->()
WHERE r.id IN $ids
RETURN r.id AS id
