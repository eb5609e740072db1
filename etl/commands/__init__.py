"""What the command line does: whole runs, merged runs, tables, what is printed."""
