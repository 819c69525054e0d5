// How many relations of this kind are there?
MATCH (:Account)-[r:__KIND__]->(:Account)
RETURN count(r) AS count
