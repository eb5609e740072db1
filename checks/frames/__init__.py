"""The tables that rules read: what their columns are, contracts on them, and columns as arrays."""
