"""The work of the desk: taking files in, and running checks as child processes, one at a time."""
