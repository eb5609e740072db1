"""Sheets as sparse cells, whatever kind of workbook they come from, and what a cell shows."""
