"""The page of Xporter."""

from __future__ import annotations

from rollbook.dialects.xporter.asking import COMMON, ROW_LIMIT
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.dialects.xporter.writeback import OPERATIONS

from .markdown import grid, need, page

COMMON_PARAMETERS = {
    "page": "The number of the page, from 1. With `page` or `pagesize`, the answer has a `__pagination__` table.",
    "pagesize": f"How many rows of the first table, at most {ROW_LIMIT:,}, which is also what an answer without "
    "pages holds at most.",
    "changedRows": "`*` for everything, with a hash to quote next time; then that hash, for what has changed since.",
    "select": "Columns, separated by commas. `Column as Name` renames one, `Table.Column` names another table's, `*` "
    "is every column that is shown without options.",
    "options": "Options, separated by commas, instead of a parameter for each.",
    "callbackUrl": "An address to which the state of the databases is posted once they can be read.",
    "httpstatuscodes": "`true`: errors have their own HTTP status instead of 200.",
    "onlyGetDBStatus": "`true`: return only the state of the databases behind the endpoint.",
}


def xporter() -> str:
    """The overview of the dialect."""
    listed = [(f"[{e.segment}](xporter/{e.segment}.md)", e.about, need(e.need)) for e in ENDPOINTS.values()]
    return page(
        "Xporter",
        "The School Data API 1.0.0 as Rollbook serves it. Each endpoint has its own page here, with all "
        "of its fields, and [an example](../../tests/examples/xporter/README.md) that is executed as a test.",
        "```http\nGET /api/v1/School/{estab}/{Endpoint}\nGET /api/v1/School/{estab}/{Endpoint}/{id}\n```",
        "The names of endpoints, parameters and options are not case-sensitive. The answer is a JSON object whose keys "
        "are tables, each an array of rows.",
        "## Endpoints",
        grid(("Endpoint", "What it returns", "Scopes"), listed),
        "## Write-back",
        grid(
            ("Write-back", "What it does", "Scopes"),
            ((f"[{o.name}](xporter/writeback/{o.name}.md)", o.about, need(o.need)) for o in OPERATIONS.values()),
        ),
        "There are also `GET /api/v1/TokenDetails`, `/api/v1/Scopes` and `/api/v1/Queries`, for any token, and "
        "`POST /api/oauth/GetToken`, which issues tokens.",
        "## Parameters of every endpoint",
        grid(("Parameter", "What it does"), ((f"`{name}`", COMMON_PARAMETERS[name]) for name in COMMON)),
        "## Types",
        "A text is a JSON string; ids are texts. Flags are the numbers 0 and 1. A date is `yyyy-MM-dd`, a moment "
        "`yyyy-MM-ddTHH:MM:SS.mmm` in UTC; a date and time without milliseconds, and a time `HH:MM`, are on the "
        "school's clock. An unknown value is `null`; its key is always there.",
    )
