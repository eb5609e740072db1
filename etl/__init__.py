"""Reads, marks and sums up workbooks; everything that knows what a cell is lives here."""
