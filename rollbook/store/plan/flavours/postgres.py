"""PostgreSQL 15 or newer: rows come as columns, and are encoded after they are fetched.

The database compares texts by their code points (`LC_COLLATE 'C'`), and has the function that `fold` makes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..flavour import Column, Flavour
from ..phrases import NUMBERED_ID, quote, quoted

LOCK = 0x526F6C6C
"""What a lock of the hub's is told from other programs' by, in databases that they share ("Roll")."""

CHANNEL = "rollbook"
"""On which channel processes tell each other that there is something to do."""

PARTS = {"schools": -5, "jobs": -6}
"""The numbers of the locks of parts that are changed by one at a time in the whole hub: the schools and districts that
there are, and whose jobs are done."""

_MATCHED = {
    "contains": "strpos({0}, {1}) > 0",
    "starts": "left({0}, length({1})) = {1}",
    "ends": "({1} = '' OR right({0}, length({1})) = {1})",
    "equals": "{0} = {1}",
}

_TYPES = {"number": "bigint", "flag": "bigint", "decimal": "double precision"}
"""The types of values that are no texts."""

_FOUND = {
    "number": "CAST({0} AS numeric)",
    "flag": "CASE {0} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
}
"""What makes a value of a text that was found in JSON."""


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _path(path: Iterable[str]) -> str:
    return f"ARRAY[{quoted(path)}]"


def _day(day: str) -> str:
    """A day as a date; a parameter of which only this is asked would be taken for a date wherever it stands."""
    return f"CAST(CAST({day} AS text) AS date)"


@dataclass(frozen=True)
class Postgres(Flavour):
    """PostgreSQL: `json_build_object` takes no more than 50 members, and its JSON is slower than rows encoded later."""

    encodes: bool = False

    def row(self, columns: Sequence[Column]) -> list[str]:
        """Each column under its name; a row without any has one that is null."""
        return [f"{value} AS {_name(name)}" for name, value in columns] or ["NULL"]

    def object(self, members: Sequence[Column], *, prune: bool) -> str:
        """A row of a subquery as JSON, which may have any number of members."""
        if not members:
            return "CAST('{}' AS json)"
        made = f"(SELECT row_to_json(o) FROM (SELECT {', '.join(self.row(members))}) o)"
        return f"json_strip_nulls({made})" if prune else made

    def json_or(self, value: str, otherwise: str) -> str:
        """JSON has a type of its own."""
        return f"coalesce({value}, CAST({quote(otherwise)} AS json))"

    def array(self, values: str, rows: str) -> str:
        """The values are ordered as they are gathered."""
        return f"SELECT json_agg({values} ORDER BY {values}) FROM ({rows}) e WHERE {values} IS NOT NULL"

    def array_of_objects(self, objects: str, rows: str) -> str:
        """Rows of a subquery are gathered in its order."""
        return f"SELECT json_agg({objects}) FROM ({rows}) e"

    def parts(self, text: str) -> str:
        """An empty text has no parts."""
        return f"CASE WHEN {text} <> '' THEN to_json(string_to_array({text}, ',')) ELSE CAST('[]' AS json) END"

    def truth(self, flag: str) -> str:
        """A flag is a number, a truth value is none."""
        return f"CASE {flag} WHEN 1 THEN TRUE WHEN 0 THEN FALSE END"

    def nothing(self, kind: str) -> str:
        """What has no type is taken for a text."""
        return f"CAST(NULL AS {_TYPES[kind]})" if kind in _TYPES else "NULL"

    def member(self, stored: str, *path: str, kind: str = "text") -> str:
        """What is stored is a text that holds JSON, and what is found in it a text until it is told otherwise."""
        value = f"(CAST({stored} AS json) #>> {_path(path)})"
        return _FOUND.get(kind, "{0}").format(value)

    def json_member(self, stored: str, *path: str) -> str:
        """What is stored is a text that holds JSON."""
        return f"(CAST({stored} AS json) #> {_path(path)})"

    def members(self, stored: str) -> str:
        """Every value as a text."""
        return f"json_each_text(CAST({stored} AS json))"

    def has_element(self, stored: str, key: str, value: str) -> str:
        """jsonb knows what it contains."""
        return f"coalesce(CAST({stored} AS jsonb) -> {quote(key)} ? {quote(value)}, FALSE)"

    def listed(self, argument: str, kind: str = "text") -> str:
        """Elements are texts until they are told to be something else."""
        value = f"CAST(value AS {_TYPES[kind]})" if kind in _TYPES else "value"
        return f"SELECT {value} FROM json_array_elements_text(CAST({argument} AS json)) AS e(value)"

    def keys(self, argument: str, numbers: Iterable[int] | None = None) -> str:
        """Every value as a text."""
        those = "" if numbers is None else f" WHERE value IN ({quoted(map(str, numbers))})"
        return f"SELECT key FROM json_each_text(CAST({argument} AS json)){those}"

    def one_of_few(self, value: str, those: str) -> str:
        """An array that is made once: each SELECT within `IN` would be one more join, whose order is to be found."""
        return f"{value} = ANY (ARRAY({those}))"

    def pairs(self, argument: str) -> tuple[str, str, str, str]:
        """The list is read once for a statement, whatever the number of rows."""
        source = f"FROM json_array_elements(CAST({argument} AS json)) AS e(value) WHERE TRUE"
        return "value ->> 0", "value ->> 1", source, "json_array_length(value) = 1"

    def word(self, value: str, kind: str) -> str:
        """A number is no text until it is told to be one."""
        return f"CAST({value} AS text)" if kind in _TYPES else value

    def same(self, text: str, other: str) -> str:
        """In the C locale `lower` knows A to Z."""
        return f'lower({text} COLLATE "C") = lower(CAST({other} AS text) COLLATE "C")'

    def matches(self, how: str, text: str, value: str) -> str:
        """`fold` is a function of the hub's own."""
        value = f"CAST({value} AS text)"
        plain = _MATCHED.get(how)
        if plain is None:
            return _MATCHED[how.removeprefix("i")].format(f"fold({text})", f"fold({value})")
        return plain.format(text, value)

    def choose(self, condition: str, yes: str, no: str) -> str:
        """As the standard says it."""
        return f"CASE WHEN {condition} THEN {yes} ELSE {no} END"

    def number(self, condition: str) -> str:
        """A truth value is no number until it is told to be one."""
        return f"CAST({condition} AS integer)"

    def greatest(self, *values: str) -> str:
        """By its own name."""
        return f"greatest({', '.join(values)})"

    def least(self, *values: str) -> str:
        """By its own name."""
        return f"least({', '.join(values)})"

    def letter(self, number: str) -> str:
        """Numbers of characters are short."""
        return f"chr(CAST({number} AS integer))"

    def key_in(self, identity: str) -> str:
        """What is no number cannot be cast."""
        number = f"CAST(substr({identity}, {len(NUMBERED_ID) + 1}) AS bigint)"
        return f"CASE WHEN {identity} ~ '^{NUMBERED_ID}[0-9]{{12}}$' THEN {number} END"

    def day(self, number: str) -> str:
        """A date and a number are a date."""
        return f"to_char(DATE '1970-01-01' + CAST({number} AS integer), 'YYYY-MM-DD')"

    def day_number(self, day: str) -> str:
        """The difference of dates is a number."""
        return f"({_day(day)} - DATE '1970-01-01')"

    def week(self, day: str) -> tuple[str, str]:
        """Weeks begin on Monday."""
        monday = f"CAST(date_trunc('week', {_day(day)}) AS date)"
        return f"to_char({monday}, 'YYYY-MM-DD')", f"to_char({monday} + 6, 'YYYY-MM-DD')"

    def days_after(self, day: str, days: int) -> str:
        """A date and a number are a date."""
        return f"to_char({_day(day)} + {days}, 'YYYY-MM-DD')"

    def joined(self, text: str, separator: str, order: str = "") -> str:
        """By its own name."""
        return f"string_agg({text}, {quote(separator)}{f' ORDER BY {order}' if order else ''})"

    def any_of(self, value: str) -> str:
        """Of equal values the greatest is any."""
        return f"max({value})"

    def beside(self, columns: Sequence[str], source: str, alias: str) -> tuple[str, list[str]]:
        """A lateral subquery may name the row at hand."""
        named = [f"c{at}" for at in range(len(columns))]
        made = ", ".join(f"{value} AS {name}" for value, name in zip(columns, named, strict=True))
        return f"LEFT JOIN LATERAL (SELECT {made} {source}) {alias} ON TRUE", [f"{alias}.{name}" for name in named]

    def ordered(self, value: str, *, down: bool, known: bool = False) -> str:
        """Unknown values would be the greatest, as they are in every index: no order that says otherwise is one's."""
        if known:
            return f"{value} DESC" if down else value
        return f"{value} DESC NULLS LAST" if down else f"{value} NULLS FIRST"

    def page(self, limit: str, offset: str) -> str:
        """No limit is none."""
        return f"LIMIT NULLIF(CAST({limit} AS bigint), -1) OFFSET {offset}"

    @property
    def tables(self) -> str:
        """Without those that SQLite has no need of; a table that is divided is one table."""
        return (
            "SELECT CAST(relname AS text) FROM pg_class"
            " WHERE relnamespace = CAST(CAST(current_schema() AS text) AS regnamespace) AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname NOT IN ('applied', 'version') ORDER BY relname"
        )

    @property
    def columns(self) -> str:
        """In the order in which they were made."""
        return (
            "SELECT CAST(column_name AS text) FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND table_name = ? AND is_generated = 'NEVER' ORDER BY ordinal_position"
        )

    def alone(self, part: str) -> str:
        """A lock that goes with the transaction."""
        return f"SELECT pg_advisory_xact_lock({LOCK}, {PARTS[part]})"

    @property
    def rings(self) -> str:
        """A notification."""
        return f"SELECT pg_notify('{CHANNEL}', ?)"

    @property
    def stirs(self) -> str:
        """How often that has been is counted."""
        return "UPDATE version SET number = number + 1"

    @property
    def primary(self) -> str:
        """As its index has them."""
        return (
            "SELECT CAST(a.attname AS text) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
            " AND a.attnum = ANY (i.indkey) WHERE i.indisprimary AND i.indrelid = CAST(quote_ident(?) AS regclass)"
            " ORDER BY array_position(CAST(i.indkey AS int2[]), a.attnum)"
        )

    @property
    def skip_taken(self) -> str:
        """The next row is taken instead."""
        return "FOR UPDATE SKIP LOCKED"


POSTGRES = Postgres()

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|::|:(?P<name>[A-Za-z_]\w*)""")


def placed(statement: str) -> tuple[str, list[str]]:
    """A statement with its parameters by place (`$1`), as the server wants them, and their names in that order."""
    places: dict[str, int] = {}

    def place(token: re.Match[str]) -> str:
        name = token["name"]
        return f"${places.setdefault(name, len(places) + 1)}" if name else token[0]

    return _TOKEN.sub(place, statement), list(places)


def _folding() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Letters that are another letter in any case, and those that are several."""
    changed = {c: c.casefold() for c in map(chr, range(128, sys.maxunicode + 1)) if c.casefold() != c}
    capitals = {c: c.lower() for c in map(chr, range(ord("A"), ord("Z") + 1))}
    return (
        {**capitals, **{c: f for c, f in changed.items() if len(f) == 1}},
        {c: f for c, f in changed.items() if len(f) > 1},
    )


def fold() -> str:
    """The function that makes texts equal which differ in case only, in every alphabet, as Python's `casefold` does."""
    single, several = _folding()
    folded = f"translate($1, {quote(''.join(single))}, {quote(''.join(single.values()))})"
    for letter, letters in several.items():
        folded = f"replace({folded}, {quote(letter)}, {quote(letters)})"
    return (
        "CREATE FUNCTION fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $fold$ SELECT"
        f' CASE WHEN octet_length($1) = char_length($1) THEN lower($1 COLLATE "C") ELSE {folded} END $fold$'
    )
