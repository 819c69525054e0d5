CREATE CONSTRAINT finbench_relationship___KIND__ IF NOT EXISTS FOR ()-[r:__KIND__]-() REQUIRE r.id IS UNIQUE
