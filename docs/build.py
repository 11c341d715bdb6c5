"""Writes docs/reference from the declarations. `make docs` runs it; a test fails when the committed pages differ from
what it writes.
"""

from __future__ import annotations

from pathlib import Path as File

import msgspec

from rollbook.api.listing.describing import needs
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
from rollbook.consent.words import WORDS
from rollbook.dialects.edlink.catalogue import RESOURCES as ROSTER
from rollbook.dialects.edlink.classroom import METHODS
from rollbook.dialects.edlink.coursework import SUBMISSION, assignments, categories
from rollbook.dialects.edlink.files import files
from rollbook.dialects.edlink.later import LATER
from rollbook.dialects.edlink.rubrics import rubrics
from rollbook.dialects.oneroster.services import GRADEBOOK, MATERIALS, ROSTERS
from rollbook.dialects.xporter.asking import COMMON, ROW_LIMIT
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.dialects.xporter.wire import EXCEPTIONS, failure
from rollbook.dialects.xporter.writeback import OPERATIONS, Operation, describing
from rollbook.dialects.xporter.writeback.sections import Section
from rollbook.edfi.documents import Whole
from rollbook.edfi.resources import EVERY, RESOURCES
from rollbook.edfi.schema import Collection, Descriptor, Property, Reference
from rollbook.edfi.schema import Text as EdFiText
from rollbook.errors import RollbookError
from rollbook.fields import RECORDS, Code, Computed, Expr, Field, Record, Ref, Told, Value
from rollbook.jobs import DATABASES
from rollbook.model.assessment import AssessmentResult
from rollbook.model.document_scopes import GUARDS, Guard
from rollbook.model.whole import BECAUSE
from rollbook.operation.metrics import EVERY as METRICS
from rollbook.scopes import CATALOGUE, Need, readable
from rollbook.settings import EVERY as SETTINGS

DOCS = File(__file__).parent

Pages = dict[str, str]
"""The text of each page, by its path below docs."""


def main() -> None:
    """Write the reference, and remove what is no longer part of it."""
    written = pages()
    for path, text in written.items():
        (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / path).write_text(text)
    for old in (DOCS / "reference").rglob("*.md"):
        if str(old.relative_to(DOCS)) not in written:
            old.unlink()


def pages() -> Pages:
    """The whole reference."""
    return {
        "reference/xporter.md": xporter(),
        **{f"reference/xporter/{e.segment}.md": endpoint_page(e) for e in ENDPOINTS.values()},
        **{f"reference/xporter/writeback/{o.name}.md": writeback_page(o) for o in OPERATIONS.values()},
        "reference/edfi.md": edfi(),
        "reference/edfi-consent.md": guards(),
        "reference/edlink.md": edlink(),
        "reference/oneroster.md": oneroster(),
        "reference/scopes.md": scopes(),
        "reference/errors.md": errors(),
        "reference/records.md": records(),
        "reference/settings.md": settings(),
        "reference/metrics.md": measured(),
    }


# ---- Markdown


def page(title: str, *blocks: str) -> str:
    """A page from its title and blocks; empty ones are left out."""
    return "\n\n".join([f"# {title}", NOTICE, *filter(None, blocks)]) + "\n"


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table, or nothing when it has no rows."""
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    names = list(head)
    return "\n".join([f"| {' | '.join(names)} |", "|---" * len(names) + "|", *lines]) if lines else ""


def cell(text: str) -> str:
    """A text as it stands in a cell."""
    return text.replace("\n", "\\n").replace("|", "\\|") or " "


def code(value: Value) -> str:
    """A value as code, or nothing."""
    return "" if value is None else f"`{str(value).replace(chr(10), chr(92) + 'n')}`"


def need(needed: Need) -> str:
    """The scopes needed, in words."""
    ways = [" and ".join(sorted(way)) for way in needed.ways if way]
    return " or ".join(sorted(ways)) or "any token"


def said(thing: type) -> str:
    """A class's docstring in one paragraph."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


# ---- Xporter


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


def writeback_page(operation: Operation) -> str:
    """Everything about one write-back."""
    waits = "The answer is a `TrackingId`. The address in `Callback` is called once the data is written or has failed."
    comes = "The answer comes once the data is written. If there is a `Callback`, that address is called too."
    return page(
        operation.title,
        operation.about,
        "```http\n" + "\n".join(f"POST {path}" for path in describing.paths_of(operation)) + "\n```",
        f"Needs {need(operation.need)}. {waits if operation.asynchronous else comes} If it is sent again with the same "
        "header `Idempotency-Key`, it is written only once.",
        *(
            block
            for section, mandatory in describing.sections_of(operation)
            for block in section_blocks(section, mandatory)
        ),
    )


def section_blocks(section: Section, mandatory: bool) -> Iterator[str]:
    """A section's name, what it is, and its properties."""
    yield f"## {section.name}"
    yield f"{section.about} {'Mandatory.' if mandatory else 'Optional.'}"
    yield grid(
        describing.HEAD, ((name, code(example or None), *rest) for name, example, *rest in describing.rows(section))
    )


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


Row = tuple[str, str, str, str, str]
FIELD_HEAD = ("Field", "Type", "Example", "Description", "Scopes")


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


# ---- Ed-Fi and Edlink


def edfi() -> str:
    """The resources of Ed-Fi, and what each property is in the record."""
    blocks: list[str] = []
    for resource in EVERY:
        beside = f"{need(resource.remainder or resource.of.scope)}, kept beside"
        roles = (resource.role,) if resource.role else ()
        rows = [
            (
                f"`{p.name}`",
                edfi_type(p),
                "key" if p.identity else "required" if p.needed else "",
                p.about,
                by_facts(p.columns().values(), roles) or beside,
            )
            for p in resource.properties
        ]
        about = f"{resource.about} Each is a {records_link(resource.of)}. Writing one needs `{resource.writing}`."
        blocks += [f"## {resource.name}", about]
        blocks.append(grid(("Property", "Type", "", "Description", "Scopes"), rows))
    return page(
        "Ed-Fi",
        "The resources of Data Standard 5.2 that Rollbook serves at `/edfi/data/v3/ed-fi/`, besides their descriptors. "
        "What a school did not grant is absent. A property that is kept beside the record has no canonical field: it "
        "returns to Ed-Fi's clients as it was written. [By example](../../tests/examples/edfi/README.md); "
        "[where the sources disagree](../edfi-differences.md).",
        *blocks,
    )


def edfi_type(one: Property) -> str:
    """The type of a property, as the standard has it."""
    if isinstance(one, EdFiText):
        return f"text, at most {one.most}"
    if isinstance(one, Descriptor):
        return f"descriptor of {one.kind}"
    if isinstance(one, Reference):
        return f"reference to {one.target.name}"
    if isinstance(one, Collection):
        return f"collection of {one.item or 'objects'}"
    return {"Integer": "whole number", "Number": "number"}.get(type(one).__name__, type(one).__name__.lower())


def edlink() -> str:
    """The resources of Edlink, and which filters each property allows."""
    blocks: list[str] = []
    for resource in (*ROSTER.values(), *LATER.values(), assignments, categories, rubrics, files):
        rows = [
            (
                f"`{name}`",
                ", ".join(one.filters),
                one.leads,
                by_facts(part.properties[name].shown for part in resource.parts),
            )
            for name, one in resource.properties.items()
        ]
        kinds = ", ".join(records_link(part.of) for part in resource.parts)
        blocks += [
            f"## {resource.name}",
            f"Read from {kinds}.",
            grid(("Property", "`$filter`", "`$expand`", "Scopes"), rows),
        ]
    return page(
        "Edlink",
        "What Rollbook serves at `/api/v2/graph/` and, of one person, at `/api/v2/my/`. What a school did not grant is "
        "null, or is not in the list. [By example](../../tests/examples/edlink/README.md); "
        "[where the sources disagree](../edlink-differences.md).",
        *blocks,
        "## submissions",
        f"What is between a student of a class and an assignment, read from {records_link(AssessmentResult)} where "
        f"there is a result: {', '.join(f'`{name}`' for name in SUBMISSION)}.",
        "## Coursework",
        "What is below a class, with an integration's token below `graph` and a person's below `my`.",
        grid(
            ("Address", "Methods"),
            (
                (f"`{address}`", ", ".join(one for one in methods if one != "HEAD"))
                for address, methods in METHODS.items()
            ),
        ),
    )


def oneroster() -> str:
    """The entities of OneRoster, and which filters each member allows."""
    blocks: list[str] = []
    collections = (one for service in (ROSTERS, GRADEBOOK, MATERIALS) for one in service.collections.values())
    for resource in {collection.resource.name: collection.resource for collection in collections}.values():
        rows = [
            (
                f"`{name}{'.sourcedId' if one.leads else ''}`" if one.filters else f"`{name}`",
                " ".join(f"`{operator}`" for operator in one.filters),
                "yes" if ">" in one.filters else "",
                by_facts(part.properties[name].shown for part in resource.parts),
            )
            for name, one in resource.properties.items()
        ]
        kinds = ", ".join(records_link(part.of) for part in resource.parts)
        heads = ("Member", "`filter`", "`sort`", "Scopes")
        blocks += [f"## {resource.name}", f"Read from {kinds}.", grid(heads, rows)]
    return page(
        "OneRoster",
        f"What Rollbook serves at `{ROSTERS.root}/`, `{GRADEBOOK.root}/` and `{MATERIALS.root}/`. What a school did "
        "not grant is left out, or is not in the list. "
        "[Where the standard is silent, and what Rollbook does](../oneroster-differences.md).",
        *blocks,
    )


def by_facts(values: Iterable[Expr], roles: tuple[type[Record], ...] = ()) -> str:
    """The scopes needed for each of the facts that values are made of."""
    return "; ".join(dict.fromkeys(map(need, needs(values, roles))))


def records_link(record: type[Record]) -> str:
    """A link to a record on the page of records."""
    # Kinds that share a table are described once, with it.
    table = next(one for one in RECORDS.values() if one.table == record.table)
    return f"[{table.__name__}](records.md#{table.__name__.lower()})"


# ---- scopes


def scopes() -> str:
    """Every scope, and what it opens."""
    blocks: list[str] = []
    for category, each in groupby(CATALOGUE.values(), key=lambda s: s.category):
        blocks.append(f"## {category}")
        for scope in each:
            changes = "It lets an app change data." if scope.changes else ""
            blocks += [
                f"### {scope.name}",
                f"{scope.words}. {changes}".strip(),
                "\n".join(opened(scope.name)) or NOTHING_YET,
            ]
    return page(
        "Scopes",
        "What a school can let an app read and change. A token cannot see a field that none of its scopes opens: the "
        "field is not shown, cannot be filtered by, and changes to it cannot be noticed. Nor can it change anything "
        "without a scope of the category Write-back. The names are those of the Xporter School Data API, except "
        "some write-back scopes that are Rollbook's own. Fields are named as Xporter shows them. A field in "
        "brackets needs other scopes too.",
        *blocks,
        "## Permission words of other standards",
        "A key for Ed-Fi or Edlink may have permission words of its standard. They narrow its app's grants, and never "
        "widen it. A key for which no word is named reads all that is granted, and writes nothing.",
        grid(
            ("API", "Word", "What it allows", "Writes", "Scopes"),
            ((w.dialect, f"`{w.name}`", w.about, "yes" if w.writes else "no", scope_list(w.scopes)) for w in WORDS),
        ),
    )


def scope_list(held: frozenset[str]) -> str:
    """Scopes by name, or that it is every one."""
    if held >= CATALOGUE.keys():
        return "all"
    return "all that only read" if held == frozenset(readable(CATALOGUE)) else ", ".join(sorted(held))


NOTHING_YET = "No field yet."


def opened(scope: str) -> Iterator[str]:
    """The write-backs that a scope opens, and the fields, table by table."""
    for operation in OPERATIONS.values():
        if any(scope in way for way in operation.need.ways):
            yield f"- Write-back [{operation.name}](xporter/writeback/{operation.name}.md)"
    for resource in EVERY:
        if any(scope in way for way in resource.writing.ways):
            yield f"- Writing [{resource.name}](edfi.md) (Ed-Fi)"
    documents = [
        f"`{n}`" for n, g in GUARDS.items() if any(scope in way for one in (g.whole, g.write) for way in one.ways)
    ]
    if documents:
        yield f"- [Ed-Fi's documents](edfi-consent.md): {', '.join(documents)}"
    for endpoint in ENDPOINTS.values():
        for table in endpoint.tables:
            needs = {n: e.need for p in endpoint.parts(table) for n, e in p.columns.items()}
            if isinstance(table, Facts | Counted):
                needs = dict.fromkeys(table.columns, table.need)
            names = [
                name if frozenset({scope}) in needed.ways else f"({name})"
                for name, needed in needs.items()
                if any(scope in way for way in needed.ways)
            ]
            if names:
                place = endpoint.segment if table is endpoint.main else f"{endpoint.segment}, {table.name}"
                yield f"- [{place}](xporter/{endpoint.segment}.md): {', '.join(names)}"


# ---- errors


def errors() -> str:
    """Every error that Xporter's clients can get."""
    rows = [error_row(kind) for kind, _, _ in EXCEPTIONS]
    return page(
        "Errors",
        "An error of the Xporter dialect is an object with `Message`, `ExceptionType`, `ExceptionMessage` and "
        "`InnerException` (always null). The HTTP status is 200, or the one given here if the request has "
        "`httpstatuscodes=true`. `ExceptionMessage` lists everything that is wrong with the request, with hints. "
        "[Examples](../../tests/examples/xporter/errors.md).",
        grid(("ExceptionType", "Status", "Message"), rows),
        "The STS (`GetToken`) answers as the service does: status 200, `token` null, the reason in `ExceptionMessage`, "
        "and `ExceptionType` null. [Examples](../../tests/examples/xporter/token.md).",
    )


def error_row(kind: type[Exception]) -> tuple[str, str, str]:
    """An error as the hub really returns it."""
    error = kind() if issubclass(kind, RollbookError) else kind("an error of the hub's own")
    answer = failure(error, status_codes=True)
    assert isinstance(answer.body, bytes)
    body = msgspec.json.decode(answer.body, type=dict[str, str | None])
    return f"`{body['ExceptionType']}`", str(answer.status), body["Message"] or ""


# ---- settings


def settings() -> str:
    """Every setting that the environment may say."""
    rows = [
        (
            f"`{one.name}`" + (f", `{one.file}`" if one.secret else ""),
            f"`{one.option}`" if one.option else "",
            one.kind.word,
            f"`{one.shown_default}`" if one.shown_default != "nothing" else "",
            one.about,
        )
        for one in SETTINGS
    ]
    return page(
        "Settings",
        "A hub is set up by environment variables. An option of `rollbook serve` is heeded before its variable. A "
        "secret may be in a file instead, which the variable ending in `_FILE` names (as for secrets of containers and "
        "`LoadCredential=` of systemd); it is never given as an argument, which everybody on a machine can read. "
        "`rollbook config` shows what is set, and where, and names variables that are no setting.",
        grid(("Variable", "Option", "What it says", "Without it", "What it is for"), rows),
    )


def measured() -> str:
    """Everything that is measured."""
    rows = [
        (f"`{m.name}`", ", ".join(f"`{label}`" for label in m.labels), "counter" if m.counts else "", m.about)
        for m in METRICS
    ]
    return page(
        "What is measured",
        "At `/metrics`, as Prometheus reads it ([how to get there](../operation.md#health)). No label "
        "holds an id of a record, a name, or what a request asked about.",
        grid(("Name", "Labels", "Kind", "What it is"), rows),
    )


# ---- what Ed-Fi's documents need


def guards() -> str:
    """What each kind of document of Ed-Fi's standard needs, and whose data it is."""
    rows = sorted(GUARDS.items())
    return page(
        "What Ed-Fi's documents need",
        f"The {len(rows)} resources of Data Standard 5.2: what a school must have granted before an app reads one, or "
        "writes one (which needs what reading it needs, too), and whose data it is. What has no row is not served. "
        "Where the record has fields for a document, [each has its own scopes](edfi.md) besides. Scopes are in "
        "[plain words here](scopes.md). What lives in a [record](records.md) is the one that other dialects show; "
        "the rest is kept whole, as its client wrote it.",
        grid(
            ("Resource", "To read", "Besides, to write", "About", "What it holds", "Lives in"),
            ((f"`{n}`", need(g.read), need(g.write), abouts(g), g.reason, home(n)) for n, g in rows),
        ),
        "## Members that need more",
        "Without these scopes a document is shown as if it did not have the member.",
        grid(
            ("Resource", "Member", "Needs"),
            ((f"`{n}`", f"`{path}`", need(more)) for n, g in rows for path, more in g.parts.items()),
        ),
    )


def home(name: str) -> str:
    """The record that a document is, unless it is kept whole; why, where the record seems to have a place for it."""
    resource = RESOURCES[name]
    if isinstance(resource, Whole):
        return f"kept whole: {BECAUSE[name]}" if name in BECAUSE else "kept whole"
    return f"`{(resource.role or resource.of).__name__}`"


def abouts(guard: Guard) -> str:
    """Whom a document is about, and by which reference."""
    named = [f"{w.kind} (`{w.reference}`)" if w.reference else f"the {w.kind}" for w in guard.whose]
    return ", ".join(named) or "nobody"


# ---- records


def records() -> str:
    """The canonical record, area by area."""
    blocks: list[str] = []
    for module, each in groupby(RECORDS.values(), key=lambda r: r.__module__):
        if not module.startswith("rollbook."):
            continue
        words = (importlib.import_module(module).__doc__ or "").strip()
        blocks += [f"## {words.removesuffix('.')}"]
        for record in each:
            rows = map(record_row, record.fields.values())
            blocks += [f"### {record.__name__}", said(record), grid(FIELD_HEAD, rows)]
    return page(
        "Records",
        "The hub's records and every fact about them, each declared once in `rollbook/model`. Every record also has a "
        "hub id (a UUID) and a history. An arrow is a reference to another record. Scopes in brackets are the record's "
        "own. A person's facts are shown through the person's roles at a school, each with its own scopes.",
        *blocks,
    )


def record_row(field: Field) -> Row:
    """One canonical field."""
    own = field.scope is None
    scopes_needed = "" if own and not field.owner.scope.ways - {frozenset()} else need(field.need)
    return (
        field.name,
        kept_as(field),
        code(field.example),
        field.about,
        f"({scopes_needed})" if own and scopes_needed else scopes_needed,
    )


def kept_as(field: Field) -> str:
    """The type of a field and where it comes from."""
    if isinstance(field, Ref):
        return f"→ {link(field.target)}"
    if isinstance(field, Told):
        return f"{TYPES[field.kind]}, from {link(field.fact.owner)}"
    if isinstance(field, Computed):
        return f"{TYPES[field.kind]}, calculated"
    if isinstance(field, Code):
        return "code" + (f" ({', '.join(field.choices)})" if field.choices else "")
    return TYPES[field.kind]


def link(record: type[Record]) -> str:
    """A link to a record on its page."""
    return f"[{record.__name__}](#{record.__name__.lower()})"


if __name__ == "__main__":
    main()
