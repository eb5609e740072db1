"""Benchmarks: they print tables and are not timed tests."""
