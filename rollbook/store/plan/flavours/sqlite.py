"""SQLite: it renders each row as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..flavour import Column, Flavour
from ..phrases import NUMBERED_ID, quote

_MATCHED = {
    "contains": "instr({0}, {1}) > 0",
    "starts": "substr({0}, 1, length({1})) = {1}",
    "ends": "({1} = '' OR substr({0}, -length({1})) = {1})",
    "equals": "{0} = {1}",
}


def _path(path: Iterable[str]) -> str:
    return quote(".".join(["$", *(key if re.fullmatch(r"\w+", key) else f'"{key}"' for key in path)]))


@dataclass(frozen=True)
class SQLite(Flavour):
    """SQLite 3.45 or newer, with the functions that `store/connection.py` gives it."""

    longest: int = 16 * 1024 - 1
    """apsw compiles each time what is longer (`max_cacheable_bytes` of a connection's `cache_stats`)."""
    shares: bool = True

    def row(self, columns: Sequence[Column]) -> list[str]:
        """One JSON object; as a BLOB it is not decoded on its way out."""
        return [f"CAST({self.object(columns, prune=False)} AS BLOB)"]

    def object(self, members: Sequence[Column], *, prune: bool) -> str:
        """A merge patch (RFC 7396) into nothing leaves out what is null."""
        made = f"json_object({', '.join(f'{quote(name)}, {value}' for name, value in members)})"
        return f"json_patch('{{}}', {made})" if prune else made

    def json_or(self, value: str, otherwise: str) -> str:
        """What comes out of a subquery is text until `json` reads it."""
        return f"json(coalesce({value}, {quote(otherwise)}))"

    def array(self, values: str, rows: str) -> str:
        """The values are ordered as they are gathered."""
        return f"SELECT json_group_array({values} ORDER BY {values}) FROM ({rows}) WHERE {values} IS NOT NULL"

    def array_of_objects(self, objects: str, rows: str) -> str:
        """What comes out of a subquery is text until `json` reads it."""
        return f"SELECT json_group_array(json({objects})) FROM ({rows})"

    def parts(self, text: str) -> str:
        """json_quote writes an unknown value as the word null, a text that says so as "null"."""
        known = f"NULLIF(json_quote(NULLIF({text}, '')), 'null')"
        return f"""json(coalesce('[' || replace({known}, ',', '","') || ']', '[]'))"""

    def truth(self, flag: str) -> str:
        """SQLite has no such values but in JSON."""
        return f"json(CASE {flag} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"

    def member(self, stored: str, *path: str, kind: str = "text") -> str:
        """By a path; a value is of the type that JSON says."""
        return f"{stored} ->> {_path(path)}"

    def json_member(self, stored: str, *path: str) -> str:
        """By a path."""
        return f"{stored} -> {_path(path)}"

    def members(self, stored: str) -> str:
        """A table-valued function, which may name a column of a row outside."""
        return f"json_each({stored})"

    def has_element(self, stored: str, key: str, value: str) -> str:
        """Each element is a row."""
        return f"EXISTS (SELECT 1 FROM json_each({stored}, {_path([key])}) WHERE value = {quote(value)})"

    def listed(self, argument: str, kind: str = "text") -> str:
        """Elements have the types that they have in JSON."""
        return f"SELECT value FROM json_each({argument})"

    def keys(self, argument: str, numbers: Iterable[int] | None = None) -> str:
        """Members have the types that they have in JSON."""
        those = "" if numbers is None else f" WHERE value IN ({', '.join(map(str, numbers))})"
        return f"SELECT key FROM json_each({argument}){those}"

    def one_of_few(self, value: str, those: str) -> str:
        """A list that is made once."""
        return f"{value} IN ({those})"

    def pairs(self, argument: str) -> tuple[str, str, str, str]:
        """The list is read once for a statement, whatever the number of rows."""
        return "value ->> 0", "value ->> 1", f"FROM json_each({argument}) WHERE 1", "json_array_length(value) = 1"

    def word(self, value: str, kind: str) -> str:
        """Every value is a text where one is wanted."""
        return value

    def same(self, text: str, other: str) -> str:
        """NOCASE knows A to Z."""
        return f"{text} = {other} COLLATE NOCASE"

    def matches(self, how: str, text: str, value: str) -> str:
        """`fold` knows every alphabet, as SQLite's own `lower` does not."""
        plain = _MATCHED.get(how)
        if plain is None:
            return _MATCHED[how.removeprefix("i")].format(f"fold({text})", f"fold({value})")
        return plain.format(text, value)

    def choose(self, condition: str, yes: str, no: str) -> str:
        """Shorter than CASE: long statements are compiled each time."""
        return f"iif({condition}, {yes}, {no})"

    def number(self, condition: str) -> str:
        """Conditions are numbers."""
        return f"({condition})"

    def greatest(self, *values: str) -> str:
        """With a single value, max() would be the one over all rows."""
        return f"max({', '.join(values)})"

    def least(self, *values: str) -> str:
        """With a single value, min() would be the one over all rows."""
        return f"min({', '.join(values)})"

    def letter(self, number: str) -> str:
        """By its own name."""
        return f"char({number})"

    def key_in(self, identity: str) -> str:
        """What is no number is 0, which is nobody's key."""
        number = f"CAST(substr({identity}, {len(NUMBERED_ID) + 1}) AS INTEGER)"
        return f"iif(substr({identity}, 1, {len(NUMBERED_ID)}) = {quote(NUMBERED_ID)}, {number}, NULL)"

    def day(self, number: str) -> str:
        """Julian days begin at noon."""
        return f"date({number} + 2440587.5)"

    def day_number(self, day: str) -> str:
        """Julian days begin at noon."""
        return f"CAST(julianday({day}) - 2440587.5 AS INTEGER)"

    def week(self, day: str) -> tuple[str, str]:
        """The next Sunday, or the day itself, and six days before."""
        return f"date({day}, 'weekday 0', '-6 days')", f"date({day}, 'weekday 0')"

    def days_after(self, day: str, days: int) -> str:
        """By a modifier."""
        return f"date({day}, '{days:+d} days')"

    def joined(self, text: str, separator: str, order: str = "") -> str:
        """The comma is what stands between anyway."""
        between = "" if separator == "," else f", {quote(separator)}"
        return f"group_concat({text}{between}{f' ORDER BY {order}' if order else ''})"

    def any_of(self, value: str) -> str:
        """A bare column has the value of one of the rows."""
        return value

    def beside(self, columns: Sequence[str], source: str, alias: str) -> tuple[str, list[str]]:
        """What json_each is given may name the row at hand; a subquery that is joined may not.

        It is given one list in a list, which makes one row.
        """
        counts = f"SELECT json_array(json_array({', '.join(columns)})) {source}"
        # The column `json` is what was given, as it is; `value` would be written again for each of the counts.
        read = [f"({alias}.json ->> '$[0][{at}]')" for at in range(len(columns))]
        return f"LEFT JOIN json_each(({counts})) {alias}", read

    def ordered(self, value: str, *, down: bool, known: bool = False) -> str:
        """Unknown values come first, and texts are compared as they are."""
        return f"{value} DESC" if down else value

    def page(self, limit: str, offset: str) -> str:
        """A negative limit is none."""
        return f"LIMIT {limit} OFFSET {offset}"

    @property
    def tables(self) -> str:
        """From the schema."""
        return "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"

    @property
    def columns(self) -> str:
        """As a table."""
        return "SELECT name FROM pragma_table_info(?)"

    @property
    def primary(self) -> str:
        """Numbered from 1."""
        return "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"

    @property
    def then_join(self) -> str:
        """A CROSS JOIN is made in the order in which it is written."""
        return "CROSS JOIN"

    def unindexed(self, value: str) -> str:
        """A value with a plus before it is in no index."""
        return f"+{value}"


SQLITE = SQLite()
