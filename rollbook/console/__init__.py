"""What a browser sees: the front page, the reference, the console, and the pages of schools and of researchers."""

from __future__ import annotations

from .console import Console
from .errors import error_page
from .front import Front
from .researching import Researching
from .review import Review

__all__ = ["Console", "Front", "Researching", "Review", "error_page"]
