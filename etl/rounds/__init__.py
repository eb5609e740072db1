"""Rounds of one batch: what was fixed, what stands, what departments answered."""
