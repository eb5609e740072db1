"""How sheets of the city's workbook are drawn: formats, rows, links, charts."""
