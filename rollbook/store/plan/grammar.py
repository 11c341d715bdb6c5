"""Everything that can be asked, and how it is written."""

from __future__ import annotations

from .conditions import CONDITIONS
from .documents import DOCUMENTS
from .many import OF_MANY
from .stamps import STAMPS
from .statement import Grammar
from .values import VALUES

GRAMMAR = Grammar({**VALUES, **DOCUMENTS, **OF_MANY, **STAMPS}, CONDITIONS)
"""Declared once: a statement's flavour and sight, not its grammar, tell databases and readers apart."""
