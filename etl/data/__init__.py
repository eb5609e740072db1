"""A run as data: tables as CSV and Parquet, findings as JSON and CSV, and runs read back."""
