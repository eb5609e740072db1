"""Which cell is said to be wrong, and in which words."""
