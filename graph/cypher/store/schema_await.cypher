// Neo4j only: indexes are filled in the background there.
CALL db.awaitIndexes(600)
