// Who might be boosting each other: pairs and triples whose ties both ways are strong?
//
// Strength here is gross (g): netting cancels what comes back within 30 days, which is just what is looked for. In a
// triple each two of the three are such a pair. A steady monthly tie is 2.47.
// Parameters:
//   strong: float = 2.0             least strength of each tie
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   size: integer                   2: a pair, 3: a triple
//   first_id: string                the member of the least id
//   second_id: string               the next
//   third_id: string                the third (null in a pair)
//   weakest: float                  the weakest of their ties, gross
//   contribution: float             what they add to each other's standing, together
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, triples before pairs and the strongest first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
WITH run.id AS run_id
MATCH (a:Holder)-[ab:TIE]->(b:Holder)
WHERE ab.g >= $strong AND ab.run_id = run_id AND a.id < b.id
MATCH (b)-[ba:TIE]->(a)
WHERE ba.run_id = run_id AND ba.g >= $strong
CALL (run_id, a, b, ab, ba) {
  RETURN 2 AS size, null AS third_id, CASE WHEN ab.g < ba.g THEN ab.g ELSE ba.g END AS weakest,
         ab.contribution + ba.contribution AS contribution
  UNION ALL
  MATCH (b)-[bc:TIE]->(c:Holder)
  WHERE bc.run_id = run_id AND bc.g >= $strong AND b.id < c.id
  MATCH (c)-[cb:TIE]->(b)
  WHERE cb.run_id = run_id AND cb.g >= $strong
  MATCH (c)-[ca:TIE]->(a)
  WHERE ca.run_id = run_id AND ca.g >= $strong
  MATCH (a)-[ac:TIE]->(c)
  WHERE ac.run_id = run_id AND ac.g >= $strong
  WITH c, [ab, ba, bc, cb, ac, ca] AS ties
  RETURN 3 AS size, c.id AS third_id,
         reduce(least = ties[0].g, tie IN ties | CASE WHEN tie.g < least THEN tie.g ELSE least END) AS weakest,
         reduce(sum = 0.0, tie IN ties | sum + tie.contribution) AS contribution
}
WITH size, a.id AS first_id, b.id AS second_id, third_id, weakest, contribution
ORDER BY size DESC, weakest DESC, first_id, second_id, third_id
LIMIT $limit + 1
WITH collect({size: size, first_id: first_id, second_id: second_id, third_id: third_id, weakest: weakest,
              contribution: contribution}) AS found
UNWIND found[..$limit] AS row
RETURN row.size AS size, row.first_id AS first_id, row.second_id AS second_id, row.third_id AS third_id,
       row.weakest AS weakest, row.contribution AS contribution, size(found) > $limit AS capped
ORDER BY size DESC, weakest DESC, first_id, second_id, third_id
