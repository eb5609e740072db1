"""Whether a form is whole and its texts are sound (ST, CP, TX)."""
