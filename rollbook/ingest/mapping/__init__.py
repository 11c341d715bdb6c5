"""Mappings: how rows of any shape, CSV columns or JSON objects, become rows of a roster's tables."""

from .cells import Cell, Unreadable, coded, column, constant, day, maybe
from .paths import Given, at, leaves
from .rows import Condition, Rows, but, kept, only

__all__ = ["Cell", "Condition", "Given", "Rows", "Unreadable", "at", "coded", "column", "constant", "day", "kept"]
__all__ += ["but", "leaves", "maybe", "only"]
