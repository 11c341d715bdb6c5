"""`rollbook demo`: invented schools, served."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from ..errors import Malformed, NotFound, Problem
from ..scopes import CATALOGUE
from .common import Application, Later, Within, database, database_option, new_store, note_served, progress, say
from .serving import address_options, first_operator, listen, rate_option, serve_edge, url_of

if TYPE_CHECKING:
    from ..consent import Desk
    from ..demo import Demo
    from ..store.port import Store

DEMO_APP = "demo.rollbook.example"

SCOPES_THEN, SCOPES_NOW = "demo scopes", ",".join(CATALOGUE)
"""The setting that keeps which scopes existed when the demo app was authorised, and the scopes that exist now."""

ASKING_APP = "pages.rollbook.example"
"""An app that has invited a school and is waiting for its answer."""

ASKED = (
    ("School", True, "Each pupil's page shows lessons and rooms."),
    ("StudentLite", True, "Each pupil has a page with their name, form and classes."),
    ("Attendance", True, "Parents hear the same day when their child is not in school."),
    ("Contact", False, "Messages reach parents without anyone retyping addresses."),
    ("DietaryNeeds", False, "The kitchen sees dietary needs and allergies."),
)


def _how_many() -> click.ParamType[Any, Any]:
    from ..demo import FEWEST, MOST

    return click.IntRange(FEWEST, MOST)


@click.group("demo", invoke_without_command=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Where the demo's records are kept. They are made when the directory is empty.",
)
@database_option()
@address_options()
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON, with all that clients need, when ready.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the demo's clock is stopped.")
@click.option("--scopes", default="all", show_default=True, help="The scopes of the demo app, separated by commas.")
@click.option(
    "--size",
    type=Within(0.01, 50),
    default=1.0,
    show_default=True,
    help="How large the schools are. 0.1 makes them a tenth of their usual size.",
)
@click.option(
    "--schools",
    "count",
    type=Later("integer", _how_many),
    default="3",
    show_default=True,
    help="How many schools there are, up to 300: the three that the documentation uses, then others in trusts.",
)
@rate_option()
@click.pass_context
def run_demo(
    context: click.Context,
    data: Path,
    host: str,
    port: int,
    as_json: bool,
    today: Any,
    scopes: str,
    size: float,
    count: int,
    rate_limit: int,
) -> None:
    """Make invented schools, or use those made before, and serve them."""
    if context.invoked_subcommand is not None:
        return
    from ..consent import Desk
    from ..demo import DEFAULT_TODAY
    from ..store.opening import holds, opened

    application: Application = context.obj
    day = today.date() if today else DEFAULT_TODAY
    listening = listen(host, port)
    if not holds(data, database()):
        with new_store(data) as store:
            store.set("demo", json.dumps(_make_schools(store, day, size, count)))
    with opened(data, database()) as store:
        facts = _demo_facts(store, data / "demo.json", day, size, count, scopes)
        facts["invitation"] = _demo_invitation(Desk(store), facts["schools"][0]["estab"])

        def ready(url: str) -> None:
            line = json.dumps({"url": url, **facts})
            _write_private(data / "demo.json", line + "\n")
            say(line if as_json else f"{_try_me(url, facts)}{first_operator(store, url)}")

        note_served(store, url_of(listening))
        serve_edge(application(store, demo=facts).limited(rate_limit), listening, ready)


@run_demo.command("roster")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    default=Path("roster.zip"),
    show_default=True,
    help="The ZIP file to write. A file with other contents is not overwritten.",
)
@click.option(
    "--version",
    type=click.Choice(["1.1", "1.2"]),
    default="1.1",
    show_default=True,
    help="The version of OneRoster.",
)
def make_roster(out: Path, version: str) -> None:
    """Make a sample roster in OneRoster CSV, to try an import with.

    It holds two invented schools, Alder School and Birch School of Heronsgate District, with twelve students.
    """
    from ..demo.roster import sample, zipped

    texts = sample(version)
    if not out.parent.is_dir():
        raise NotFound(Problem("--out", f"{out.parent} is not a folder"))
    if out.exists() and not _holds(out, texts):
        raise Malformed(Problem("--out", f"{out} exists already", "choose another name, or remove the file"))
    zipped(out, texts)
    say(f"{out} holds a OneRoster {version} roster of two invented schools.")
    say(f"Import it:  rollbook import oneroster-csv {quote(str(out))} --data heronsgate")


def _holds(path: Path, texts: dict[str, str]) -> bool:
    """Whether a file is a ZIP of these texts and no others."""
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()} == texts
    except (BadZipFile, UnicodeDecodeError):
        return False


def _demo_facts(store: Store, kept: Path, today: date, size: float, count: int, scopes: str) -> dict[str, Any]:
    from ..consent import Desk

    if store.setting("demo"):
        facts = _facts(store.setting("demo")) | _facts(kept.read_text() if kept.exists() else None)
        if "research" in facts and facts.get("scopes") == scopes:
            _catch_up(Desk(store), store, scopes)
            return facts
    else:
        if Desk(store).schools.all():
            raise Malformed(Problem("--data", "holds other schools already", "choose an empty directory for the demo"))
        facts = _make_schools(store, today, size, count)
        store.set("demo", json.dumps(facts))
    facts |= demo_app(Desk(store), facts["schools"], scopes)
    store.set(SCOPES_THEN, SCOPES_NOW)
    return facts


def _catch_up(desk: Desk, store: Store, scopes: str) -> None:
    """Let an app that holds every scope also hold those that did not exist when the demo was made."""
    if store.setting(SCOPES_THEN) == SCOPES_NOW:
        return
    for grant in desk.grants.of(desk.apps.named(DEMO_APP)):
        if grant.state != "revoked":
            desk.grants.widen(grant, [name.strip() for name in scopes.split(",")])
    store.set(SCOPES_THEN, SCOPES_NOW)


def _facts(text: str | None) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(text or "{}")
    facts.pop("url", None)
    return facts


def _make_schools(store: Store, today: date, size: float, count: int) -> dict[str, Any]:
    from ..demo import build

    with progress("Inventing schools") as step:
        return facts_of(build(store, today, progress=step, size=size, schools=count))


def facts_of(made: Demo) -> dict[str, Any]:
    """What is kept of the invented schools, and told with `--json`."""
    return {
        "schools": [{"estab": s.estab, "name": s.name} for s in made.schools],
        "calendar": {
            "from": made.calendar.year_from,
            "to": made.calendar.year_to,
            "week": [*made.calendar.week],
        },
    }


def demo_app(desk: Desk, made: list[dict[str, str]], scopes: str) -> dict[str, Any]:
    """Let an app of the demo read the schools through every API; gives its keys and tokens, new ones each time."""
    from ..consent.words import WORDS
    from ..demo.research import demo_research

    known = {a.relying_party: a for a in desk.apps.all()}
    if DEMO_APP in known:
        app = known[DEMO_APP]
        secret = desk.apps.new_secret(app)
    else:
        app, secret = desk.apps.add(DEMO_APP, "Demo app")
    secrets = {
        s["estab"]: desk.grants.authorise(app, s["estab"], [n.strip() for n in scopes.split(",")])[1] for s in made
    }
    first = made[0]["estab"]
    for old in desk.credentials.of(app):
        desk.credentials.drop(old)
    edfi, edfi_secret = desk.credentials.add(app, "edfi", rights=["EdFiSandbox"])
    district = desk.schools.find(first)[0]
    _, edlink_token = desk.credentials.add(app, "edlink", district=district)
    rights = [word.name for word in WORDS if word.dialect == "oneroster"]
    oneroster, roster_secret = desk.credentials.add(app, "oneroster", district=district, rights=rights, signs=True)
    return {
        "edfi": {"key": edfi.key, "secret": edfi_secret},
        "edlink": {"token": edlink_token},
        "oneroster": {"client_id": oneroster.key, "client_secret": roster_secret},
        "research": demo_research(desk, app, first),
        "scopes": scopes,
        "xporter": {
            "estab": first,
            "relyingParty": DEMO_APP,
            "schoolSecret": secrets[first],
            "managementSecret": secret,
        },
        "schools": [{**s, "schoolSecret": secrets[s["estab"]]} for s in made],
    }


def _demo_invitation(desk: Desk, estab: str) -> str:
    """The path of the link with which a school answers an app that has invited it."""
    known = {a.relying_party: a for a in desk.apps.all()}
    app = known.get(ASKING_APP) or desk.apps.add(ASKING_APP, "Pupil Pages")[0]
    for scope, required, reason in ASKED:
        desk.registrations.ask(app, [scope], required=required, reason=reason)
    sent = next((i for i in desk.invitations.of(app) if i.expires > desk.clock()), None)
    return f"/authorise/{desk.invitations.link(sent or desk.invitations.make(app, estab, live=False))}"


def _write_private(path: Path, text: str) -> None:
    # Whole or not at all: it holds the only copy of the demo's secrets.
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(text)
    os.replace(beside, path)


def _try_me(url: str, facts: dict[str, Any]) -> str:
    names = "\n".join(f"  {s['estab']}  {s['name']}" for s in facts["schools"])
    lines = "\n\n".join("\n".join(told(url, facts)) for told in (_xporter, _edfi, _edlink, _oneroster, _research))
    opened = f"Rollbook serves invented schools at {url} (press Ctrl-C to stop)"
    page = f"To decide in a browser what an app may read, as a school does, open:\n  {url}{facts['invitation']}"
    return f"{opened}\n{names}\n\n{page}\n\nTry me, in another terminal:\n\n{lines}\n"


def _token(name: str, member: str, command: str) -> str:
    """A line that puts a token into a shell variable."""
    return f"{name}=$({command} \\\n  | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"{member}\"])')"


def _asked(address: str, token: str, *more: str) -> str:
    """A line that asks for something with a token."""
    return " ".join([f"curl -sw '\\n' '{address}' -H \"Authorization: {token}\"", *more])


def _xporter(url: str, facts: dict[str, Any]) -> list[str]:
    x = facts["xporter"]
    secret = {"estab": x["estab"], "relyingParty": x["relyingParty"], "password": x["schoolSecret"]}
    body = json.dumps({**secret, "thirdpartyid": "XporterOnDemand"})
    first, last = facts["calendar"]["week"]
    asks = (
        "Students?pagesize=2&select=Id,DisplayName,RegGroup%20as%20Form",
        "Groups?Type=RegGrp&includeMembersIds=true&pagesize=1",
        f"AttendanceForDateRange?DateFrom={first}&DateTo={last}&id=9919",
        "Students?changedRows=*&select=Id,Surname",
    )
    sign_in = f"curl -s {url}/api/oauth/GetToken -H 'Content-Type: application/json' \\\n  -d '{body}'"
    school = f"{url}/api/v1/School/{x['estab']}"
    read = [_asked(f"{school}/{a}", "Idaas $TOKEN") for a in asks]
    ill = {"StudentId": "9919", "MarkType": "S", "Date": last, "Session": "AM", "Mark": "I", "Notes": "Has a cold"}
    entered = _asked(f"{url}/api/v1/Attendance/{x['estab']}/", "Idaas $TOKEN", f"-d '{json.dumps({'Marks': [ill]})}'")
    return ["# Xporter", _token("TOKEN", "token", sign_in), *read, entered]


def _edfi(url: str, facts: dict[str, Any]) -> list[str]:
    key = facts["edfi"]
    sign_in = f"curl -s {url}/edfi/oauth/token -u {key['key']}:{key['secret']} -d grant_type=client_credentials"
    school = int(facts["xporter"]["estab"])
    club = {
        "cohortIdentifier": "chess-club",
        "educationOrganizationReference": {"educationOrganizationId": school},
        "cohortTypeDescriptor": "uri://ed-fi.org/CohortTypeDescriptor#Extracurricular Activity",
        "cohortDescription": "Students who play chess on Fridays",
    }
    data = f"{url}/edfi/data/v3/ed-fi"
    sent = ("-H 'Content-Type: application/json'", f"-d '{json.dumps(club)}'")
    return [
        "# Ed-Fi",
        _token("EDFI", "access_token", sign_in),
        _asked(f"{data}/studentSchoolAssociations?limit=1", "Bearer $EDFI"),
        _asked(f"{data}/cohorts", "Bearer $EDFI", *sent),
    ]


def _edlink(url: str, facts: dict[str, Any]) -> list[str]:
    graph = f"{url}/api/v2/graph"
    asks = ("people?$first=1", "sessions?$first=2")
    return ["# Edlink", f"EDLINK={facts['edlink']['token']}", *(_asked(f"{graph}/{a}", "Bearer $EDLINK") for a in asks)]


def _oneroster(url: str, facts: dict[str, Any]) -> list[str]:
    key, roster = facts["oneroster"], f"{url}/ims/oneroster/rostering/v1p2"
    sign_in = f"curl -s {url}/oauth/token -u {key['client_id']}:{key['client_secret']} -d grant_type=client_credentials"
    asks = ("students?limit=1", "classes?limit=1&filter=classType%3D%27homeroom%27")
    marks = f"{url}/ims/oneroster/gradebook/v1p2/results?limit=1&filter=scoreStatus%3D%27submitted%27"
    token = _token("ROSTER", "access_token", sign_in)
    return ["# OneRoster", token, *(_asked(one, "Bearer $ROSTER") for one in (*(f"{roster}/{a}" for a in asks), marks))]


def _research(url: str, facts: dict[str, Any]) -> list[str]:
    stem = f"{url}/api/private/stem"
    token, asks = f"RESEARCH={facts['research']['token']}", ("cohort/?limit=1", "subject/?limit=2")
    return ["# Research", token, *(_asked(f"{stem}/{a}", "Bearer $RESEARCH") for a in asks)]
