"""Finding rows by words: numbers and addresses that only one human has, wherever in a text they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LONG = 8
"""From how many characters on a word is nobody else's wherever it stands; a shorter one has to be a whole value."""


def having(columns: Sequence[str], words: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The SQL of whether any of some columns has any of some words, with what is bound."""
    conditions, values = list[str](), dict[str, str]()
    for number, word in enumerate(sorted(words)):
        values |= {f"word{number}": _pattern(word), f"whole{number}": word}
        conditions += [f"{column} LIKE :word{number} ESCAPE '\\' OR {column} = :whole{number}" for column in columns]
    return " OR ".join(conditions) or "1 = 0", values


def _pattern(word: str) -> str:
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%" if len(word) >= LONG else f'%"{plain}"%'
