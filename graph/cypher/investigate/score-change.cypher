// How did this holder's score change between two published runs, and which of its ties changed?
//
// One row per tie whose strength or contribution changed, received and sent, the greatest change of contribution first;
// a holder whose ties did not change has one row without a tie. Ties weaken with time by themselves.
// Parameters:
//   id: string                      an account or holder id
//   before: string = null           the earlier run; null: the complete one published last before the later
//   least: float = 0.01             changes of strength below this are left out, unless the contribution changed
//   limit: integer = 100            at most this many rows
//   run: string = null              the later run; null: the current one
// Columns:
//   run_before: string              the earlier run
//   run_after: string               the later run
//   score_before: integer           the score then (null: had none)
//   score_after: integer            the score now (null: has none)
//   direction: string               received or sent (null: no tie changed)
//   other_id: string                the holder at the other end
//   v_before: float                 strength then (0: no tie)
//   v_after: float                  strength now (0: no tie)
//   contribution_before: float      what the payer added to the payee's standing then
//   contribution_after: float       what it adds now
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the greatest change of contribution, then of strength, first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
MATCH (earlier:Run)
WHERE earlier.complete AND (earlier.id = $before OR ($before IS NULL AND earlier.number < run.number))
WITH run, earlier
ORDER BY earlier.number DESC
LIMIT 1
OPTIONAL MATCH (account:Account)-[:HELD_BY]->(owner:Holder)
WHERE account.id = $id
OPTIONAL MATCH (named:Holder)
WHERE named.id = $id
WITH run, earlier, coalesce(owner, named) AS holder
OPTIONAL MATCH (holder)-[:SCORED]->(then:Score {run_id: earlier.id})
OPTIONAL MATCH (holder)-[:SCORED]->(now:Score {run_id: run.id})
WITH run, earlier, holder, then, now
WHERE then IS NOT NULL OR now IS NOT NULL
CALL (run, earlier, holder) {
  MATCH (holder)-[tie:TIE]-(other:Holder)
  WHERE tie.run_id IN [run.id, earlier.id]
  WITH run, earlier, other, CASE WHEN startNode(tie) = holder THEN 'sent' ELSE 'received' END AS direction, tie
  WITH direction, other.id AS other_id,
       sum(CASE WHEN tie.run_id = earlier.id THEN tie.v ELSE 0.0 END) AS v_before,
       sum(CASE WHEN tie.run_id = run.id THEN tie.v ELSE 0.0 END) AS v_after,
       sum(CASE WHEN tie.run_id = earlier.id THEN tie.contribution ELSE 0.0 END) AS contribution_before,
       sum(CASE WHEN tie.run_id = run.id THEN tie.contribution ELSE 0.0 END) AS contribution_after
  WHERE contribution_before <> contribution_after OR (v_before <> v_after AND abs(v_after - v_before) >= $least)
  WITH direction, other_id, v_before, v_after, contribution_before, contribution_after
  ORDER BY abs(contribution_after - contribution_before) DESC, abs(v_after - v_before) DESC, direction, other_id
  LIMIT $limit + 1
  RETURN collect({direction: direction, other_id: other_id, v_before: v_before, v_after: v_after,
                  contribution_before: contribution_before, contribution_after: contribution_after}) AS found
}
UNWIND CASE WHEN size(found) = 0 THEN [{direction: null}] ELSE found[..$limit] END AS row
RETURN earlier.id AS run_before, run.id AS run_after, then.score AS score_before, now.score AS score_after,
       row.direction AS direction, row.other_id AS other_id, row.v_before AS v_before, row.v_after AS v_after,
       row.contribution_before AS contribution_before, row.contribution_after AS contribution_after,
       size(found) > $limit AS capped
ORDER BY abs(contribution_after - contribution_before) DESC, abs(v_after - v_before) DESC, direction, other_id
