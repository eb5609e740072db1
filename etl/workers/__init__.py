"""Other processes that do the work: a pool of this machine, or the workers of a scheduler."""
