"""What the desk shows of a batch, read from the store of its last run and the ledger of its decisions."""
