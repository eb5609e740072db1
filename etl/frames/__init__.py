"""The tables of many forms at once, and the way from every value and finding back to its cell."""
