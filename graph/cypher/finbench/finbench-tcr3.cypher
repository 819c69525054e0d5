// Over how many transfers within a time window can money go from one account to another?
//
// LDBC FinBench, transaction complex read 3. The length of the shortest path along transfers within the window, in
// whatever order of time; -1 if there is none, 0 from an account to itself.
// Parameters:
//   id1: string                   the account to start from
//   id2: string                   the account to reach
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
// Columns:
//   shortestPathLength: integer   transfers on the shortest path, or -1
// Cap: paths of more than 100 transfers count as none
MATCH (src:Account), (dst:Account)
WHERE src.id = $id1 AND dst.id = $id2
WITH dst, reduce(state = {front: [src], seen: [src], steps: 0}, level IN range(1, 100) |
  CASE WHEN dst IN state.front OR size(state.front) = 0 THEN state ELSE [front IN [COLLECT {
    UNWIND state.front AS here
    MATCH (here)-[t:FIN_TRANSFER]->(next:Account)
    WHERE $startTime < t.created_at AND t.created_at < $endTime AND NOT next IN state.seen
    RETURN DISTINCT next
  }] | {front: front, seen: state.seen + front, steps: level}][0] END) AS state
RETURN CASE WHEN dst IN state.front THEN state.steps ELSE -1 END AS shortestPathLength
