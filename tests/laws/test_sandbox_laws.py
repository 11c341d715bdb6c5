"""Whoever signs up may have a sandbox: no answer of it, and no page of its developer, tells of another school."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from rollbook.consent.research import ResearchDesk, trial_token
from rollbook.console.reference.apis import APIS
from tests.crawling import crawl
from tests.hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from tests.looking import look
from tests.person import signed_in
from tests.research.lab import Lab
from tests.research.test_linked import NEEDED, Study
from tests.test_sandboxes import BOX, bearing, client_token

DEV, PARTY = "dev@new.example.org", "new.example.org"
OTHER = "other.example.org"
NEVER = "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"
KINDS = ("agency", "site", "student", "staff", "group", "person")
ALIKE = re.compile(r"/edfi/.*/(?!schools|students|gradeLevelDescriptors)\w+/(deletes|keyChanges|{id})")
"""What Ed-Fi's resources have alike: it is asked of two of them, and of one list of words."""
SAID = ("name", "estab", "head", "telephone", "web", "email", "address", "deni_no", "external_id", "id")

RESEARCH = {
    "project": "id, name",
    "research_cohort": "id, name",
    "research_subject": "id, name",
    "research_user": "id, email",
    "research_team": "id, name",
}
"""What research tells of: what is private of it, and who works on it."""

_BARE = re.compile(r"[0-9a-f-]{36}|\w+")


def told(hub: Hub, where: str) -> set[str]:
    """What is known of the schools of some districts, and of the districts: names, numbers, ids of what is theirs."""
    rows = [*look(hub.store, f"SELECT {', '.join(SAID)} FROM school WHERE {where}"),
            *look(hub.store, f"SELECT name, id FROM district WHERE {where}")]  # fmt: skip
    for kind in KINDS:
        rows += look(hub.store, f'SELECT id FROM "{kind}" WHERE {where} LIMIT 50')
    return {str(word).lower() for row in rows for word in row if word}


class Trial:
    """A developer who signed up: an app with a sandbox, beside real schools and the sandbox of somebody else."""

    def __init__(self, hub: Hub) -> None:
        self.hub, desk = hub, hub.desk
        secrets: dict[str, str] = {}
        for party in (PARTY, OTHER):
            app, secrets[party] = desk.apps.add(party, "Late Bell")
            desk.registrations.ask(app, ["all"], required=False, reason="Tried out.")
            desk.sandboxes.ask(app, DEV)
        hub.work()
        self.person = signed_in(hub, DEV, "developer", app=PARTY)
        app = desk.apps.named(PARTY)
        (self.sandbox,) = desk.sandboxes.of(app)
        keys = desk.sandboxes.keys(app, self.sandbox, DEV)
        self.managing = desk.tokens.sign_in(PARTY, secrets[PARTY])[0]
        self.school = desk.tokens.sign_in(PARTY, keys.school_secret, BOX)[0]
        others = f"district <> {self.sandbox.district}"
        self.marked = (told(hub, others) | self.studied()) - told(hub, f"NOT {others}") - {DEV}
        self.bears = {
            "edfi": client_token(hub, "/edfi/oauth/token", *keys.pairs["edfi"]),
            "edlink": keys.pairs["edlink"][1],
            "oneroster": client_token(hub, "/oauth/token", *keys.pairs["oneroster"]),
            "research": trial_token(ResearchDesk(desk), self.sandbox),
        }

    def studied(self) -> set[str]:
        """What is known of others' research: a private project with a class, and that of somebody else's sandbox."""
        study, desk = Study(Lab(self.hub), *NEEDED), self.hub.desk
        study.drawn("Ninth years")
        study.lab.add("group", name="Larkspur lab")
        trial_token(ResearchDesk(desk), desk.sandboxes.of(desk.apps.named(OTHER))[0])
        every = [look(self.hub.store, f"SELECT {facts} FROM {table}") for table, facts in RESEARCH.items()]
        # A single word, such as what the demo calls a project, may stand anywhere.
        return {str(word).lower() for rows in every for row in rows for word in row if not str(word).isalpha()}

    def tells(self, body: bytes) -> list[str]:
        """What of other schools stands in an answer: an id or a number by itself, and everything longer anywhere."""
        text = body.decode().lower()
        alone = {*_BARE.findall(text)}
        return [word for word in self.marked if word in alone or (not _BARE.fullmatch(word) and word in text)]

    def ask(self, dialect: str, path: str) -> list[bytes]:
        """What is answered to each credential that a sandbox has for a dialect."""
        if dialect == "xporter":
            return [self.hub.get(path, token).body for token in (self.school, self.managing)]
        return [bearing(self.hub, path, self.bears[dialect]).body]


def readings(dialect: str) -> Iterator[str]:
    """Every address that a dialect's documents say may be read, below the hub."""
    for api in APIS.values():
        if api.key.startswith(dialect):
            for document in api.documents():
                root = document["servers"][0]["url"].rstrip("/")
                paths = (path for path, item in document["paths"].items() if "get" in item)
                yield from (f"{root}{path}" for path in paths if not ALIKE.search(f"{root}{path}"))


@pytest.fixture
def trial(small_hub: Hub) -> Trial:
    """A developer who signed up, at a hub of real schools."""
    return Trial(small_hub)


def test_no_answer_to_what_a_sandbox_shows_tells_of_another_school(trial: Trial) -> None:
    strange = trial.hub.desk.schools.find(THORNFIELD)[1]
    leaks: list[str] = []
    for dialect in ("xporter", *trial.bears):
        for path in readings(dialect):
            told = trial.ask(dialect, filled(path, NEVER))
            leaks += [f"{path}: {found}" for body in told if (found := trial.tells(body))]
            # By an id of another school: the same as by one of nobody.
            if "{" in path and [*map(same, told)] != [*map(same, trial.ask(dialect, filled(path, strange)))]:
                leaks.append(f"{path}: {strange}")
    assert not leaks, "\n".join(leaks)


def filled(path: str, one: str) -> str:
    """An address with an id in each of its gaps, at the sandbox."""
    return re.sub(r"\{\w+\}", one, path.replace("{estab}", BOX))


def same(body: bytes) -> bytes:
    """An answer without the ids that were asked for, and without what is another one each time."""
    return re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"", body)


SEEKS = ("q=a", "q=school", "q=9", "q=thornfield", "postcode=l", "telephone=01632", "la_code=999", "estab_code=4001")


def test_a_trial_that_seeks_schools_finds_the_sandboxes_of_its_developer_only(trial: Trial) -> None:
    found = [trial.hub.get(f"/api/v1/RunQuery?id=edubase.search&{one}", token).json["EduBase"]
             for one in ("q=a", *SEEKS[1:]) for token in (trial.school, trial.managing)]  # fmt: skip
    assert {row["Estab"] for rows in found for row in rows} == {BOX}
    check = "/api/Manage/CheckEstab?Estab="
    assert trial.hub.get(f"{check}{BOX}", trial.managing).json["Scopes"]
    others = [one.estab for one in trial.hub.desk.sandboxes.of(trial.hub.desk.apps.named(OTHER))]
    said = [trial.hub.get(f"{check}{estab}", trial.managing).body.replace(estab.encode(), b"")
            for estab in ("1234567", THORNFIELD, BRAMBLESIDE, SAGUARO, "999400", *others)]  # fmt: skip
    assert len(set(said)) == 1
    # A school that lets the app in, or the people who run the hub, make it one that knows schools.
    trial.hub.grant(["School"], app=PARTY)
    assert THORNFIELD in str(trial.hub.get("/api/v1/RunQuery?id=edubase.search&q=thornfield", trial.managing).json)
    assert "EduBase': []" in str(trial.hub.get("/api/v1/RunQuery?id=edubase.search&q=thornfield", trial.school).json)


def test_no_page_of_a_developer_tells_of_another_school(trial: Trial) -> None:
    pages = crawl(trial.person, "/console", "/console/account")
    assert len(pages) > 8
    assert [at for at, page in pages.items() if trial.tells(page.answer.body)] == []
    trial.person.link = f"/console/apps/{PARTY}"
    mistyped = trial.person.send(trial.person.look(), "invite", estab="9994002").words
    assert "No school has the number 9994002" in mistyped
    assert THORNFIELD not in mistyped
    # A school that was asked by its number has no name until it lets the app in.
    asked = trial.person.send(trial.person.look(), "invite", estab=THORNFIELD)
    assert f"Number {THORNFIELD} Invited" in asked.words
    assert "Thornfield" not in asked.html
    pending = "/api/XporterOnDemand/GetXodSchools?includePendingAuthorisation=true"
    assert trial.hub.get(pending, trial.managing).json["PendingAuthorisation"][0]["schoolName"] == ""
    trial.hub.grant(["School"], app=PARTY)
    assert f"Thornfield Academy ({THORNFIELD})" in trial.person.look().words
