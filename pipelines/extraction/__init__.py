"""Runs documents + reports over many files: isolation, cache, process pool, staged Parquet."""
