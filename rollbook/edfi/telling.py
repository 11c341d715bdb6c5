"""What resources and their properties are, in plain words: as somebody wrote it, or else by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("about.txt")


def about(*names: str) -> str:
    """What is at the end of some names, which lead from a resource to a property or one within it."""
    for start in range(len(names)):
        if found := _written().get(".".join(names[start:])):
            return found
    return by_name(names[-1])


@cache
def _written() -> Mapping[str, str]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def by_name(name: str) -> str:
    """A name as words: `studentBusDetails` as "Student bus details"."""
    said = _words(name.lstrip(">").removesuffix("Descriptor").removesuffix("Reference"))
    if name.endswith("Indicator"):
        return f"Whether it is so: {' '.join(said[:-1])}"
    if name.endswith("Reference"):
        return f"The {' '.join(said)}"
    return " ".join(said)[:1].upper() + " ".join(said)[1:]


def _words(name: str) -> list[str]:
    """The words of a name, all but abbreviations in small letters."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return [word if len(word) > 1 and word.isupper() else word.lower() for word in found]
