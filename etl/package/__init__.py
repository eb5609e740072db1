"""A workbook's package as bytes: opened safely, changed in a few places, otherwise kept as it is."""
