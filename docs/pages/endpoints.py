"""A page for each of Xporter's endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.api.resource import (
    Add,
    Also,
    AnyTable,
    Counted,
    Endpoint,
    Facts,
    Filter,
    Ignore,
    Instead,
    Nothing,
    Only,
    Option,
    Renew,
    With,
    Without,
)
from rollbook.fields import Expr
from rollbook.jobs import DATABASES

from .markdown import code, grid, need, page, said
from .telling import FIELD_HEAD, TYPES, Row


def endpoint_page(endpoint: Endpoint) -> str:
    """Everything about one endpoint."""
    path = f"/api/v1/School/{{estab}}/{endpoint.segment}"
    paths = [path, f"{path}/{{id}}"] if "id" in endpoint.filters else [path]
    return page(
        endpoint.segment,
        endpoint.about,
        "```http\n" + "\n".join(f"GET {p}" for p in paths) + "\n```",
        f"Needs {need(endpoint.need)}. [Example](../../../tests/examples/xporter/{endpoint.segment}.md); "
        "[what all endpoints have in common](../xporter.md).",
        _as_of(endpoint),
        "## Options" if endpoint.options else "",
        grid(
            ("Option", "What it does", "Effect"),
            ((f"`{n}`", o.about, effect(o)) for n, o in endpoint.options.items()),
        ),
        "## Filters" if endpoint.filters else "",
        grid(
            ("Filter", "What it does", "Value"),
            ((f"`{n}`", one.about, written(one)) for n, one in endpoint.filters.items()),
        ),
        f"At least one of {', '.join(f'`{n}`' for n in endpoint.at_least)} must be given." if endpoint.at_least else "",
        f"Cached by the service in {', '.join(f'{n} ({DATABASES[n]} minutes)' for n in endpoint.databases)}.",
        *(block for table in endpoint.tables for block in table_blocks(endpoint, table)),
    )


def _as_of(endpoint: Endpoint) -> str:
    if endpoint.as_of is None:
        return ""
    how = "[as of an earlier day](../../xporter-differences.md#as-of-a-day)"
    return f"With `asOf` it is read {how}, which needs {need(endpoint.as_of)}."


def effect(option: Option) -> str:
    """What an option does to the answer."""
    return "; ".join(filter(None, map(_effect, option.effects)))


def _effect(one: object) -> str:
    if isinstance(one, Add):
        return f"shows {', '.join(one.columns)}"
    if isinstance(one, With):
        return f"fills {', '.join(t.name for t in one.tables)}"
    if isinstance(one, Without):
        return f"leaves {', '.join(t.name for t in one.tables)} empty"
    if isinstance(one, Ignore):
        return f"ignores {', '.join(one.filters)}"
    if isinstance(one, Instead):
        return f"changes {', '.join(one.columns)}"
    if isinstance(one, Renew):
        return "refreshes the data"
    if isinstance(one, Also):
        return "more rows"
    if isinstance(one, Only):
        return "fewer rows"
    return f"none: {one.why}" if isinstance(one, Nothing) else ""


def written(one: Filter) -> str:
    """How a filter's value is written, and whether it must be."""
    kinds = {"csv": "one or more, separated by commas, of", "code": "one of"}
    choices = ", ".join(f"`{c}`" for c in one.choices)
    value = f"{kinds[one.kind]} {choices}" if one.kind in kinds else TYPES[one.kind]
    required = f"; required unless `{one.unless}` is given" if one.unless else "; required"
    return value + (required if one.required else "")


def table_blocks(endpoint: Endpoint, table: AnyTable) -> Iterator[str]:
    """A table's name, what it is, when it is filled, and its fields."""
    yield f"## {table.name}"
    option = next(
        (n for n, o in endpoint.options.items() for e in o.effects if isinstance(e, With) and table in e.tables), ""
    )
    yield " ".join(filter(None, [about(endpoint, table), f"Filled only with `{option}`." if option else ""]))
    yield grid(FIELD_HEAD, fields(endpoint, table))


def about(endpoint: Endpoint, table: AnyTable) -> str:
    """What a table holds, in its own words."""
    return " ".join(said(part) for part in endpoint.parts(table))


def fields(endpoint: Endpoint, table: AnyTable) -> list[Row]:
    """The fields of a table as a reader needs to know them."""
    if isinstance(table, Facts):
        return [(n, TYPES[k], code(e), a, need(table.need)) for n, (a, e, k) in table.columns.items()]
    if isinstance(table, Counted):
        kinds = dict.fromkeys(table.columns, "text") | {"Count": TYPES["number"]}
        return [(n, kinds[n], "", a, need(table.need)) for n, a in table.columns.items()]
    optional = endpoint.optional() if table is endpoint.main else {}
    parts = [p.columns for p in endpoint.parts(table)]
    return [field_row(name, [p[name] for p in parts], optional.get(name, "")) for name in parts[0]]


def field_row(name: str, exprs: list[Expr], option: str) -> Row:
    """One field, which several kinds of record may fill, each with its own scopes."""
    first = exprs[0]
    needs = " / ".join(dict.fromkeys(need(e.need) for e in exprs))
    words = f"{first.about} (with `{option}`)" if option else first.about
    return name, TYPES[first.kind], code(first.example), words, needs
