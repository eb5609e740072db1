"""Knows budgets: tables in, findings out; no file, no workbook, no command line."""
