// Person, Company, Loan and Medium of FinBench; the key of Account is ours.
CREATE CONSTRAINT finbench_node___KIND__ IF NOT EXISTS FOR (n:__KIND__) REQUIRE n.id IS UNIQUE
