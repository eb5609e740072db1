"""The city's figures: sums, counts and whose project is whose, before anything is drawn."""
