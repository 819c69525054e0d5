CREATE INDEX tie_run_id IF NOT EXISTS FOR ()-[t:TIE]-() ON (t.run_id)
