"""What comes in: submissions under folders and in archives, lists, settings."""
