"""A cohort as files: its subjects as CSV or Parquet, and a dictionary of the columns. Of our own design."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ...api.messages import NO_STORE, Response
from ...consent.research import FACTS
from ...errors import Malformed, Problem
from ...fields import Code, Field
from ...model.research import ResearchSubject

FORMATS = ("csv", "parquet")


@dataclass(frozen=True)
class Column:
    """A column of the table of subjects, as the dictionary explains it."""

    name: str
    about: str
    kind: str
    """text, date, flag, number or moment."""
    choices: str = ""
    needs: str = ""
    """The scopes that a school must grant for it to be filled."""


def _of(name: str, field: Field, needs: str = "") -> Column:
    choices = field.choices if isinstance(field, Code) else {}
    return Column(name, field.about, field.kind, "; ".join(f"{k}: {v}" for k, v in choices.items()), needs)


_OWN = ("name", "description", "sex", "genetic_line", "subject_identifier", "birth_date", "death_date")

SUBJECT = (
    Column("id", "The id of the subject", "text"),
    *(_of(name, ResearchSubject.fields[name]) for name in _OWN),
    Column("strain", "The name of the strain", "text"),
    Column("tags", "The words by which the subject is found, with semicolons between", "text"),
)
STUDENT = tuple(_of(f"student_{name}", field, str(field.need)) for name, field in FACTS.items())
COLUMNS = (*SUBJECT, *STUDENT)
"""Every table has all columns: what is not known, or not granted, is empty."""


def wanted_format(query: Iterable[tuple[str, str]]) -> str:
    """The format that a request asks for, CSV unless it says; raises `Malformed`."""
    problems = [Problem(name[:80], "is not a parameter", _hint(name)) for name, _ in query if name != "format"]
    said = [value for name, value in query if name == "format"] or ["csv"]
    if said[-1] not in FORMATS:
        problems.append(Problem("format", f'"{said[-1][:60]}" is not a valid choice.', "csv or parquet"))
    elif said[-1] == "parquet" and find_spec("pyarrow") is None:
        problems.append(Problem("format", "this hub cannot write Parquet", "ask for csv, or have pyarrow installed"))
    if problems:
        raise Malformed(*problems)
    return said[-1]


def _hint(name: str) -> str:
    if name.lower() not in ("asof", "as_of"):
        return "known: format"
    return "nobody keeps what facts were: draw a cohort as of the day instead (as_of)"


def table(
    subjects: Iterable[Mapping[str, Any]], strains: Mapping[str, str], known: Mapping[str, Mapping[str, Any]]
) -> list[list[Any]]:
    """The rows of the table, in the order of the cohort: texts, flags as booleans, None for what is not there."""
    return [[*_subject(one, strains), *_student(known.get(one["id"], {}))] for one in subjects]


def _subject(one: Mapping[str, Any], strains: Mapping[str, str]) -> list[Any]:
    own = [one[column.name] or None for column in SUBJECT[:-2]]
    return [*own, strains.get(one["strain"]), ";".join(one["tags"]) or None]


def _student(told: Mapping[str, Any]) -> list[Any]:
    return [_value(field.kind, told.get(name)) for name, field in FACTS.items()]


def _value(kind: str, value: Any) -> Any:
    return bool(value) if kind == "flag" and value is not None else value


def download(name: str, rows: list[list[Any]], form: str) -> Response:
    """The files in a ZIP; the same cohort always makes the same bytes."""
    written = _csv([[column.name for column in COLUMNS], *rows]) if form == "csv" else _parquet(rows)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file, content in ((f"subjects.{form}", written), ("dictionary.csv", _dictionary())):
            zipped.writestr(zipfile.ZipInfo(file), content, zipfile.ZIP_DEFLATED)
    headers = (
        (b"content-type", b"application/zip"),
        (b"content-disposition", f'attachment; filename="cohort-{name}.zip"'.encode()),
        NO_STORE,
    )
    return Response(archive.getvalue(), 200, headers)


def _dictionary() -> bytes:
    heads = ["column", "description", "type", "values", "needs"]
    return _csv([heads, *([c.name, c.about, c.kind, c.choices, c.needs] for c in COLUMNS)])


def _csv(rows: Iterable[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _parquet(rows: list[list[Any]]) -> bytes:
    # It has no types, and is there only where it was asked for.
    arrow: Any = import_module("pyarrow")
    kinds = {"flag": arrow.bool_(), "date": arrow.date32(), "number": arrow.int64()}
    schema = arrow.schema(
        arrow.field(c.name, kinds.get(c.kind, arrow.string()), metadata={"description": c.about}) for c in COLUMNS
    )
    by_column = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    # Days are read as texts and then as days; a column without any value fits every type.
    arrays = [arrow.array(list(v)).cast(f.type) for v, f in zip(by_column, schema, strict=True)]
    out = io.BytesIO()
    import_module("pyarrow.parquet").write_table(arrow.Table.from_arrays(arrays, schema=schema), out)
    return out.getvalue()
