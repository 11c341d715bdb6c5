"""What a browser sees: the front page, the reference, the documentation, and the pages of people."""

from __future__ import annotations

from .console import Console
from .documentation import Documentation
from .errors import error_page
from .front import Front
from .researching import Researching
from .review import Review

__all__ = ["Console", "Documentation", "Front", "Researching", "Review", "error_page"]
