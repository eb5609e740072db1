"""What only the whole batch or last year shows (XW, YY)."""
