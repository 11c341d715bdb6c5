"""`rollbook sources`, as it is typed: what a data manager does with a district that has several."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rollbook import connectors
from rollbook.cli import main
from rollbook.errors import Malformed, Problem
from rollbook.fields import Field
from rollbook.ingest import Origin, Problems, Reading, Row, Stream
from rollbook.ingest.kinds import KINDS
from rollbook.ingest.reading import read_feed
from rollbook.ingest.rows import Kept
from rollbook.ingest.settings import PATH, Setting
from rollbook.model.people import Person
from rollbook.store.kept.feeds import ON, Feed
from rollbook.store.opening import opened

from . import rosters
from .postgres import ABSENT, BIN, served
from .test_cli import refused, run, said

DISTRICT = "Heronsgate District"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if BIN is None and not os.environ.get("CI"):
        pytest.skip(ABSENT)
    with served() as where:
        yield where


@pytest.fixture
def data(tmp_path: Path) -> list[object]:
    """The options that name a hub that is not there yet."""
    return ["--data", tmp_path / "hub"]


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return rosters.folder(tmp_path / "sis", rosters.roster())


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    """Records of another system: two people who are in no roster."""
    path = tmp_path / "hr"
    path.mkdir()
    (path / "person.csv").write_text("key,forename,surname\n1,Ada,Nettlebed\n2,Bo,Quill\n")
    return path


def told(*words: object) -> Any:
    """What a command prints as JSON."""
    return json.loads(said(*words))


def sis(data: list[object], roster: Path, *more: object) -> Any:
    words = ("add", "sis", "--district", DISTRICT, "--connector", "oneroster-csv", "--path", roster)
    return told("sources", *words, *more, *data)


def hr(data: list[object], staff: Path, *more: object) -> Any:
    words = ("add", "hr", "--district", DISTRICT, "--connector", "records-csv", "--path", staff)
    return told("sources", *words, *more, *data)


def counts(found: Any) -> dict[str, dict[str, int]]:
    return {one.pop("kind"): one for one in found["kinds"]}


# ---- adding


def test_a_source_is_tested_previewed_and_added(data: list[object], roster: Path) -> None:
    added = sis(data, roster)
    assert (added["source"], added["district"], added["precedence"]) == ("sis", DISTRICT, 1)
    assert added["test"]["district"] == DISTRICT
    assert len(added["test"]["schools"]) == 2
    assert {"kind": "Student", "rows": 12} in added["test"]["rows"]
    assert counts(added["preview"])["Student"] == {"new": 12, "changed": 0, "gone": 0, "unchanged": 0}
    assert not added["preview"]["applied"]
    (listed,) = told("sources", "list", *data)
    assert (listed["state"], listed["lastRead"], listed["rows"]) == ("on", None, 0)
    assert told("schools", "list", *data) == []


def test_what_is_missing_is_said_at_once_where_nobody_can_be_asked(data: list[object]) -> None:
    told = refused("sources", "add", *data)
    for what in ("name", "district", "connector", "path"):
        assert f"{what}: is missing" in told
    assert "oneroster-csv" in told
    assert "mis-agent" not in told
    assert not Path(str(data[1])).exists()


def test_in_a_terminal_what_is_missing_is_asked_for_and_asked_again_where_it_is_not_there(
    data: list[object], roster: Path, staff: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollbook.cli.prompting.at_a_terminal", lambda: True)
    words = ["sources", "add", "sis", *map(str, data)]
    done = CliRunner().invoke(main, words, input=f"{DISTRICT}\noneroster-csv\n{roster}s\n{roster}\n")
    assert done.exit_code == 0, done.output
    assert "District: " in done.output
    assert f"{roster}s does not exist." in done.output
    assert told("sources", "show", "sis", *data)["settings"] == {"path": str(roster)}
    words = ["sources", "add", "hr", "--connector", "records-csv", "--path", str(staff), *map(str, data)]
    assert f"District [{DISTRICT}]: " in CliRunner().invoke(main, words, input="\n").output


def test_what_cannot_be_read_is_not_added(data: list[object], tmp_path: Path) -> None:
    done = refused(
        "sources", "add", "sis", "--district", "D", "--connector", "oneroster-csv", "--path", tmp_path, *data
    )
    assert "manifest.csv" in done or "contains no .csv files" in done
    assert not (tmp_path / "hub").exists()


def test_a_district_that_is_not_known_is_made_only_when_that_is_said(
    data: list[object], roster: Path, staff: Path
) -> None:
    sis(data, roster)
    words = ("sources", "add", "hr", "--connector", "records-csv", "--path", staff, "--no-test", *data)
    assert "did you mean Heronsgate District?" in refused(*words, "--district", "Heronsgat District")
    assert "already has a source sis" in refused(
        "sources", "add", "sis", "--district", DISTRICT, "--connector", "records-csv", "--path", staff, *data
    )
    said(*words, "--district", "Larkspur", "--new-district")
    assert [one["district"] for one in told("sources", "list", *data)] == [DISTRICT, "Larkspur"]
    (only,) = told("sources", "list", "--district", "larkspur", *data)
    assert only["source"] == "hr"


# ---- reading


def test_a_source_is_read_and_its_readings_are_shown(data: list[object], roster: Path) -> None:
    sis(data, roster)
    assert counts(told("sources", "sync", "sis", *data))["Student"]["new"] == 12
    assert counts(told("sources", "sync", "sis", *data))["Student"]["unchanged"] == 12
    rosters.folder(roster, rosters.without(rosters.roster(), "s2"))
    assert counts(told("sources", "preview", "sis", *data))["Student"]["gone"] == 1
    rosters.folder(roster, rosters.without(rosters.roster(), *(f"s{n}" for n in range(3, 13))))
    assert "--allow-shrink" in refused("sources", "sync", "sis", *data)
    shown = told("sources", "show", "sis", *data)
    assert [run["outcome"] for run in shown["runs"]] == ["refused", "done", "done"]
    assert shown["runs"][0]["problems"] > 0
    assert shown["runs"][2]["kinds"]["Student"] == {"new": 12}
    assert shown["rows"] > 12
    assert shown["lastRead"]
    assert [one["name"] for one in found_districts(data)] == ["Heronsgate District"]


def found_districts(data: list[object]) -> list[dict[str, Any]]:
    with opened(Path(str(data[1]))) as store:
        return [one._asdict() for one in store.kept.schools.districts()]


def test_two_sources_feed_one_district_each_under_its_name(data: list[object], roster: Path, staff: Path) -> None:
    sis(data, roster)
    said("sources", "sync", "sis", *data)
    assert hr(data, staff)["precedence"] == 2
    assert counts(told("sources", "sync", "hr", *data))["Person"]["new"] == 2
    assert [(one["source"], one["district"]) for one in told("sources", "list", *data)] == [
        ("sis", DISTRICT),
        ("hr", DISTRICT),
    ]
    assert counts(told("sources", "sync", "sis", *data))["Person"].get("gone") == 0
    with opened(Path(str(data[1]))) as store:
        assert [one.source for one in store.kept.sources.standing(1)] == ["sis", "hr"]


def test_import_is_the_short_way_to_a_source_and_may_name_it(data: list[object], roster: Path, staff: Path) -> None:
    assert told("import", "oneroster-csv", roster, *data)["source"] == "oneroster-csv:d"
    assert told("import", "records-csv", staff, "--source", "hr", "--district", DISTRICT, *data)["source"] == "hr"
    assert told("import", "records-csv", staff, "--source", "hr", *data)["kinds"] == [
        {"kind": "Person", "new": 0, "changed": 0, "gone": 0, "unchanged": 2}
    ]
    found = {one["source"]: one for one in told("sources", "list", *data)}
    assert {name: one["state"] for name, one in found.items()} == {"oneroster-csv:d": "by hand", "hr": "by hand"}
    assert told("sources", "show", "hr", *data)["settings"] == {"path": str(staff)}
    said("import", "oneroster-csv", roster, "--follow", *data)
    assert told("sources", "show", "oneroster-csv:d", *data)["state"] == "on"


# ---- changing


def test_a_source_is_paused_resumed_and_changed(data: list[object], roster: Path, staff: Path) -> None:
    sis(data, roster)
    said("sources", "pause", "sis", *data)
    assert told("sources", "show", "sis", *data)["state"] == "paused"
    said("sources", "resume", "sis", *data)
    said("sources", "set", "sis", "--precedence", 5, "--may", "Student,Person.home_email", "--most-aside", "5%", *data)
    shown = told("sources", "show", "sis", *data)
    assert (shown["state"], shown["precedence"], shown["mostAside"]) == ("on", 5, 0.05)
    assert shown["may"] == ["Student", "Person.home_email"]
    said("sources", "set", "sis", "--may", "", "--path", staff, *data)
    shown = told("sources", "show", "sis", *data)
    assert (shown["may"], shown["settings"]) == ([], {"path": str(staff)})
    assert "nothing was given to change" in refused("sources", "set", "sis", *data)
    assert "did you mean sis?" in refused("sources", "show", "sys", *data)
    assert "Studnet is not a kind of record" in refused("sources", "set", "sis", "--may", "Studnet", *data)
    assert "is not between 0% and 100%" in refused("sources", "set", "sis", "--most-aside", "200%", *data, status=2)


def test_what_was_imported_by_hand_from_nowhere_known_is_not_read_by_itself(data: list[object], roster: Path) -> None:
    said("import", "oneroster-csv", roster, *data)
    with opened(Path(str(data[1]))) as store, store.of_district(1) as kept:
        kept.feeds.put(kept.feeds.every()[0]._replace(settings={}))
    told = refused("sources", "resume", "oneroster-csv:d", *data)
    assert "path: is not known (set it with `rollbook sources set oneroster-csv:d --path PATH`)" in told


# ---- removing


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_source_is_removed_with_what_only_it_tells_of(
    tmp_path: Path, roster: Path, staff: Path, database: str, request: pytest.FixtureRequest
) -> None:
    data: list[object] = ["--data", tmp_path / "hub"]
    if database == "postgres":
        data += ["--database", request.getfixturevalue("address")]
    sis(data, roster)
    said("sources", "sync", "sis", *data)
    hr(data, staff)
    said("sources", "sync", "hr", *data)
    foretold = told("sources", "remove", "hr", *data)
    assert foretold == {
        "source": "hr",
        "applied": False,
        "gone": [{"kind": "Person", "gone": 2}],
        "stays": [],
        "readers": [],
    }
    assert len(told("sources", "list", *data)) == 2
    assert told("sources", "remove", "hr", "--yes", *data) == {**foretold, "applied": True}
    assert [one["source"] for one in told("sources", "list", *data)] == ["sis"]
    assert counts(told("sources", "sync", "sis", *data))["Student"]["unchanged"] == 12
    gone = told("sources", "remove", "sis", "--yes", *data)
    assert {"kind": "Student", "gone": 12} in gone["gone"]
    # The district is no source's: whoever adds another one goes on with it.
    assert "District" not in {one["kind"] for one in gone["gone"]}
    assert told("sources", "list", *data) == []
    assert told("schools", "list", *data) == []
    assert sis(data, roster)["district"] == DISTRICT


def test_a_source_that_an_agent_is_cannot_be_removed_nor_read_by_hand(data: list[object], roster: Path) -> None:
    said("import", "oneroster-csv", roster, *data)
    said("agents", "add", "oakfield", "--source", "oneroster-csv:d", *data)
    with opened(Path(str(data[1]))) as store, store.of_district(1) as kept:
        found = kept.feeds.every()[0]
        kept.feeds.put(found._replace(connector="mis-agent", settings={"agent": "oakfield"}))
    assert "rollbook agents remove oakfield" in refused("sources", "remove", "oneroster-csv:d", *data)
    assert "is read through the agent oakfield" in refused("sources", "sync", "oneroster-csv:d", *data)
    said("agents", "remove", "oakfield", *data)
    assert told("sources", "remove", "oneroster-csv:d", "--yes", *data)["applied"]


def test_what_a_source_may_no_longer_say_goes_with_it_too(data: list[object], roster: Path) -> None:
    sis(data, roster)
    said("sources", "sync", "sis", *data)
    said("sources", "set", "sis", "--may", "Student", *data)
    assert told("sources", "remove", "sis", "--yes", *data)["applied"]
    with opened(Path(str(data[1]))) as store:
        left = [kind.__name__ for kind in KINDS if store.kept.copies.count(kind, 1)]
        assert left == ["District"]
        assert not [one for one in store.kept.copies.everything()["saying"] if one["source"] == "sis"]


def test_what_reads_a_school_is_told_before_its_source_goes(data: list[object], roster: Path) -> None:
    sis(data, roster)
    said("sources", "sync", "sis", *data)
    said("apps", "add", "app.example.org", "--name", "Reports", *data)
    estab = told("schools", "list", *data)[0]["estab"]
    said("apps", "grant", "app.example.org", estab, "--scopes", "School", *data)
    assert told("sources", "remove", "sis", *data)["readers"] == ["app.example.org at Alder School"]


def test_a_district_is_removed_when_nobody_reads_it_any_more(data: list[object], roster: Path, staff: Path) -> None:
    sis(data, roster)
    said("sources", "sync", "sis", *data)
    hr(data, staff)
    said("sources", "sync", "hr", *data)
    said("apps", "add", "app.example.org", "--name", "Reports", *data)
    estab = told("schools", "list", *data)[0]["estab"]
    said("apps", "grant", "app.example.org", estab, "--scopes", "School", *data)
    foretold = told("districts", "remove", DISTRICT, *data)
    assert foretold["sources"] == ["sis", "hr"]
    assert {"kind": "Person", "gone": 18} in foretold["gone"]
    assert [one["what"] for one in foretold["before"]] == ["app.example.org reads Alder School"]
    assert f"rollbook apps revoke app.example.org {estab}" in refused("districts", "remove", DISTRICT, "--yes", *data)
    said("apps", "revoke", "app.example.org", estab, *data)
    assert told("districts", "remove", DISTRICT, "--yes", *data)["applied"]
    assert told("districts", "list", *data) == []
    assert told("sources", "list", *data) == []
    with opened(Path(str(data[1]))) as store:
        assert all(store.kept.copies.count(kind, 1) == 0 for kind in KINDS)
    # Another one has a number of its own: what was told of the first one stays true of it alone.
    sis(data, roster)
    assert [one["number"] for one in found_districts(data)] == [2]


# ---- secrets


@dataclass
class Called:
    """A connector of a system that is called with a token."""

    name: str = "called"
    format: str = "called"
    fills: frozenset[Field] = frozenset()
    settings: tuple[Setting, ...] = (PATH, Setting("token", "The token of the system", secret=True))
    given: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])

    def read(self, reading: Reading) -> Answered:
        self.given.append(reading.settings)
        return Answered()


@dataclass
class Answered:
    """What it answers: one person."""

    origin: Origin = field(default_factory=lambda: Origin("d", DISTRICT))
    problems: Problems = field(default_factory=Problems)
    notes: list[str] = field(default_factory=list[str])
    size: int = 1

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        return [Stream(Person, [Row("1", {"surname": "Nettlebed"}, {})])]

    def keep(self) -> dict[str, bytes]:
        return {}


SECRET = "correct-horse-battery-staple"


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Called:
    made = Called()
    monkeypatch.setitem(connectors.CONNECTORS, made.name, made)
    monkeypatch.setenv("SIS_TOKEN", SECRET)
    return made


def test_a_secret_is_kept_sealed_given_to_its_connector_and_shown_to_nobody(
    called: Called, data: list[object], tmp_path: Path
) -> None:
    words = ("sources", "add", "api", "--district", DISTRICT, "--connector", "called", "--path", tmp_path)
    assert "--secret token=env:VARIABLE: The token of the system" in refused(*words, *data)
    assert "which a command line would show to others" in refused(*words, "--set", f"token={SECRET}", *data)
    assert "NONE is not set in the environment" in refused(*words, "--secret", "token=env:NONE", *data)
    said(*words, "--secret", "token=env:SIS_TOKEN", *data)
    assert len(called.given) == 1, "to test it and to foretell what it would change takes one reading"
    said("sources", "sync", "api", *data)
    assert called.given[-1] == {"path": str(tmp_path), "token": SECRET}
    shown = said("sources", "show", "api", *data)
    assert json.loads(shown)["settings"] == {"path": str(tmp_path), "token": "(secret)"}
    files = [one.read_bytes() for one in (tmp_path / "hub").rglob("*") if one.is_file()]
    assert not any(SECRET.encode() in one for one in files)


def test_a_secret_can_come_from_a_file_and_be_another(called: Called, data: list[object], tmp_path: Path) -> None:
    words = ("sources", "add", "api", "--district", DISTRICT, "--connector", "called", "--path", tmp_path)
    said(*words, "--secret", "token=env:SIS_TOKEN", *data)
    (tmp_path / "token").write_text("another\n")
    said("sources", "set", "api", "--secret", f"token=file:{tmp_path / 'token'}", *data)
    said("sources", "test", "api", *data)
    assert called.given[-1]["token"] == "another"
    (tmp_path / "hub" / "hub.key").write_bytes(b"x" * 32)
    assert "token was sealed with another key" in refused("sources", "test", "api", *data)


@dataclass
class Spending(Called):
    """A system that gives another token at each use, and may be down."""

    name: str = "spending"
    settings: tuple[Setting, ...] = (PATH, Setting("token", "The token", secret=True, renewed=True))
    used: list[str] = field(default_factory=list[str])
    down: bool = False

    def read(self, reading: Reading) -> Answered:
        reading.renew("token", reading.settings["token"], lambda spent: self.used.append(spent) or f"{spent}+")
        if self.down:
            raise Malformed(Problem("api", "is down"))
        return super().read(reading)


def test_a_source_whose_token_is_renewed_is_kept_before_it_is_tried(
    data: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = Spending(down=True)
    monkeypatch.setitem(connectors.CONNECTORS, system.name, system)
    monkeypatch.setenv("SIS_TOKEN", "t")
    words = ("sources", "add", "--district", DISTRICT, "--connector", "spending", "--path", tmp_path)
    refusal = refused(*words, "api", "--secret", "token=env:SIS_TOKEN", *data)
    assert "api: kept, and paused" in refusal
    (listed,) = told("sources", "list", *data)
    assert listed["state"] == "paused"
    system.down = False
    said("sources", "test", "api", *data)
    said("sources", "resume", "api", *data)
    added = told(*words, "other", "--secret", "token=env:SIS_TOKEN", "--sync", *data)
    assert counts(added["sync"])["Person"]["new"] == 1
    assert system.used == ["t", "t+", "t", "t+"]
    assert [one["state"] for one in told("sources", "list", *data)] == ["on", "on"]
    assert told("sources", "show", "other", *data)["settings"]["token"].startswith("(secret) renewed at 20")


# ---- printed


def test_a_source_that_was_added_is_read_in_the_same_run(
    data: list[object], roster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollbook.cli.common.piped", lambda: False)
    monkeypatch.setattr("rollbook.cli.adding.at_a_terminal", lambda: True)
    words = ("sources", "add", "sis", "--district", DISTRICT, "--connector", "oneroster-csv", "--path", roster, *data)
    printed = CliRunner().invoke(main, [*map(str, words)], input="y\n").output
    order = "What would change.*added to Heronsgate.*Bring its records in now.*What changed.*rollbook sources show sis"
    assert re.search(order, printed, re.DOTALL)
    monkeypatch.undo()
    (listed,) = told("sources", "list", *data)
    assert listed["rows"] == 94


def test_in_a_terminal_the_news_comes_first(data: list[object], roster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sis(data, roster)
    monkeypatch.setattr("rollbook.cli.common.piped", lambda: False)
    printed = run("sources", "sync", "sis", *data).stdout
    assert re.search(
        r"What changed.*New: \d+\n {2}\w+ .*Matched: 1\n {2}District .*Heronsgate.*rollbook sources show sis",
        printed,
        re.DOTALL,
    )
    tables = dict(rosters.without(rosters.roster(), "s2"))
    tables["users"][0]["familyName"] = "Nettlebed"
    rosters.folder(roster, tables)
    printed = run("sources", "preview", "sis", *data).stdout
    assert re.search(r"What would change.*Changed: 1\n.*-> Nettlebed\n.*Gone: \d+\n", printed, re.DOTALL)
    assert "New:" not in printed
    assert "sis" in run("sources", "list", *data).stdout
    shown = run("sources", "show", "sis", *data).stdout
    assert "may say: everything" in shown
    assert "Last readings" in shown
    assert "Nothing was removed." in run("sources", "remove", "sis", *data).stdout


def test_a_new_district_is_not_one_that_the_hub_has_under_another_name(
    data: list[object], roster: Path, tmp_path: Path
) -> None:
    said("import", "oneroster-csv", roster, *data)
    with opened(tmp_path / "hub") as store:
        again = Feed(0, "again", "oneroster-csv", {"path": str(roster)}, 2, (), 0.02, ON, "", "")
        found = read_feed(store, connectors.CONNECTORS, again, dry_run=True, district_name="Larkspur")
        assert found.number == 1
        new = read_feed(store, connectors.CONNECTORS, again, dry_run=True, district_name="Larkspur", new_district=True)
        assert new.number == 0


def test_a_grant_of_a_school_that_was_taken_away_is_still_listed(data: list[object], roster: Path) -> None:
    estab = told("import", "oneroster-csv", roster, *data)["schools"][0]["estab"]
    said("apps", "add", "reader", *data)
    said("apps", "grant", "reader", estab, "--scopes", "School,StudentLite", *data)
    (source,) = (one["source"] for one in told("sources", "list", *data))
    said("sources", "remove", source, "--yes", *data)
    (left,) = told("apps", "list", *data)
    assert (left["app"], left["estab"], left["reads"]) == ("reader", None, ["School", "StudentLite"])
    assert re.fullmatch(r"active, but its school was removed on \d{4}-\d\d-\d\d", left["state"])
