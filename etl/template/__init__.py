"""The blank form that checks itself while it is filled."""
