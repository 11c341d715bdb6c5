"""How one cell of a table is told from a row: from which columns, and how what they hold is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...errors import nearest
from .days import day_in
from .paths import Given, at, text


class Unreadable(Exception):
    """A cell that a mapping cannot read: where it is, what is wrong with it, and a hint.

    The value is in none of these: it may be somebody's birthday, and faults are listed where others read them.
    """

    def __init__(self, path: str, what: str, hint: str = "") -> None:
        super().__init__(f"{path}: {what}")
        self.path, self.what, self.hint = path, what, hint


@dataclass(frozen=True)
class Cell:
    """What a column of a table holds.

    Without `paths`, the `constant`. Otherwise what is at the paths, with `between` between them; if any of them is
    blank, the `constant`, which is blank by itself. What is `ahead` stands before them, so that the numbers of two
    lists are no numbers of one. Of each only what comes `before` the first such mark counts, or
    what comes `after` it. What is at them may be a list that `split` divides. Each part may be read by a code list
    (`codes`; `otherwise` is what a word means that is not in it), as a day in one of the formats of `days`, or as one
    of the words that mean `true` and those that mean `false`.
    """

    paths: tuple[str, ...] = ()
    constant: str = ""
    between: str = "-"
    before: str = ""
    after: str = ""
    split: str = ""
    codes: Mapping[str, str] = field(default_factory=dict[str, str])
    otherwise: str | None = None
    days: tuple[str, ...] = ()
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    optional: bool = False
    """Whether a file may lack its columns."""
    ahead: str = ""

    def read(self, given: Given) -> str:
        """The cell; raises `Unreadable`."""
        parts: list[str] = [self._cut(_text(given, path)) for path in self.paths]
        if not (parts and all(parts)):
            return self.constant
        if not self.split:
            return self.ahead + self.between.join(self._part(part) for part in parts)
        listed = [part.strip() for part in self.between.join(parts).split(self.split)]
        found: list[str] = [self._part(part) for part in listed if part]
        return ",".join(dict.fromkeys(self.ahead + part for part in found if part))

    def _cut(self, value: str) -> str:
        value = value.partition(self.before)[0] if self.before else value
        return (value.partition(self.after)[2] if self.after else value).strip()

    def _part(self, value: str) -> str:
        if self.codes or self.otherwise is not None:
            return self._coded(value)
        if self.days:
            return self._day(value)
        return self._flag(value) if self.true or self.false else value

    def _coded(self, value: str) -> str:
        found = _word(self.codes, value)
        if found is None and self.otherwise is None:
            raise Unreadable(self.paths[0], "is not in the mapping's list of codes", _hint(self.codes, value))
        return self.otherwise or "" if found is None else found

    def _day(self, value: str) -> str:
        found = next((day for format in self.days if (day := day_in(value, format))), None)
        if found is None:
            said = f"is not a day written as {' or '.join(self.days)}"
            raise Unreadable(self.paths[0], said, "correct it, or the format in the mapping")
        return found

    def _flag(self, value: str) -> str:
        words = {**dict.fromkeys(self.true, "true"), **dict.fromkeys(self.false, "false")}
        found = _word(words, value)
        if found is None and self.true and self.false:
            raise Unreadable(self.paths[0], "means neither true nor false", _hint(words, value))
        # Where only one side has words, everything else is the other.
        return found or ("false" if self.true else "true")


def _text(given: Given, path: str) -> str:
    found = text(at(given, path))
    if found is None:
        raise Unreadable(path, "is an object, not a value", f"name what is in it, as in {path}.id")
    return found


def _word(words: Mapping[str, str], value: str) -> str | None:
    if value in words:
        return words[value]
    alike = {read for word, read in words.items() if word.casefold() == value.casefold()}
    return alike.pop() if len(alike) == 1 else None


def _hint(words: Mapping[str, str], value: str) -> str:
    return f"add it to the mapping; {nearest(value, words)}" if words else "add it to the mapping"


# ---- the short ways to say them


def column(*paths: str, between: str = "-", **more: object) -> Cell:
    """What is in a column, or in several, joined."""
    return Cell(paths, between=between, **more)  # pyright: ignore[reportArgumentType]


def maybe(*paths: str, **more: object) -> Cell:
    """What is in a column, or in several, that no row need have."""
    return Cell(paths, optional=True, **more)  # pyright: ignore[reportArgumentType]


def constant(value: str) -> Cell:
    """The same in every row."""
    return Cell(constant=value)


def coded(path: str, codes: Mapping[str, str], otherwise: str | None = None) -> Cell:
    """What a code list makes of a column."""
    return Cell((path,), codes=codes, otherwise=otherwise)


def day(path: str, *formats: str) -> Cell:
    """A day that is written in one of some formats."""
    return Cell((path,), days=formats)
