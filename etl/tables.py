"""The public way to the tables: `from etl.tables import read_tables`."""

from etl.commands.extract import read_tables

__all__ = ["read_tables"]
