"""Which cell is wrong: the smallest changes that explain every broken relation of a form."""
