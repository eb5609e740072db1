"""Lets `python -m etl` stand for the command `jixiao`."""

from etl.cli import main

main()
