"""The rule catalogue, a module a family; importing this package registers every rule."""

from checks.rules import (
    ar,
    cf,
    cp,
    hf,
    ig,
    ig_block,
    rv,
    rv_results,
    st,
    tx,
    xw,
    xw_amounts,
    xw_copies,
    xw_peers,
)

__all__ = [
    "ar",
    "cf",
    "cp",
    "hf",
    "ig",
    "ig_block",
    "rv",
    "rv_results",
    "st",
    "tx",
    "xw",
    "xw_amounts",
    "xw_copies",
    "xw_peers",
]
