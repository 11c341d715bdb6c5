"""Markdown, as the pages are written in it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from rollbook.fields import Value
from rollbook.scopes import Need

NOTICE = "<!-- Written by docs/build.py: change the declarations, not this page. -->"


def page(title: str, *blocks: str) -> str:
    """A page from its title and blocks; empty ones are left out."""
    return "\n\n".join([f"# {title}", NOTICE, *filter(None, blocks)]) + "\n"


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table, or nothing when it has no rows."""
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    names = list(head)
    return "\n".join([f"| {' | '.join(names)} |", "|---" * len(names) + "|", *lines]) if lines else ""


def cell(text: str) -> str:
    """A text as it stands in a cell."""
    return text.replace("\n", "\\n").replace("|", "\\|") or " "


def code(value: Value) -> str:
    """A value as code, or nothing."""
    return "" if value is None else f"`{str(value).replace(chr(10), chr(92) + 'n')}`"


def need(needed: Need) -> str:
    """The scopes needed, in words."""
    ways = [" and ".join(sorted(way)) for way in needed.ways if way]
    return " or ".join(sorted(ways)) or "any token"


def said(thing: type) -> str:
    """A class's docstring in one paragraph."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
