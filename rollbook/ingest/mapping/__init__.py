"""Mappings: how rows of any shape, CSV columns or JSON objects, become rows of a roster's tables."""

from .cells import Cell, Unreadable, coded, column, constant, day
from .paths import Given, at, leaves
from .rows import Condition, Rows, kept

__all__ = ["Cell", "Condition", "Given", "Rows", "Unreadable", "at", "coded", "column", "constant", "day", "kept"]
__all__ += ["leaves"]
