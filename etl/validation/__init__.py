"""Whether a package is one that Excel opens: what its parts promise each other, and what a return adds."""
