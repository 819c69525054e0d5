MATCH ()-[r:__KIND__]->()
RETURN count(r) AS count
