"""Why a source was refused, kept for the school to see, without any personal data."""

from __future__ import annotations

import re

from ..errors import Problem, RollbookError
from ..store.kept import Kept
from ..store.numbering import now

QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
"""A cell as a problem quotes it."""

MOST_PROBLEMS = 500


def keep_refusal(kept: Kept, district: int, source: str, error: RollbookError | None) -> None:
    """Write down, in a transaction, what a source was refused for last; None when it was accepted."""
    listed = error.problems[:MOST_PROBLEMS] if error else ()
    kept.sources.refuse(district, source, now(), [Problem(*map(_unquoted, (p.where, p.what, p.hint))) for p in listed])


def _unquoted(text: str) -> str:
    return QUOTED.sub("a value", text)
