// Which of these relations of this kind stand, and with what content? IN is answered from the index on both servers;
// without labels at the ends, or the embedded server walks over all accounts instead. Times come in microseconds since
// 1970, for the sake of speed.
// Parameters: ids
MATCH (a)-[r:__KIND__]->(b)
WHERE r.id IN $ids
RETURN r.id AS relation_id, toLower(type(r)) AS kind, a.id AS from_id, b.id AS to_id, r.amount_minor AS amount_minor,
  r.currency AS currency, datetime(r.at).epochSeconds * 1000000 + r.at.microsecond AS at, r.reverses AS reverses
