"""The words that Ed-Fi publishes for its lists; `code|meaning` where the code does not say it.

Lists of which no words are published, such as indicators, are there for the words of districts and states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).with_name("published.txt")


def _lists() -> Iterator[tuple[str, tuple[str, ...]]]:
    for block in FILE.read_text(encoding="utf-8").split("\n\n")[1:]:
        kind, *words = block.splitlines()
        yield kind, tuple(word.strip() for word in words)


WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(dict(_lists()))
