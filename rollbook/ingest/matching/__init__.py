"""Matching: which rows of a source are records that the hub holds already, by rules that are written as tables."""

from .joining import match
from .reviewing import ask, keep_questions

__all__ = ["ask", "keep_questions", "match"]
