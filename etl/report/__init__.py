"""The page `report.html`: every file with its forms drawn, its marks and findings."""
