"""The city's workbook: what was handed in, what it adds up to, what was found; every figure traceable."""

from etl.citywide.write import write_citywide

__all__ = ["write_citywide"]
