"""Whether its money adds up, and half-year agrees with full-year (AR, HF)."""
