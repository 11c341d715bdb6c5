"""The `rollbook` command."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import uvicorn
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from . import __version__
from . import demo as schools
from .api.http import Edge, Request
from .connectors import CONNECTORS
from .consent import Desk, Grant
from .consent.desk import SchoolPass
from .dialects.xporter import Xporter
from .errors import Malformed, NotFound, Problem, RollbookError, nearest
from .ingest import Diff, import_roster
from .scopes import CATALOGUE
from .store.sqlite import Store

Application = Callable[[Store], Edge]

out, err = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)

DEMO_APP = "demo.rollbook.example"


def run(application: Application) -> None:
    """Run the command; what goes wrong is told without a stack trace, and the exit status is 1."""
    try:
        main(obj=application, standalone_mode=True)
    except RollbookError as error:
        for problem in error.problems:
            err.print(f"[red]{escape(str(problem))}[/]")
        raise SystemExit(1) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rollbook")
def main() -> None:
    """One record of a school, served through every API that school software already speaks."""


def _data(required: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="ROLLBOOK_DATA",
        help="The data directory (or ROLLBOOK_DATA); ./data, or ./demo-data when only that is there.",
    )


@contextmanager
def _store(data: Path | None, *, make: bool = False) -> Generator[Store]:
    folder = data or next((p for p in (Path("data"), Path("demo-data")) if p.exists()), Path("data"))
    if not make and not (folder / "records.sqlite").exists():
        raise NotFound(
            Problem(
                "data",
                f"{folder} holds no records",
                "name the directory with --data, or make one with `rollbook demo`",
            )
        )
    with Store(folder) as store:
        yield store


# ---- serving


class _Server(uvicorn.Server):
    """Tells when it is ready, with the port that it really has."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self.ready(self.servers[0].sockets[0].getsockname()[1])


def _steady_heap() -> None:
    """Keep freed memory for the next large answer (glibc): returning it costs more than the answer does."""
    trim, top_pad, mmap = -1, -2, -3
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        for setting, value in ((trim, 1 << 30), (top_pad, 16 << 20), (mmap, 1 << 30)):
            mallopt(setting, value)


def _serve(edge: Edge, host: str, port: int, ready: Callable[[str], None]) -> None:
    _steady_heap()
    config = uvicorn.Config(
        edge,
        host=host,
        port=port,
        http="httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    _Server(config, lambda actual: ready(f"http://{host}:{actual}")).run()


@main.command()
@_data()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 for any free one.")
@click.option("--workers", default=1, show_default=True, help="Processes that answer; each core can have one.")
@click.pass_obj
def serve(application: Application, data: Path | None, host: str, port: int, workers: int) -> None:
    """Serve a data directory."""
    with _store(data) as store:
        if workers == 1:
            return _serve(
                application(store),
                host,
                port,
                lambda url: out.print(f"Rollbook serves {store.folder} at {url}"),
            )
        os.environ["ROLLBOOK_DATA"] = str(store.folder)
    uvicorn.run(
        "rollbook.app:from_environment", factory=True, workers=workers, host=host, port=port, http="httptools",
        log_level="warning", access_log=False, server_header=False,
    )  # fmt: skip
    return None


# ---- the demo


@main.command("demo")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Where the demo's records are kept; they are made when it is empty.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 for any free one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line, with all that clients need, when ready.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day as of which the demo stands still.")
@click.option("--scopes", default="all", show_default=True, help="The scopes of the demo app, with commas between.")
@click.option("--size", default=1.0, show_default=True, help="How large the schools are, as a share of the usual.")
@click.pass_obj
def run_demo(
    application: Application,
    data: Path,
    host: str,
    port: int,
    as_json: bool,
    today: Any,
    scopes: str,
    size: float,
) -> None:
    """Make invented schools (or take those made before), and serve them."""
    day = today.date() if today else schools.DEFAULT_TODAY
    if not (data / "records.sqlite").exists():
        _make_whole(data, day, size)
    with Store(data) as store:
        facts = _demo_facts(store, data / "demo.json", day, size, scopes)

        def ready(url: str) -> None:
            line = json.dumps({"url": url, **facts})
            _write_private(data / "demo.json", line + "\n")
            if as_json:
                print(line, flush=True)
            else:
                out.print(_try_me(url, facts))

        _serve(application(store), host, port, ready)


def _make_whole(data: Path, today: date, size: float) -> None:
    """Make the schools aside, so that a demo stopped half-way leaves nothing that the next one would stumble over."""
    aside = data / "making"
    shutil.rmtree(aside, ignore_errors=True)
    with Store(aside) as store:
        store.set("demo", json.dumps(_make_schools(store, today, size)))
    os.replace(aside / "records.sqlite", data / "records.sqlite")
    shutil.rmtree(aside)


def _demo_facts(store: Store, kept: Path, today: date, size: float, scopes: str) -> dict[str, Any]:
    if store.setting("demo"):
        facts = _facts(store.setting("demo")) | _facts(kept.read_text() if kept.exists() else None)
        if "xporter" in facts and scopes == "all":
            return facts
    else:
        if Desk(store).schools():
            raise Malformed(Problem("--data", "holds other schools already", "choose an empty directory for the demo"))
        facts = _make_schools(store, today, size)
        store.set("demo", json.dumps(facts))
    return {**facts, **_demo_app(Desk(store), facts["schools"], scopes)}


def _facts(text: str | None) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(text or "{}")
    facts.pop("url", None)
    return facts


def _make_schools(store: Store, today: date, size: float) -> dict[str, Any]:
    with _progress("Inventing schools") as step:
        made = schools.build(store, today, progress=step, size=size)
    return {
        "schools": [{"estab": s.estab, "name": s.name} for s in made.schools],
        "calendar": {
            "from": made.calendar.year_from,
            "to": made.calendar.year_to,
            "week": [*made.calendar.week],
        },
    }


def _demo_app(desk: Desk, made: list[dict[str, str]], scopes: str) -> dict[str, Any]:
    known = {a.relying_party: a for a in desk.apps()}
    if DEMO_APP in known:
        app = known[DEMO_APP]
        secret = desk.new_management_secret(app)
    else:
        app, secret = desk.add_app(DEMO_APP, "Demo app")
    secrets = {s["estab"]: desk.authorise(app, s["estab"], [n.strip() for n in scopes.split(",")])[1] for s in made}
    first = made[0]["estab"]
    return {
        "xporter": {
            "estab": first,
            "relyingParty": DEMO_APP,
            "schoolSecret": secrets[first],
            "managementSecret": secret,
        },
        "schools": [{**s, "schoolSecret": secrets[s["estab"]]} for s in made],
    }


def _write_private(path: Path, text: str) -> None:
    # Whole or not at all: it holds the only copy of the demo's secrets.
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(text)
    os.replace(beside, path)


def _try_me(url: str, facts: dict[str, Any]) -> str:
    x = facts["xporter"]
    body = json.dumps(
        {
            "estab": x["estab"],
            "relyingParty": x["relyingParty"],
            "password": x["schoolSecret"],
            "thirdpartyid": "XporterOnDemand",
        }
    )
    names = "\n".join(f"  {s['estab']}  {s['name']}" for s in facts["schools"])
    first, last = facts["calendar"]["week"]
    school = f"{url}/api/v1/School/{x['estab']}"
    asks = (
        "Students?pagesize=2&select=Id,DisplayName,RegGroup%20as%20Form",
        "Groups?Type=RegGrp&includeMembersIds=true&pagesize=1",
        f"AttendanceForDateRange?DateFrom={first}&DateTo={last}&id=9919",
        "Students?changedRows=*&select=Id,Surname",
    )
    header = '-H "Authorization: Idaas $TOKEN"'
    lines = "\n".join(f"curl -s '{school}/{ask}' {header}" for ask in asks)
    return escape(
        f"Rollbook serves invented schools at {url} (Ctrl-C ends it)\n{names}\n\nTry me, in another terminal:\n\n"
        f"TOKEN=$(curl -s {url}/api/oauth/GetToken -H 'Content-Type: application/json' \\\n  -d '{body}' \\\n"
        f"  | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"token\"])')\n{lines}\n"
    )


@contextmanager
def _progress(title: str) -> Generator[Callable[[str, int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def step(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield step


# ---- import


@main.command("import")
@click.argument("connector")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@_data()
@click.option("--district", help="The name of the district, when the roster does not name one.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--allow-shrink", is_flag=True, help="Apply a roster although much of what was there is gone from it.")
@click.option(
    "--max-shrink", default=0.5, show_default=True, help="The share that may be gone before the import stops."
)
def import_(
    connector: str,
    path: Path,
    data: Path | None,
    district: str | None,
    dry_run: bool,
    allow_shrink: bool,
    max_shrink: float,
) -> None:
    """Read a roster: `rollbook import oneroster-csv PATH` takes a folder or ZIP, 1.1 or 1.2, bulk or delta."""
    if connector not in CONNECTORS:
        raise NotFound(Problem("connector", f"{connector} is not known", nearest(connector, CONNECTORS)))
    with _store(data, make=True) as store, _progress(f"Reading {path.name}") as step:
        diff = import_roster(
            store,
            CONNECTORS[connector],
            path,
            district_name=district,
            dry_run=dry_run,
            allow_shrink=allow_shrink,
            max_shrink=max_shrink,
            progress=step,
        )
        found = Desk(store).schools()
    _show_diff(diff)
    if not dry_run and found:
        out.print("Schools, by the number that Xporter's paths take:")
        for _, _, estab, name, of in found:
            out.print(f"  {escape(estab)}  {escape(name)} ({escape(of)})")


def _show_diff(diff: Diff) -> None:
    grid = Grid(title="What changed" if diff.applied else "What would change", title_justify="left")
    for name in ("Kind", "New", "Changed", "Gone", "Unchanged"):
        grid.add_column(name, justify="left" if name == "Kind" else "right")
    for kind, *numbers in diff.lines():
        grid.add_row(kind, *map(str, numbers))
    out.print(grid)
    for kind, tally in diff.kinds.items():
        for what, examples in tally.examples.items():
            for example in examples:
                out.print(f"  {what} {kind}: {escape(example)}")
    for note in diff.notes:
        out.print(escape(note))


# ---- apps and grants


@main.group()
def apps() -> None:
    """Apps, and what schools let them see: add, list, grant, narrow, people, pause, resume, revoke, secret."""


@apps.command("list")
@_data()
def apps_list(data: Path | None) -> None:
    """List apps with their grants."""
    with _store(data) as store:
        desk = Desk(store)
        grid = Grid()
        for name in ("App", "School", "State", "Scopes", "People"):
            grid.add_column(name)
        for app in desk.apps():
            grants = desk.grants(app)
            for grant in grants:
                people = ", ".join(f"{mode} chosen {kind}" for kind, mode in grant.people.items()) or "everybody"
                scopes = "all" if grant.scopes >= CATALOGUE.keys() else ", ".join(sorted(grant.scopes))
                grid.add_row(app.relying_party, f"{grant.estab} {grant.school_name}", grant.state, scopes, people)
            if not grants:
                grid.add_row(app.relying_party, "-", "-", "-", "-")
    out.print(grid)


@apps.command("add")
@click.argument("relying_party")
@click.option("--name", default="", help="The app's name, as people know it.")
@_data()
def apps_add(relying_party: str, name: str, data: Path | None) -> None:
    """Make an app; its management secret is shown once."""
    with _store(data) as store:
        _, secret = Desk(store).add_app(relying_party, name)
    out.print(f"managementSecret: {secret}")


@apps.command("secret")
@click.argument("relying_party")
@_data()
def apps_secret(relying_party: str, data: Path | None) -> None:
    """Give an app another management secret; the earlier one is void."""
    with _store(data) as store:
        desk = Desk(store)
        out.print(f"managementSecret: {desk.new_management_secret(desk.app(relying_party))}")


@apps.command("grant")
@click.argument("relying_party")
@click.argument("estab")
@click.option("--scopes", required=True, help="Scopes with commas between, or all.")
@_data()
def apps_grant(relying_party: str, estab: str, scopes: str, data: Path | None) -> None:
    """Let an app see scopes at a school; its school secret is shown once, an earlier one is void."""
    with _store(data) as store:
        desk = Desk(store)
        _, secret = desk.authorise(desk.app(relying_party), estab, [s.strip() for s in scopes.split(",")])
    out.print(f"schoolSecret: {secret}")


@apps.command("narrow")
@click.argument("relying_party")
@click.argument("estab")
@click.option("--scopes", required=True, help="The scopes that are left, with commas between.")
@_data()
def apps_narrow(relying_party: str, estab: str, scopes: str, data: Path | None) -> None:
    """Leave a grant only these scopes; it shows in the next answer."""
    with _store(data) as store:
        desk = Desk(store)
        grant = desk.narrow(desk.grant(desk.app(relying_party), estab), [s.strip() for s in scopes.split(",")])
    out.print(f"{grant.app.relying_party} at {grant.estab}: {', '.join(sorted(grant.scopes))}")


@apps.command("people")
@click.argument("relying_party")
@click.argument("estab")
@click.argument("kind", type=click.Choice(["students", "staff", "contacts"], case_sensitive=False))
@click.argument("mode", type=click.Choice(["only", "except", "all"]))
@click.argument("ids", nargs=-1)
@_data()
def apps_people(relying_party: str, estab: str, kind: str, mode: str, ids: tuple[str, ...], data: Path | None) -> None:
    """Let a grant see only the people with these Ids, or all except them, or all again."""
    with _store(data) as store:
        desk = Desk(store)
        desk.choose(desk.grant(desk.app(relying_party), estab), kind, mode, ids)
    out.print(f"{relying_party} at {estab}: {mode} {len(ids) or ''} {kind}".replace("  ", " "))


def _change_state(relying_party: str, estab: str, data: Path | None, change: Callable[[Desk, Grant], Grant]) -> None:
    with _store(data) as store:
        desk = Desk(store)
        grant = change(desk, desk.grant(desk.app(relying_party), estab))
    out.print(f"{relying_party} at {estab}: {grant.state}")


@apps.command("pause")
@click.argument("relying_party")
@click.argument("estab")
@_data()
def apps_pause(relying_party: str, estab: str, data: Path | None) -> None:
    """Stop a grant while the school chooses people; tokens are refused until it is resumed."""
    _change_state(relying_party, estab, data, lambda desk, grant: desk.pause(grant))


@apps.command("resume")
@click.argument("relying_party")
@click.argument("estab")
@_data()
def apps_resume(relying_party: str, estab: str, data: Path | None) -> None:
    """Let a paused grant go on."""
    _change_state(relying_party, estab, data, lambda desk, grant: desk.pause(grant, False))


@apps.command("revoke")
@click.argument("relying_party")
@click.argument("estab")
@_data()
def apps_revoke(relying_party: str, estab: str, data: Path | None) -> None:
    """End a grant; its secret and its tokens end with it."""
    _change_state(relying_party, estab, data, lambda desk, grant: desk.revoke(grant))


# ---- query


@main.command()
@click.argument("question")
@click.argument("filters", nargs=-1)
@click.option("--select", default="", help="Columns with commas between; Column as Name renames one.")
@click.option("--estab", help="The school, when there are several.")
@click.option("--app", "relying_party", help="The app whose grant to read with, when there are several.")
@click.option("--json", "as_json", is_flag=True, help="JSON also in a terminal.")
@_data()
def query(
    question: str, filters: tuple[str, ...], select: str, estab: str | None, relying_party: str | None, as_json: bool,
    data: Path | None,
) -> None:  # fmt: skip
    """Ask from the terminal what an app would ask: `rollbook query school.students yearGroupId=36 --select Id,Surname`.

    FILTERS are name=value, as in the address. The answer is a table here, JSON when it is piped.
    """
    pairs = [(name, value) for name, _, value in (f.partition("=") for f in filters)]
    pairs += [("select", select)] if select else []
    with _store(data) as store:
        desk = Desk(store)
        desk.fresh()
        grant = _pick(desk, estab, relying_party)
        segment = question.removeprefix("school.")
        encoded = urlencode([*pairs, ("httpstatuscodes", "true")]).encode()
        path = f"/api/v1/School/{grant.estab}/{segment}"
        dialect = Xporter(desk, lambda url, body: None)
        request = Request("GET", path, encoded, {})
        response = dialect.school(request, SchoolPass(grant, float("inf")), grant.estab, segment, "")
        body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    if as_json or not sys.stdout.isatty():
        click.echo(body)
    else:
        _show_tables(json.loads(body))


def _pick(desk: Desk, estab: str | None, relying_party: str | None) -> Grant:
    grants = [g for g in desk.grants() if g.state == "active"]
    grants = [g for g in grants if relying_party in (None, g.app.relying_party) and estab in (None, g.estab)]
    if not grants:
        raise NotFound(Problem("grant", "no app has one that fits", "see `rollbook apps list`"))
    return grants[0]


def _show_tables(answer: dict[str, list[dict[str, Any]]]) -> None:
    for name, rows in answer.items():
        if not rows or name == "meta":
            continue
        grid = Grid(title=name, title_justify="left")
        for column in rows[0]:
            grid.add_column(column, overflow="fold")
        for row in rows:
            grid.add_row(*("" if v is None else escape(str(v)) for v in row.values()))
        out.print(grid)
