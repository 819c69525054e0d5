// How are the scores of a run distributed, band by band?
//
// One row per band, the lowest first, then one of all together (band null). Percentiles are interpolated between
// neighbours; each holder counts once. Holders are counted by score first: that is quicker than sorting all of them.
// Parameters:
//   run: string = null              a published run; null: the current one
// Columns:
//   band: string                    the band (null: all)
//   holders: integer                how many holders
//   lowest: integer                 the lowest score
//   p10: float                      10th percentile of the score
//   p25: float                      25th
//   median: float                   50th
//   p75: float                      75th
//   p90: float                      90th
//   highest: integer                the highest score
//   mean: float                     the mean score
//   thin: integer                   how many have a thin history
//   lifted: integer                 how many are lifted by others
//   distressed: integer             how many carry distress
MATCH (:Publication {id: 'current'})-[:CURRENT]->(current:Run)
MATCH (run:Run)
WHERE run.id = coalesce($run, current.id) AND (run.id = current.id OR run.complete)
WITH run.id AS run_id
MATCH (holder:Score {run_id: run_id})
WHERE holder.score IS NOT NULL
WITH holder.band AS own, holder.score AS score, count(*) AS holders,
     sum(CASE WHEN holder.thin THEN 1 ELSE 0 END) AS thin,
     sum(CASE WHEN holder.lift > 0 THEN 1 ELSE 0 END) AS lifted,
     sum(CASE WHEN holder.distress > 0 THEN 1 ELSE 0 END) AS distressed
UNWIND [own, null] AS band
WITH band, score, sum(holders) AS holders, sum(thin) AS thin, sum(lifted) AS lifted, sum(distressed) AS distressed
ORDER BY score
WITH band, collect(score) AS scores, collect(holders) AS counts, sum(holders) AS holders,
     toFloat(sum(score * holders)) / sum(holders) AS mean, sum(thin) AS thin, sum(lifted) AS lifted,
     sum(distressed) AS distressed
WITH band, scores, holders, mean, thin, lifted, distressed,
     reduce(upto = [], count IN counts | upto + (coalesce(last(upto), 0) + count)) AS upto
WITH band, scores, holders, mean, thin, lifted, distressed, [share IN [0.1, 0.25, 0.5, 0.75, 0.9] |
       {place: share * (holders - 1), below: size([end IN upto WHERE end <= floor(share * (holders - 1))]),
        above: size([end IN upto WHERE end <= ceil(share * (holders - 1))])}
     ] AS cuts
WITH band, scores, holders, mean, thin, lifted, distressed, [cut IN cuts |
       scores[cut.below] + (cut.place - floor(cut.place)) * (scores[cut.above] - scores[cut.below])] AS percentiles
RETURN band AS band, holders AS holders, scores[0] AS lowest, percentiles[0] AS p10, percentiles[1] AS p25,
       percentiles[2] AS median, percentiles[3] AS p75, percentiles[4] AS p90, last(scores) AS highest, mean AS mean,
       thin AS thin, lifted AS lifted, distressed AS distressed
ORDER BY band IS NULL, lowest
