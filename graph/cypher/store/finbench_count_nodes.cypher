MATCH (n:__KIND__)
RETURN count(n) AS count
