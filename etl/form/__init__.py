"""The form on paper, and how a filled one is read: rows by their labels, amounts, indicators, each with its place."""
