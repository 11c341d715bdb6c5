"""@edlink/typescript 1.0.16, as it is published, against the running demo, by both ways to a server of one's own."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from ..hub import THORNFIELD
from .conftest import HERE, Client, Demo
from .edlink_shapes import DEMOGRAPHICS, SHAPES, faults

SCRIPT = HERE / "edlink" / "ask.js"
LISTED = [*SHAPES, "licenses"]
PARTS = {
    "districts": "Administrators",
    "schools": "Classes Courses Sessions People Administrators Teachers Students",
    "courses": "Classes",
    "classes": "Sections Enrollments People Teachers Students",
    "sections": "Enrollments People Teachers Students",
    "people": "Enrollments Districts Schools Classes Sections Agents",
}
"""What the client lists of one record."""

TEACHER, TAUGHT = "5", ("active", "TeachingGrp")
"""A teacher at Thornfield, by the number that the school gave, and the classes that are taught now."""

Rows = list[dict[str, Any]]

pytestmark = pytest.mark.slow


class Graph:
    """The client with an integration's token, pointed at the demo."""

    def __init__(self, client: Client, served: Demo, way: str) -> None:
        self.client, self.url, self.way = client, served.url, way
        self.token: str = served.facts["edlink"]["token"]

    def ask(self, *calls: list[Any], token: str = "", person: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """What came of some calls: `data` or `error`, the `requests` that they made and the `warnings` printed."""
        env = {"HTTPS_PROXY": self.url} if self.way == "proxy" else {}
        given = {"url": self.url, "way": self.way, "token": token or self.token, "person": person, "calls": calls}
        return self.client.ask("node", SCRIPT, "ask", env, **given)

    def data(self, *call: Any) -> Any:
        """What one call gives."""
        [outcome] = self.ask([*call])
        assert "error" not in outcome, outcome
        return outcome["data"]


@pytest.fixture(scope="module", params=["hook", "proxy"])
def graph(request: pytest.FixtureRequest, edlink: Client, demo: Demo) -> Graph:
    """The client, by each way."""
    return Graph(edlink, demo, request.param)


@pytest.fixture(scope="module")
def lists(graph: Graph) -> dict[str, Rows]:
    """Every resource, listed whole."""
    outcomes = graph.ask(*[[name, "list", {"$first": 1000}] for name in LISTED])
    assert [o["error"] for o in outcomes if "error" in o] == []
    return {name: outcome["data"] for name, outcome in zip(LISTED, outcomes, strict=True)}


@pytest.fixture(scope="module")
def picked(lists: dict[str, Rows]) -> dict[str, str]:
    """The id of one record of each resource: those about whom there is much to tell."""
    busy = {
        "classes": Counter(e["class_id"] for e in lists["enrollments"]),
        "people": Counter(a["target_id"] for a in lists["agents"]),
        "courses": Counter(c["course_id"] for c in lists["classes"] if c["course_id"]),
        "schools": Counter(c["school_id"] for c in lists["classes"]),
        "sections": Counter(e["section_id"] for e in lists["enrollments"] if e["section_id"]),
    }
    return {
        name: busy[name].most_common(1)[0][0] if busy.get(name) else lists[name][0]["id"]
        for name in SHAPES
        if lists[name]
    }


@pytest.fixture(scope="module")
def parts(graph: Graph, picked: dict[str, str]) -> dict[tuple[str, str], Rows]:
    """Every list of one record's that the client knows."""
    calls = [(name, part) for name, words in PARTS.items() for part in words.split()]
    outcomes = graph.ask(*[[name, f"list{part}", picked[name]] for name, part in calls])
    assert [(c, o["error"]) for c, o in zip(calls, outcomes, strict=True) if "error" in o] == []
    return {call: outcome["data"] for call, outcome in zip(calls, outcomes, strict=True)}


def ids(rows: Rows) -> set[str]:
    """The ids of rows, each of which is there once."""
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"] for row in rows}


# ---- the 43 requests


def test_edlink_is_up(graph: Graph) -> None:
    assert "error" not in graph.ask(["Edlink", "up"])[0]


@pytest.mark.parametrize("name", SHAPES)
def test_every_record_has_every_documented_property(lists: dict[str, Rows], name: str) -> None:
    assert lists[name], f"the demo has no {name}"
    assert {f for record in lists[name] for f in faults(record, SHAPES[name])} == set()


def test_demographics_are_in_edlinks_words(lists: dict[str, Rows]) -> None:
    told = [person["demographics"] for person in lists["people"] if person["demographics"]]
    assert {f for demographics in told for f in faults(demographics, DEMOGRAPHICS)} == set()
    assert {d["gender"] for d in told} >= {"male", "female"}


def test_a_list_has_each_record_once(lists: dict[str, Rows]) -> None:
    assert all(ids(rows) for name, rows in lists.items() if name != "licenses")
    assert len(lists["districts"]) == 1
    assert [one["school_count"] for one in lists["licenses"]] == [len(lists["schools"])]


def test_a_record_is_fetched_as_the_list_shows_it(graph: Graph, lists: dict[str, Rows], picked: dict[str, str]) -> None:
    outcomes = graph.ask(*[[name, "fetch", picked[name]] for name in SHAPES])
    fetched = {name: outcome.get("data") for name, outcome in zip(SHAPES, outcomes, strict=True)}
    assert fetched == {name: next(r for r in lists[name] if r["id"] == picked[name]) for name in SHAPES}


def test_the_client_has_asked_all_that_it_can(graph: Graph) -> None:
    # Nine lists and nine fetches, licenses, and the lists of one record: nothing that the client knows is left out.
    assert len(LISTED) + len(SHAPES) + sum(len(words.split()) for words in PARTS.values()) == 43


# ---- lists of one record agree with the whole lists


def test_a_districts_administrators_are_people_with_that_role(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows]
) -> None:
    wanted = {p["id"] for p in lists["people"] if "district-administrator" in p["roles"]}
    assert ids(parts["districts", "Administrators"]) == wanted


def test_a_school_lists_its_classes_and_courses(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows], picked: dict[str, str]
) -> None:
    for part in ("Classes", "Courses"):
        listed = [r for r in lists[part.lower()] if r["school_id"] == picked["schools"]]
        assert sorted(parts["schools", part], key=str) == sorted(listed, key=str) != []


def test_a_school_lists_its_sessions(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows], picked: dict[str, str]
) -> None:
    assert {r["id"] for r in lists["sessions"] if r["school_id"] == picked["schools"]} <= ids(
        parts["schools", "Sessions"]
    )
    assert {r["school_id"] for r in parts["schools", "Sessions"]} <= {picked["schools"], None}
    assert parts["schools", "Sessions"]


def test_a_school_lists_its_people_by_role(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows], picked: dict[str, str]
) -> None:
    there = [p for p in lists["people"] if picked["schools"] in p["school_ids"]]
    assert ids(parts["schools", "People"]) == ids(there)
    # Who is at several schools may be a teacher at one and a parent at the other.
    only = [p for p in there if len(p["school_ids"]) == 1]
    for part, role in {"Students": "student", "Teachers": "teacher", "Administrators": "administrator"}.items():
        listed = ids(parts["schools", part])
        assert {p["id"] for p in only if role in p["roles"]} <= listed, part
        assert listed <= {p["id"] for p in there if role in p["roles"]}, part
    assert parts["schools", "Students"]
    assert parts["schools", "Teachers"]


def test_a_course_lists_its_classes(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows], picked: dict[str, str]
) -> None:
    listed = {c["id"] for c in lists["classes"] if c["course_id"] == picked["courses"]}
    assert ids(parts["courses", "Classes"]) == listed != set()


@pytest.mark.parametrize(("name", "key"), [("classes", "class_id"), ("sections", "section_id")])
def test_a_class_and_a_section_list_who_is_in_them(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows], picked: dict[str, str], name: str, key: str
) -> None:
    inside = [e for e in lists["enrollments"] if e[key] == picked[name]]
    assert ids(parts[name, "Enrollments"]) == ids(inside) != set()
    assert ids(parts[name, "People"]) == {e["person_id"] for e in inside}
    for part, role in {"Students": "student", "Teachers": "teacher"}.items():
        assert ids(parts[name, part]) == {e["person_id"] for e in inside if e["role"] == role}, part


def test_a_class_lists_its_sections(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows], picked: dict[str, str]
) -> None:
    listed = {s["id"] for s in lists["sections"] if s["class_id"] == picked["classes"]}
    assert ids(parts["classes", "Sections"]) == listed


def test_a_person_lists_where_they_belong(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows], picked: dict[str, str]
) -> None:
    person = next(p for p in lists["people"] if p["id"] == picked["people"])
    enrolled = [e for e in lists["enrollments"] if e["person_id"] == person["id"]]
    assert ids(parts["people", "Enrollments"]) == ids(enrolled) != set()
    assert ids(parts["people", "Classes"]) == {e["class_id"] for e in enrolled}
    assert ids(parts["people", "Sections"]) == {e["section_id"] for e in enrolled if e["section_id"]}
    assert ids(parts["people", "Schools"]) == {*person["school_ids"]}
    assert ids(parts["people", "Districts"]) == {person["district_id"]}


def test_a_person_lists_those_who_care_for_them(
    parts: dict[tuple[str, str], Rows], lists: dict[str, Rows], picked: dict[str, str]
) -> None:
    about = {a["id"] for a in lists["agents"] if picked["people"] in (a["target_id"], a["observer_id"])}
    assert ids(parts["people", "Agents"]) == about != set()


# ---- paging


def test_pages_are_followed_to_the_last(graph: Graph, lists: dict[str, Rows]) -> None:
    whole = lists["people"]
    size = len(whole) // 5
    [outcome] = graph.ask(["people", "list", {"$first": size}])
    assert outcome["data"] == whole
    assert len(outcome["requests"]) == -(-len(whole) // size)
    assert all(url.startswith("http") and "$cursor" in url.replace("%24", "$") for url in outcome["requests"][1:])


def test_a_page_remembers_what_was_asked(graph: Graph, lists: dict[str, Rows]) -> None:
    students = {"role": [{"operator": "equals", "value": "student"}]}
    [outcome] = graph.ask(["enrollments", "list", {"$first": 50, "filter": students, "expand": ["person"]}])
    assert len(outcome["requests"]) > 1
    assert ids(outcome["data"]) == {e["id"] for e in lists["enrollments"] if e["role"] == "student"}
    people = {p["id"]: p for p in lists["people"]}
    assert all(e["person"] == people[e["person_id"]] for e in outcome["data"])


def test_without_paging_words_everything_comes_too(graph: Graph, lists: dict[str, Rows]) -> None:
    assert graph.data("people", "list") == lists["people"]


def test_the_clients_own_limit_stops_it(graph: Graph, lists: dict[str, Rows]) -> None:
    [outcome] = graph.ask(["people", "list", {"limit": 3}])
    assert outcome["data"] == lists["people"][:3]
    assert outcome["warnings"] == []


# ---- filters and expansions


def clause(operator: str, value: str | None = None) -> list[dict[str, str]]:
    """One clause of a filter."""
    return [{"operator": operator, **({} if value is None else {"value": value})}]


def test_people_are_found_by_name(graph: Graph) -> None:
    named = {"first_name": clause("equals", "Graham"), "last_name": clause("starts with", "Mossgr")}
    assert [p["display_name"] for p in graph.data("people", "list", {"filter": named})] == ["Graham Mossgrove"]


def test_records_are_chosen_by_each_kind_of_operator(graph: Graph, lists: dict[str, Rows]) -> None:
    schools = lists["schools"]
    two = ",".join(s["id"] for s in schools[:2])
    latest = max(p["updated_date"] for p in lists["people"])
    asked: list[tuple[str, dict[str, Any], set[str]]] = [
        ("schools", {"id": clause("in", two)}, {s["id"] for s in schools[:2]}),
        ("schools", {"id": clause("not in", two)}, {s["id"] for s in schools[2:]}),
        ("schools", {"name": clause("contains", "ACADEMY")}, {s["id"] for s in schools if "Academy" in s["name"]}),
        ("schools", {"name": clause("is unknown")}, set()),
        ("courses", {"code": clause("is known")}, {c["id"] for c in lists["courses"] if c["code"]}),
        ("sessions", {"end_date": clause("lt", "2026-09-01")}, _ended(lists["sessions"], "2026-09-01")),
        ("people", {"updated_date": clause("gt", latest)}, set()),
        ("people", {"updated_date": clause("lte", latest)}, ids(lists["people"])),
        ("classes", {"state": clause("in", "active,upcoming")}, _in_state(lists["classes"], "active", "upcoming")),
    ]
    outcomes = graph.ask(*[[name, "list", {"filter": chosen}] for name, chosen, _ in asked])
    for (name, chosen, wanted), outcome in zip(asked, outcomes, strict=True):
        assert ids(outcome["data"]) == wanted, (name, chosen)
        assert outcome["warnings"] == []


def _ended(sessions: Rows, before: str) -> set[str]:
    return {s["id"] for s in sessions if s["end_date"] < before}


def _in_state(rows: Rows, *states: str) -> set[str]:
    return {r["id"] for r in rows if r["state"] in states}


def test_a_class_shows_its_school_its_course_and_its_sessions(
    graph: Graph, lists: dict[str, Rows], picked: dict[str, str]
) -> None:
    plain = next(c for c in lists["classes"] if c["id"] == picked["classes"])
    shown = graph.data("classes", "fetch", picked["classes"], {"expand": ["school", "course", "sessions"]})
    assert shown["school"] == next(s for s in lists["schools"] if s["id"] == plain["school_id"])
    assert shown["course"] == next((c for c in lists["courses"] if c["id"] == plain["course_id"]), None)
    assert shown["sessions"] == [s for s in lists["sessions"] if s["id"] in plain["session_ids"]]


def test_an_agent_shows_both_people(graph: Graph, lists: dict[str, Rows], picked: dict[str, str]) -> None:
    plain = next(a for a in lists["agents"] if a["id"] == picked["agents"])
    shown = graph.data("agents", "fetch", picked["agents"], {"expand": ["observer", "target"]})
    people = {p["id"]: p for p in lists["people"]}
    assert (shown["observer"], shown["target"]) == (people[plain["observer_id"]], people[plain["target_id"]])


def test_an_unknown_expansion_is_a_warning_that_the_client_prints(graph: Graph, lists: dict[str, Rows]) -> None:
    [outcome] = graph.ask(["schools", "list", {"expand": ["dragons"]}])
    assert outcome["data"] == lists["schools"]
    [warning] = outcome["warnings"]
    assert warning.startswith("Edlink API Warning: INVALID_EXPANSION ")


# ---- errors


def test_what_is_not_there_is_an_error_with_its_code(graph: Graph) -> None:
    [outcome] = graph.ask(["people", "fetch", str(uuid4())])
    assert outcome["error"]["code"] == "NOT_FOUND"
    assert outcome["error"]["status"] in (400, 404)
    assert outcome["error"]["message"]


def test_an_id_that_is_none_is_an_error_with_its_code(graph: Graph) -> None:
    [outcome] = graph.ask(["people", "fetch", "9919"])
    assert (outcome["error"]["status"], outcome["error"]["code"]) == (400, "INVALID_UUID")


def test_a_wrong_token_is_an_error_with_its_code(graph: Graph) -> None:
    [outcome] = graph.ask(["people", "list"], token="guessed")
    assert outcome["error"]["code"] == "INVALID_TOKEN"
    assert outcome["error"]["status"] in (400, 401)


def test_a_filter_that_is_none_is_an_error_that_says_what_there_is(graph: Graph) -> None:
    chosen = {"shoe_size": clause("equals", "5"), "name": clause("resembles", "x")}
    [outcome] = graph.ask(["schools", "list", {"filter": chosen}])
    assert outcome["error"]["status"] == 400
    words = " ".join([outcome["error"]["message"], *(e["message"] for e in outcome["error"]["errors"])])
    assert "shoe_size" in words
    assert "resembles" in words


# ---- one person's own


@pytest.fixture(scope="module")
def grahams(graph: Graph, demo: Demo) -> dict[str, Any]:
    """What Graham's own token shows: he gave the app a code."""
    key = demo.operate("apps", "key", demo.facts["xporter"]["relyingParty"], "edlink", "--estab", THORNFIELD)
    code = demo.operate("apps", "person-code", key["key"], THORNFIELD, "student", "9919")["code"]
    person = {"client_id": key["key"], "client_secret": key["token"], "code": code}
    lists = ["districts", "schools", "classes", "sections", "agents"]
    calls = [["my", "profile"], ["my", "integration"], ["my", "source"], *[[name, "list"] for name in lists]]
    outcomes = graph.ask(*calls, person=person)
    assert [(c, o["error"]) for c, o in zip(calls, outcomes, strict=True) if "error" in o] == []
    # His tokens say no moment of their end, so that the client begins by refreshing them.
    assert outcomes[0]["requests"][0] == "https://ed.link/api/authentication/token"
    assert all(len(outcome["requests"]) == 1 for outcome in outcomes[1:])
    return {call[0] if call[1] == "list" else call[1]: o["data"] for call, o in zip(calls, outcomes, strict=True)}


def test_a_person_sees_themselves_as_the_integration_does(grahams: dict[str, Any], lists: dict[str, Rows]) -> None:
    [graham] = [p for p in lists["people"] if p["display_name"] == "Graham Mossgrove"]
    assert grahams["profile"] == graham


def test_a_person_sees_their_own_school_and_classes(grahams: dict[str, Any], lists: dict[str, Rows]) -> None:
    me = grahams["profile"]
    assert ids(grahams["schools"]) == {*me["school_ids"]}
    assert ids(grahams["districts"]) == {me["district_id"]}
    mine = [e for e in lists["enrollments"] if e["person_id"] == me["id"] and e["state"] == "active"]
    assert {e["class_id"] for e in mine} <= ids(grahams["classes"])
    assert ids(grahams["classes"]) < ids(lists["classes"])


def test_a_person_sees_those_who_care_for_them(grahams: dict[str, Any], lists: dict[str, Rows]) -> None:
    about = {a["id"] for a in lists["agents"] if a["target_id"] == grahams["profile"]["id"]}
    assert ids(grahams["agents"]) == about != set()


def test_a_person_learns_what_their_token_belongs_to(grahams: dict[str, Any], lists: dict[str, Rows]) -> None:
    assert (grahams["integration"]["state"], grahams["source"]["state"]) == ("active", "active")
    assert grahams["integration"]["source_id"] == grahams["source"]["id"]
    assert grahams["source"]["name"] == lists["districts"][0]["name"]


def test_a_code_serves_once(graph: Graph, demo: Demo) -> None:
    key = demo.operate("apps", "key", demo.facts["xporter"]["relyingParty"], "edlink", "--estab", THORNFIELD)
    code = demo.operate("apps", "person-code", key["key"], THORNFIELD, "student", "9920")["code"]
    person = {"client_id": key["key"], "client_secret": key["token"], "code": code}
    [first] = graph.ask(["my", "profile"], person=person)
    assert first["data"]["display_name"] == "Primrose Mossgrove"
    with pytest.raises(AssertionError, match="status code 40"):
        graph.ask(["my", "profile"], person=person)


def test_a_teacher_sets_changes_marks_and_deletes_work(graph: Graph, demo: Demo) -> None:
    app, words = demo.facts["xporter"]["relyingParty"], "roster.readonly,gradebook.createput,gradebook.delete"
    key = demo.operate("apps", "key", app, "edlink", "--estab", THORNFIELD, "--rights", words)

    def teacher(*calls: Any) -> list[Any]:
        code = demo.operate("apps", "person-code", key["key"], THORNFIELD, "staff", TEACHER)["code"]
        outcomes = graph.ask(*calls, person={"client_id": key["key"], "client_secret": key["token"], "code": code})
        assert [one["error"] for one in outcomes if "error" in one] == []
        return [one["data"] for one in outcomes]

    [classes] = teacher(["classes", "list"])
    taught = next(one["id"] for one in classes if (one["state"], one["properties"]["group_type"]) == TAUGHT)
    work = {"title": "A volcano", "description": "Build one", "due_date": "2026-12-04T16:00:00.000Z"}
    graded = {"grading_type": "points", "points_possible": 12, "start_date": "2026-09-07T08:00:00.000Z"}
    [made] = teacher(["assignments", "create", taught, {**work, **graded}])
    assert (made["title"], made["state"], made["points_possible"]) == ("A volcano", "open", 12)
    changed, submissions = teacher(
        ["assignments", "update", taught, made["id"], {"title": "A glacier"}],
        ["submissions", "list", taught, made["id"]],
    )
    assert changed == {**made, "title": "A glacier", "updated_date": changed["updated_date"]}
    one = [taught, made["id"], submissions[0]["id"]]
    marked, fetched, _ = teacher(
        ["submissions", "update", *one, {"grade_points": 11}],
        ["submissions", "fetch", *one],
        ["assignments", "delete", taught, made["id"]],
    )
    assert (marked, marked["state"], marked["grade_points"]) == (fetched, "returned", 11)
