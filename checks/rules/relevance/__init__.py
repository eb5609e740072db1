"""Whether money, duties and indicators belong together (XS, RV)."""
