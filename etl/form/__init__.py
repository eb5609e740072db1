"""The form on paper, declared: its labels, its titles, where things stand on it."""
