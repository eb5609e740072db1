"""The city's workbook: what was handed in, what it adds up to, what was found; every figure traceable."""

from etl.citywide.figures.city import Options, explained
from etl.citywide.write import write_citywide

__all__ = ["Options", "explained", "write_citywide"]
