// How alike are the companies that two persons invest in?
//
// LDBC FinBench, transaction complex read 10. The Jaccard similarity of both sets of companies, by investments
// within the window: shared over all, rounded to 3 decimals; 0 if neither invests.
// Parameters:
//   pid1: string                  a person
//   pid2: string                  another person
//   startTime: datetime = 1970-01-01T00:00:00+00:00    only what is after it
//   endTime: datetime = 2100-01-01T00:00:00+00:00    only what is before it
// Columns:
//   jaccardSimilarity: float      from 0 to 1
OPTIONAL MATCH (person:Person)-[i:INVESTS]->(c:Company)
WHERE person.id = $pid1 AND $startTime < i.created_at AND i.created_at < $endTime
WITH collect(DISTINCT c.id) AS one
OPTIONAL MATCH (person:Person)-[i:INVESTS]->(c:Company)
WHERE person.id = $pid2 AND $startTime < i.created_at AND i.created_at < $endTime
WITH one, collect(DISTINCT c.id) AS two
WITH size([c IN one WHERE c IN two]) AS shared, size(one) + size(two) AS both
RETURN CASE WHEN both = 0 THEN 0.0 ELSE round(1000.0 * shared / (both - shared)) / 1000 END AS jaccardSimilarity
