CREATE CONSTRAINT score_key IF NOT EXISTS FOR (s:Score) REQUIRE (s.run_id, s.holder_id) IS UNIQUE
