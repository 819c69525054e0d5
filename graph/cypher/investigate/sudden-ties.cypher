// Whose score rose between two published runs just after new ties came up?
//
// New ties are ties of the later run that lift their payee and of which the earlier run knew nothing. Listed are the
// payees whose score rose by at least so much.
// Parameters:
//   before: string = null           the earlier run; null: the complete one published last before the later
//   rise: integer = 1               at least this many points of score
//   limit: integer = 100            at most this many rows
//   run: string = null              the later run; null: the current one
// Columns:
//   holder_id: string               whose score rose
//   score_before: integer           the score then
//   score_after: integer            the score now
//   rise: integer                   the difference
//   ties: integer                   how many new ties lift it
//   points: float                   what these are worth in the score, together
//   strongest_id: string            the new supporter that contributes most
//   first_at: datetime              the first payment of the new ties
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the most points from new ties first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
MATCH (earlier:Run)
WHERE earlier.complete AND (earlier.id = $before OR ($before IS NULL AND earlier.number < run.number))
WITH run, earlier
ORDER BY earlier.number DESC
LIMIT 1
MATCH (supporter:Holder)-[tie:TIE]->(holder:Holder)
WHERE tie.contribution > 0 AND tie.run_id = run.id
  AND NOT EXISTS { (supporter)-[old:TIE {run_id: earlier.id}]->(holder) }
WITH run, earlier, holder, tie, supporter.id AS supporter_id
ORDER BY tie.contribution DESC, supporter_id
WITH run, earlier, holder, count(*) AS ties, sum(tie.points) AS points, collect(supporter_id)[0] AS strongest_id,
     min(tie.first_at) AS first_at
MATCH (holder)-[:SCORED]->(then:Score {run_id: earlier.id})
MATCH (holder)-[:SCORED]->(now:Score {run_id: run.id})
WHERE now.score - then.score >= $rise
WITH holder.id AS holder_id, then.score AS score_before, now.score AS score_after, ties, points, strongest_id, first_at
ORDER BY points DESC, holder_id
LIMIT $limit + 1
WITH collect({holder_id: holder_id, score_before: score_before, score_after: score_after, ties: ties, points: points,
              strongest_id: strongest_id, first_at: first_at}) AS found
UNWIND found[..$limit] AS row
RETURN row.holder_id AS holder_id, row.score_before AS score_before, row.score_after AS score_after,
       row.score_after - row.score_before AS rise, row.ties AS ties, row.points AS points,
       row.strongest_id AS strongest_id, row.first_at AS first_at, size(found) > $limit AS capped
ORDER BY points DESC, holder_id
