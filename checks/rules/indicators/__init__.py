"""Whether its indicators can be measured and follow the common framework (IG, CF)."""
