"""Ground that everything stands on: refusals, texts, names and files that can harm nobody."""
