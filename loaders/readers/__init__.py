"""How do CSV files, Parquet files and DataFrames become text for the gate? One file per format, and what it needs."""
