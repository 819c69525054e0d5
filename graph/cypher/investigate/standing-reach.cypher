// Where does this holder's standing reach?
//
// Whom the holder lifts (step 1), and whom those lift with what they had from it (step 2, by way of through_id), split
// as the paths of `renmai explain` are: of what a middleman passes on, only what it was lent comes from further back.
// Parameters:
//   id: string                      an account or holder id
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   step: integer                   1: lifted directly, 2: one step further
//   holder_id: string               who is lifted
//   through_id: string              the holder between (null at step 1)
//   contribution: float             what of this holder's standing arrives there
//   points: float                   what that is worth in the score there
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, step 1 before step 2 and the greatest first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
OPTIONAL MATCH (account:Account)-[:HELD_BY]->(owner:Holder)-[:SCORED]->(:Score {run_id: run.id})
WHERE account.id = $id AND (account.opened_on IS NULL OR account.opened_on <= date(run.as_of))
OPTIONAL MATCH (named:Holder)
WHERE named.id = $id
WITH run, coalesce(owner, named) AS holder
CALL (run, holder) {
  MATCH (holder)-[tie:TIE {run_id: run.id}]->(lifted:Holder)
  WHERE tie.contribution > 0
  RETURN 1 AS step, lifted.id AS holder_id, null AS through_id, tie.contribution AS contribution, tie.points AS points
  UNION ALL
  MATCH (holder)-[first:TIE {run_id: run.id}]->(through:Holder)
  WHERE first.contribution > 0
  MATCH (through)-[:SCORED]->(middle:Score {run_id: run.id})
  MATCH (through)-[second:TIE {run_id: run.id}]->(lifted:Holder)
  WHERE second.contribution > 0
  MATCH (lifted)-[:SCORED]->(end:Score {run_id: run.id})
  WITH run, through, first, second, lifted, middle,
       middle.evidence - end.evidence - (end.standing - end.evidence) / run.damping AS above
  WITH through, second, lifted,
       first.contribution / (middle.lift + CASE WHEN above > 0 THEN above ELSE 0.0 END) AS part
  RETURN 2 AS step, lifted.id AS holder_id, through.id AS through_id, second.contribution * part AS contribution,
         second.points * part AS points
}
WITH step, holder_id, through_id, contribution, points
ORDER BY step, contribution DESC, holder_id, through_id
LIMIT $limit + 1
WITH collect({step: step, holder_id: holder_id, through_id: through_id, contribution: contribution, points: points})
     AS found
UNWIND found[..$limit] AS row
RETURN row.step AS step, row.holder_id AS holder_id, row.through_id AS through_id,
       row.contribution AS contribution, row.points AS points, size(found) > $limit AS capped
ORDER BY step, contribution DESC, holder_id, through_id
