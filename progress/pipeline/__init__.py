"""Use cases: ingest, measure, compare, series."""
