"""The bureau's side of form profiles: they are listed, shown and checked, and a new one is learnt from a blank form."""
