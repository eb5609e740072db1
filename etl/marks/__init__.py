"""What our marks in a workbook are made of: fills and frames, notes with their boxes, the record of what was there before."""
