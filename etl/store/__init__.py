"""The store of a batch: one SQLite database that holds what was read, what was found and what was written."""
