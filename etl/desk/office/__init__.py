"""Pages that are of no batch: coming in, people, rules and settings, help."""
