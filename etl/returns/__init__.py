"""What goes back to a department: its own file with marks and remarks, and a letter."""
