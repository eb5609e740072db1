"""What a cell holds and what it shows: addresses, number formats, formulas worked out."""
