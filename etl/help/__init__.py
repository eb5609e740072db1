"""What helps a person at the command line: help in the language the system speaks, and a look at the machine."""
