"""The language of target values: what a department writes for an indicator, as operator, number, unit or word."""
