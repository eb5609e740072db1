"""A file with our marks: put on, recognised, taken off, and the answers on its page of remarks read."""
