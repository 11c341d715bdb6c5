"""What a school's source can fill, and what it was refused for (school.misendpointsupport, school.validationerrors).

The document names both endpoints and gives no fields: the columns are Rollbook's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...api.resource import AnyTable, Context, Counted, Endpoint, Facts, Filter
from ...fields import ALWAYS, Coalesce, Expr, Field, LastUpdated, Latest, RowHash, When, Words
from ...scopes import S


def fillable(value: Expr, fills: frozenset[Field]) -> bool:
    """Whether a source that can fill these facts can fill a value: all that it is made of, or any of what it
    joins or chooses from."""
    if isinstance(value, LastUpdated | Latest | RowHash):
        return True
    if isinstance(value, Field) and value.owner.derived():
        return any(fact.owner.__name__ in value.owner.over for fact in fills)
    if isinstance(value, Field) and value.stored:
        return value in fills
    parts = [fillable(part, fills) for part in value.parts()]
    either = isinstance(value, Coalesce | When) or type(value) is Words
    return any(parts) if either and parts else all(parts)


def support(context: Context) -> list[dict[str, Any]]:
    """A row for each field of each endpoint."""
    asked, name = (str(context.args.get(n) or "").lower() for n in ("EndpointName", "FieldName"))
    return [
        {
            "Id": f"{endpoint.segment}.{table.name}.{field}",
            "MIS": context.reader.grant.mis,
            "EndpointName": endpoint.segment,
            "ResultSet": table.name,
            "FieldName": field,
            "IsSupported": int(supported),
        }
        for endpoint in context.catalogue.values()
        if not asked or endpoint.segment.lower() == asked
        for table in endpoint.tables
        for field, supported in _supported(endpoint, table, context.fills)
        if not name or field.lower() == name
    ]


def _supported(endpoint: Endpoint, table: AnyTable, fills: frozenset[Field] | None) -> Iterator[tuple[str, bool]]:
    """The fields of a table, each with whether the source can fill it; `fills` None stands for every fact."""
    if isinstance(table, Facts | Counted):
        yield from ((name, True) for name in table.columns)
        return
    found: dict[str, bool] = {}
    for part in endpoint.parts(table):
        for name, value in part.columns.items():
            found[name] = found.get(name, False) or fills is None or fillable(value, fills)
    yield from found.items()


endpoint_support = Endpoint(
    "MISEndpointSupport",
    "MISEndpointSupport",
    "School",
    "Which fields the school's management information system, or whatever else its records come from, can fill.",
    S.School | ALWAYS.need,
    (
        Facts(
            "EndpointSupport",
            support,
            {
                "Id": ("Unique Id of the row", "Students.Students.UPN", "text"),
                "MIS": ("The system that the school's records come from", "oneroster", "text"),
                "EndpointName": ("The endpoint that shows the field", "Students", "text"),
                "ResultSet": ("The result set that the field is in", "Students", "text"),
                "FieldName": ("The name of the field", "UPN", "text"),
                "IsSupported": ("Whether the system can fill the field, 1 or 0", 1, "flag"),
            },
        ),
    ),
    databases=("XodEndpointInfo",),
    filters={
        "EndpointName": Filter("The fields of one endpoint", ALWAYS),
        "FieldName": Filter("The fields of one name", ALWAYS),
    },
)


def _wrong(context: Context) -> list[dict[str, Any]]:
    refused = (
        (f"{source}.{number}", source, at, where, what, hint)
        for source, at, where, what, hint, number in context.reader.refusals()
    )
    aside = (
        (f"{row.source}.aside.{number}", row.source, row.at, row.where, row.what + _waiting(row.waits), row.hint)
        for number, row in enumerate(context.reader.set_aside(), 1)
    )
    names = ("Id", "Source", "DateTime", "Place", "Error")
    return [{**dict(zip(names, row, strict=False)), "Resolution": row[-1] or None} for row in (*refused, *aside)]


def _waiting(rows: int) -> str:
    return f"; {rows:,} {'row waits' if rows == 1 else 'rows wait'} for it" if rows else ""


validation_errors = Endpoint(
    "ValidationErrors",
    "Validation Errors",
    "School",
    "What was rejected when the school's source was last read, and how to fix it: the whole source, or rows that are "
    "set aside until they are right; empty if everything was accepted. The source's values are left out, since they "
    "may be personal data.",
    S.School,
    (
        Facts(
            "ValidationErrors",
            _wrong,
            {
                "Id": ("Unique Id of the row", "oneroster-csv:1001.1", "text"),
                "Source": ("The source that was rejected", "oneroster-csv:1001", "text"),
                "DateTime": ("When it was rejected, or first set aside, UTC", "2026-11-20T03:00:12.345", "moment"),
                "Place": ("Where in the source the problem is", "users.csv line 7, column givenName", "text"),
                "Error": ("What is wrong", "is empty", "text"),
                "Resolution": ("How to fix it", "expected a value", "text"),
            },
            need=S.School,
            passing=True,
        ),
    ),
    databases=("XodEndpointInfo",),
)

ENDPOINTS = (endpoint_support, validation_errors)
