"""The rule catalogue, a module a family; importing this package registers every rule."""

from checks.rules import (
    ar,
)

__all__ = ["ar"]
