"""Amounts of money as they are written, their units, and a list of projects made of its rows."""
