"""The table of pairs: what is written through one dialect is read through every other that has a place for it.

`python -m tests.test_pairs` writes the table into docs/pairs.md; the test does all of it again and compares.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.district import (
    EdFi,
    achieved,
    assessment,
    cohort,
    contact,
    contact_of,
    edfi,
    enrolment,
    handed_in,
    place,
    room,
    session,
    student,
    word,
    work,
)
from tests.edlink.vendor import Vendor
from tests.hub import THORNFIELD, Hub
from tests.looking import look
from tests.oneroster.platform import Platform
from tests.xporter.writer import Writer

PAGE = Path(__file__).parent.parent / "docs" / "pairs.md"
ESTAB = int(THORNFIELD)
GRADING = ("roster.readonly", "gradebook.readonly", "gradebook.createput")
BOOK = "/ims/oneroster/gradebook/v1p2"


class Everyone:
    """A hub and an app to which its first school granted everything, in every dialect."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.platform = Platform(hub, rights=GRADING)
        self.vendor = Vendor(hub, rights=GRADING)
        self.writer = Writer(hub)
        for _, _, estab, _, _ in hub.desk.schools.all():
            hub.grant(estab=estab)
        self.edfi: EdFi = edfi(hub, hub.app("app.example.org"))

    def rest(self, method: str, path: str, token: str, body: Mapping[str, Any]) -> Any:
        """What is answered to what a platform or a vendor writes."""
        answer = self.hub.ask(
            method,
            path,
            None,
            json.dumps(body).encode(),
            authorization=f"Bearer {token}",
            content_type="application/json",
        )
        assert answer.status in (200, 201), answer.body
        return answer.json if answer.body else {}

    @property
    def graded(self) -> tuple[str, str]:
        """A class that keeps a gradebook, and one of its students."""
        group = self.platform.rows(f"{BOOK}/lineItems")[0]["class"]["sourcedId"]
        return group, self.platform.rows(f"classes/{group}/students")[0]["sourcedId"]


@dataclass(frozen=True)
class Written:
    """What is written, through which dialect, and a text by which it is known again wherever it is read."""

    what: str
    dialect: str
    text: str
    write: Callable[[Everyone], Any]


def _unique(who: Everyone) -> str:
    """The number by which Ed-Fi knows a student."""
    return look(
        who.hub.store,
        "SELECT p.student_unique_id FROM student s JOIN person p ON p.id = s.person JOIN school c ON c.id = s.school"
        " WHERE c.estab = ? AND s.mis_id = '9919'",
        (THORNFIELD,),
    ).get


def _cohort(who: Everyone) -> None:
    who.edfi.post("cohorts", cohort("pair-cohort", ESTAB))
    who.edfi.post("studentCohortAssociations", place("pair-cohort", ESTAB, _unique(who), "2026-09-14"))


def _pupil(who: Everyone) -> None:
    who.edfi.post("students", student("pair-1", "Perpetua", "Pairsford"))
    who.edfi.post("studentSchoolAssociations", enrolment("pair-1", ESTAB))


def _event(who: Everyone) -> None:
    who.edfi.post(
        "studentSchoolAttendanceEvents",
        {
            "attendanceEventCategoryDescriptor": word("AttendanceEventCategory", "Tardy"),
            "eventDate": "2026-11-12",
            "schoolReference": {"schoolId": ESTAB},
            "sessionReference": {"schoolId": ESTAB, "schoolYear": 2027, "sessionName": "Autumn Term"},
            "studentReference": {"studentUniqueId": _unique(who)},
            "attendanceEventReason": "Pair bus was late",
        },
    )


def _marked(who: Everyone) -> None:
    group, pupil = who.graded
    token, moment = who.platform.token, "2026-11-01T08:00:00Z"
    put = [
        ("categories/pair-labs", "category", {"title": "Pair laboratory"}),
        (
            "lineItems/pair-item",
            "lineItem",
            {
                "title": "Pair volcano",
                "assignDate": moment,
                "dueDate": moment,
                "class": {"sourcedId": group},
                "category": {"sourcedId": "pair-labs"},
                "school": who.platform.one(f"classes/{group}")["school"],
            },
        ),
        (
            "results/pair-result",
            "result",
            {
                "lineItem": {"sourcedId": "pair-item"},
                "student": {"sourcedId": pupil},
                "score": 9,
                "scoreStatus": "fully graded",
                "scoreDate": "2026-11-09",
                "textScore": "pair-nine",
            },
        ),
    ]
    for path, one, said in put:
        who.rest("PUT", f"{BOOK}/{path}", token, {one: said})


def _entry(who: Everyone) -> None:
    group, pupil = who.graded
    number = who.platform.one(f"users/{pupil}")["userMasterIdentifier"]
    taught = [one for one in who.edfi.get("sections?limit=500") if one["id"] == group.replace("-", "")]
    (where,) = [{"sectionIdentifier": one["sectionIdentifier"], **one["courseOfferingReference"]} for one in taught]
    where = {name: value for name, value in where.items() if name != "link"}
    who.edfi.post("gradebookEntries", work("pair-w", "Pair aqueduct", sectionReference=where))
    who.edfi.post("studentGradebookEntries", handed_in("pair-w", number, letterGradeEarned="pair-eight"))


def _test(who: Everyone) -> None:
    level = {
        "assessmentReportingMethodDescriptor": word("AssessmentReportingMethod", "Mastery level"),
        "resultDatatypeTypeDescriptor": word("ResultDatatypeType", "Level"),
        "result": "pair-seven",
    }
    who.edfi.post("assessments", assessment("pair-t", "Pair fractions"))
    who.edfi.post("studentAssessments", achieved("pair-s", "pair-t", _unique(who), scoreResults=[level]))


def _suspension(who: Everyone) -> None:
    said = {
        "disciplineActionIdentifier": "pair-away",
        "disciplineDate": "2026-11-12",
        "disciplines": [{"disciplineDescriptor": word("Discipline", "Out of School Suspension")}],
        "responsibilitySchoolReference": {"schoolId": ESTAB},
        "studentReference": {"studentUniqueId": _unique(who)},
    }
    who.edfi.post("disciplineActions", said)


def _work(who: Everyone) -> None:
    group, _ = who.graded
    said = {"title": "Pair lighthouse", "description": "One that shines", "due_date": "2026-12-04T16:00:00+01:00"}
    said |= {"grading_type": "points", "points_possible": 12}
    who.rest("POST", f"/api/v2/graph/classes/{group}/assignments", who.vendor.token, said)


def _rubric(who: Everyone) -> None:
    group, _ = who.graded
    level = {"name": "Good", "points": 3}
    criteria = [{"name": "Pair form", "performance_levels": [level]}]
    said = {"title": "Pair rubric", "description": "For pairs", "grading_criteria": criteria}
    who.rest("POST", f"/api/v2/graph/classes/{group}/rubrics", who.vendor.token, said)


def _file(who: Everyone) -> None:
    group, _ = who.graded
    said = {"title": "pair-file.txt", "data": [112]}
    who.rest("POST", f"/api/v2/graph/classes/{group}/files", who.vendor.token, said)


def _contact(who: Everyone) -> None:
    who.edfi.post("contacts", contact("pair-c", "Petronella", "Pairwell"))
    who.edfi.post("studentContactAssociations", contact_of("pair-c", "pair-1"))


def _user(who: Everyone) -> None:
    callback = {"Method": "POST", "Url": "https://app.example.org/done"}
    said = {"Users": [{"StudentId": "9919", "Username": "pair.user"}], "Callback": callback}
    answer = who.writer.write("Writeback/UserAsync", said)
    who.writer.called(answer["TrackingId"])


WRITTEN = (
    Written("a cohort", "Ed-Fi", "pair-cohort", _cohort),
    Written(
        "a session",
        "Ed-Fi",
        "Pair Autumn",
        lambda who: who.edfi.post("sessions", session(ESTAB, "Pair Autumn", "2026-08-20", "2026-12-18")),
    ),
    Written("a student and an enrolment", "Ed-Fi", "Pairsford", _pupil),
    Written("a contact of a student", "Ed-Fi", "Pairwell", _contact),
    Written("a room", "Ed-Fi", "Pair Annexe", lambda who: who.edfi.post("locations", room("Pair Annexe", ESTAB))),
    Written("an attendance event", "Ed-Fi", "Pair bus was late", _event),
    Written("work of a class", "Ed-Fi", "Pair aqueduct", _entry),
    Written("a mark", "Ed-Fi", "pair-eight", lambda who: None),
    Written("a test", "Ed-Fi", "Pair fractions", _test),
    Written("a result of a test", "Ed-Fi", "pair-seven", lambda who: None),
    Written("a suspension", "Ed-Fi", "pair-away", _suspension),
    Written("a line item", "OneRoster", "Pair volcano", _marked),
    Written("a category", "OneRoster", "Pair laboratory", lambda who: None),
    Written("a result", "OneRoster", "pair-nine", lambda who: None),
    Written("an assignment", "Edlink", "Pair lighthouse", _work),
    Written("a rubric", "Edlink", "Pair rubric", _rubric),
    Written("a file of a class", "Edlink", "pair-file.txt", _file),
    Written("a name to sign in with", "Xporter", "pair.user", _user),
)

NO_RUBRICS, NO_FILES = "it has no rubrics", "it has no files of classes"
WHY: Mapping[tuple[str, str], str] = {
    ("a session", "Xporter"): "its terms are not listed",
    **{("a room", dialect): "it has no rooms" for dialect in ("Edlink", "OneRoster")},
    ("an attendance event", "Edlink"): "its attendance entries are beta, and not served",
    ("an attendance event", "OneRoster"): "it has no attendance",
    **{(what, "Edlink"): "its assignments are the work of classes" for what in ("a test", "a result of a test")},
    **{("a suspension", dialect): "it has no conduct" for dialect in ("Edlink", "OneRoster")},
    ("a category", "Ed-Fi"): "it has no categories, and a word of a list is not one",
    **{("a rubric", dialect): NO_RUBRICS for dialect in ("Xporter", "OneRoster")},
    ("a rubric", "Ed-Fi"): "its rubrics are documents of their own, which are kept whole",
    **{("a file of a class", dialect): NO_FILES for dialect in ("Xporter", "Ed-Fi", "OneRoster")},
    ("a name to sign in with", "Xporter"): "it is written there, and not read",
    ("a name to sign in with", "Ed-Fi"): "its student has none since Data Standard 5",
}
"""Why something is not read through a dialect."""


def _places(who: Everyone) -> Mapping[str, Mapping[str, Callable[[], Any]]]:
    """Where each dialect may have it: what an address is called, and how it is asked."""
    xporter, edlink, roster, group = who.writer.read, who.vendor.rows, who.platform.rows, who.graded[0]

    aspect = look(who.hub.store, "SELECT mis_id FROM aspect WHERE name = 'Pair volcano'").get

    def whole(name: str) -> list[Any]:
        found: list[Any] = []
        while page := who.edfi.get(f"{name}?limit=500&offset={len(found)}"):
            found += page
        return found

    def submissions() -> list[Any]:
        works = edlink(f"classes/{group}/assignments")
        return [edlink(f"classes/{group}/assignments/{one['id']}/submissions") for one in works]

    return {
        "Xporter": {
            **{name: lambda name=name: xporter(name) for name in ("Students", "Groups", "AssessmentStructure")},
            "Contacts": lambda: xporter("Contacts"),
            "TimetableStructure": lambda: xporter("TimetableStructure"),
            "AttendanceForDate": lambda: xporter("AttendanceForDate?date=2026-11-12"),
            "AssessmentResults": lambda: xporter(f"AssessmentResults?Aspects={aspect},pair-w,pair-t"),
            "StudentExclusions": lambda: xporter("StudentExclusions"),
        },
        "Ed-Fi": {
            **{
                name: lambda name=name: whole(name)
                for name in (
                    *("students", "contacts", "cohorts", "sessions", "locations", "studentSchoolAttendanceEvents"),
                    *("gradebookEntries", "studentGradebookEntries", "assessments", "disciplineActions"),
                )
            },
            "studentAssessments": lambda: who.edfi.get("studentAssessments?assessmentIdentifier=pair-t"),
        },
        "Edlink": {
            **{name: lambda name=name: edlink(name) for name in ("people", "classes", "sessions")},
            **{
                name: lambda name=name: edlink(f"classes/{group}/{name}")
                for name in ("assignments", "categories", "rubrics", "files")
            },
            "submissions": submissions,
        },
        "OneRoster": {
            **{name: lambda name=name: roster(name) for name in ("users", "classes", "academicSessions")},
            **{
                name: lambda name=name: roster(f"{BOOK}/{name}")
                for name in ("lineItems", "categories", "results", "assessmentLineItems", "assessmentResults")
            },
        },
    }


def table(hub: Hub) -> str:
    """The table, as it comes out of a hub."""
    who = Everyone(hub)
    for one in WRITTEN:
        one.write(who)
    places = _places(who)
    told = {dialect: {name: json.dumps(read()) for name, read in those.items()} for dialect, those in places.items()}

    def row(one: Written) -> Iterator[str]:
        yield f"{one.what} ({one.dialect})"
        for dialect, those in told.items():
            found = ", ".join(f"`{name}`" for name, body in those.items() if one.text in body)
            # A cell without a reason fails here, and so does a reason without need.
            assert bool(found) != ((one.what, dialect) in WHY), (one.what, dialect, found)
            yield found or f"— {WHY[one.what, dialect]}"

    lines = [("written", *told), ("---",) * (len(told) + 1), *(tuple(row(one)) for one in WRITTEN)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


INTRODUCTION = """# What is written in one dialect and read in another

Every row was written through the dialect that stands in it, and then looked for through all of them, in a hub with the
demo schools: a test does it again and compares. Where a dialect does not read something there is a dash, and why.
Research tells of students by other names only, so nothing can be looked for there.
"""


def test_what_is_written_through_one_dialect_is_read_through_the_others(small_hub: Hub) -> None:
    assert PAGE.read_text() == f"{INTRODUCTION}\n{table(small_hub)}\n"


if __name__ == "__main__":
    from tests.demo_data import demo_schools

    with tempfile.TemporaryDirectory() as there:
        hub = Hub(demo_schools(0.05, Path(there) / "hub"))
        PAGE.write_text(f"{INTRODUCTION}\n{table(hub)}\n")
        hub.close()
