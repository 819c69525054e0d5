// Who connects the circles of two holders, by common ties?
//
// A holder's circle is the holder itself and everyone tied to it, either way. A bridge is anyone else with ties into
// both circles; left_ties and right_ties say to how many members of each.
// Parameters:
//   left: string                    an account or holder id
//   right: string                   an account or holder id
//   strong: float = 0.0             least gross strength (g) of ties that count
//   limit: integer = 100            at most this many rows
//   run: string = null              a published run; null: the current one
// Columns:
//   holder_id: string               the bridge
//   left_ties: integer              tied to how many members of the circle of left
//   right_ties: integer             tied to how many members of the circle of right
//   left_strength: float            gross strength of these ties, both ways
//   right_strength: float           the same on the other side
//   in_left: boolean                whether it is of the circle of left itself
//   in_right: boolean               whether it is of the circle of right itself
//   capped: boolean                 whether there are more rows than the limit
// Cap: at most 100 rows, the most ties on the weaker side first
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
OPTIONAL MATCH (left_account:Account)-[:HELD_BY]->(left_owner:Holder)
WHERE left_account.id = $left
OPTIONAL MATCH (left_named:Holder)
WHERE left_named.id = $left
OPTIONAL MATCH (right_account:Account)-[:HELD_BY]->(right_owner:Holder)
WHERE right_account.id = $right
OPTIONAL MATCH (right_named:Holder)
WHERE right_named.id = $right
WITH run.id AS run_id, coalesce(left_owner, left_named) AS left, coalesce(right_owner, right_named) AS right
WHERE left IS NOT NULL AND right IS NOT NULL
CALL (run_id, left) {
  MATCH (left)-[tie:TIE {run_id: run_id}]-(member:Holder)
  WHERE tie.g >= $strong
  RETURN collect(DISTINCT member) AS left_circle
}
CALL (run_id, right) {
  MATCH (right)-[tie:TIE {run_id: run_id}]-(member:Holder)
  WHERE tie.g >= $strong
  RETURN collect(DISTINCT member) AS right_circle
}
WITH run_id, left.id AS left_id, right.id AS right_id,
     [{is_left: true, members: [left] + left_circle}, {is_left: false, members: [right] + right_circle}] AS sides
UNWIND sides AS side
WITH run_id, left_id, right_id, side.is_left AS is_left, side.members AS members
UNWIND members AS member
WITH run_id, left_id, right_id, is_left, member
MATCH (member)-[tie:TIE {run_id: run_id}]-(bridge:Holder)
WHERE tie.g >= $strong AND bridge.id <> left_id AND bridge.id <> right_id
WITH is_left, bridge.id AS holder_id, member.id AS member_id,
     CASE WHEN is_left THEN member.id = left_id ELSE member.id = right_id END AS centre, sum(tie.g) AS strength
WITH holder_id, sum(CASE WHEN is_left THEN 1 ELSE 0 END) AS left_ties,
     sum(CASE WHEN is_left THEN 0 ELSE 1 END) AS right_ties,
     sum(CASE WHEN is_left THEN strength ELSE 0.0 END) AS left_strength,
     sum(CASE WHEN is_left THEN 0.0 ELSE strength END) AS right_strength,
     max(CASE WHEN is_left AND centre THEN 1 ELSE 0 END) = 1 AS in_left,
     max(CASE WHEN NOT is_left AND centre THEN 1 ELSE 0 END) = 1 AS in_right
WHERE left_ties > 0 AND right_ties > 0
WITH holder_id, left_ties, right_ties, left_strength, right_strength, in_left, in_right,
     CASE WHEN left_ties < right_ties THEN left_ties ELSE right_ties END AS weaker
ORDER BY weaker DESC, left_ties + right_ties DESC, holder_id
LIMIT $limit + 1
WITH collect({holder_id: holder_id, left_ties: left_ties, right_ties: right_ties, left_strength: left_strength,
              right_strength: right_strength, in_left: in_left, in_right: in_right, weaker: weaker}) AS found
UNWIND found[..$limit] AS row
WITH row, row.weaker AS weaker, size(found) > $limit AS capped
RETURN row.holder_id AS holder_id, row.left_ties AS left_ties, row.right_ties AS right_ties,
       row.left_strength AS left_strength, row.right_strength AS right_strength, row.in_left AS in_left,
       row.in_right AS in_right, capped AS capped
ORDER BY CASE WHEN left_ties < right_ties THEN left_ties ELSE right_ties END DESC, left_ties + right_ties DESC,
         holder_id
