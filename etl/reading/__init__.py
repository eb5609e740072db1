"""How a filled form is read: rows by their labels, amounts, project lists, indicators, each with its place."""
