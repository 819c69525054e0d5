// Who lifts this score?
//
// The supporters of a holder, with the numbers of `renmai explain`: share is the part of the supporter's vouching
// budget behind this holder, contribution its part of the lift, points what that part is worth in the score. An id
// that is an account stands for its holder.
// Parameters:
//   id: string                      an account or holder id
//   run: string = null              a published run; null: the current one
// Columns:
//   supporter_id: string            who lifts
//   standing: float                 where the supporter stands
//   share: float                    part of the supporter's budget behind this holder, 0 to 1
//   contribution: float             what the supporter adds to the standing
//   points: float                   what that is worth in the score
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
OPTIONAL MATCH (account:Account)-[:HELD_BY]->(owner:Holder)-[:SCORED]->(:Score {run_id: run.id})
WHERE account.id = $id AND (account.opened_on IS NULL OR account.opened_on <= date(run.as_of))
OPTIONAL MATCH (named:Holder)
WHERE named.id = $id
WITH run, coalesce(owner, named) AS holder
MATCH (supporter:Holder)-[tie:TIE {run_id: run.id}]->(holder)
WHERE tie.contribution > 0
MATCH (supporter)-[:SCORED]->(score:Score {run_id: run.id})
RETURN supporter.id AS supporter_id, score.standing AS standing, tie.share AS share,
       tie.contribution AS contribution, tie.points AS points
ORDER BY contribution DESC, supporter_id
