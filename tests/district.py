"""An app as it reads and writes a district: one caller for each dialect's credential."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rollbook.consent import App
from rollbook.consent.research import ResearchDesk
from tests.hub import Answer, Hub

ED_FI = "/edfi/data/v3/ed-fi"
WORDS = "uri://ed-fi.org"


def word(kind: str, code: str) -> str:
    """A published descriptor."""
    return f"{WORDS}/{kind}Descriptor#{code}"


@dataclass(frozen=True)
class EdFi:
    """A caller of the Ed-Fi API."""

    hub: Hub
    token: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """A request to an address after `/edfi/data/v3/ed-fi/`, or to a whole one."""
        whole = path if path.startswith("/") else f"{ED_FI}/{path}"
        sent = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            headers.setdefault("content_type", "application/json")
        return self.hub.ask(method, whole, None, sent, authorization=f"Bearer {self.token}", **headers)

    def get(self, path: str, **headers: str) -> Any:
        """What a GET answers."""
        answer = self.ask("GET", path, **headers)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def post(self, resource: str, body: dict[str, Any], status: int = 201) -> str:
        """Create or update a document; gives the end of its address."""
        answer = self.ask("POST", resource, body)
        assert answer.status == status, answer.body
        return answer.headers["location"].rsplit("/", 1)[-1]

    def put(self, resource: str, identity: str, body: dict[str, Any]) -> None:
        """Update a document."""
        answer = self.ask("PUT", f"{resource}/{identity}", body)
        assert answer.status == 204, answer.body


@dataclass(frozen=True)
class Edlink:
    """A caller of the Edlink API."""

    hub: Hub
    token: str

    def get(self, path: str, **query: Any) -> Any:
        """The `$data` that a path after `/api/v2/graph/` answers."""
        asked = "&".join(f"%24{n}={quote(v if isinstance(v, str) else json.dumps(v))}" for n, v in query.items())
        answer = self.hub.get(f"/api/v2/graph/{path}?{asked}", authorization=f"Bearer {self.token}")
        assert answer.status == 200, answer.body
        return json.loads(answer.body)["$data"]


@dataclass(frozen=True)
class Researcher:
    """A caller of the research API's private portal."""

    hub: Hub
    token: str

    def ask(self, method: str, path: str, body: Any = None, app: str = "stem") -> Answer:
        """A request to a path after `/api/private/stem/`, or after another app's name."""
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}", "content_type": "application/json"}
        return self.hub.ask(method, f"/api/private/{app}/{path}", None, sent, **headers)

    def get(self, path: str) -> Any:
        """What a GET answers."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What is answered to something that was made."""
        answer = self.ask("POST", path, body)
        assert answer.status == 201, answer.body
        return json.loads(answer.body)


def researcher(hub: Hub, email: str = "ada.thistlewood@research.example") -> Researcher:
    """A researcher with a personal token."""
    accounts = ResearchDesk(hub.desk).accounts
    return Researcher(hub, accounts.new_token(accounts.add_user(email)))


def edfi(hub: Hub, app: App, rights: str = "EdFiSandbox") -> EdFi:
    """An Ed-Fi caller for an app, which reaches what schools granted it."""
    credential, secret = hub.desk.credentials.add(app, "edfi", rights=[rights])
    form = f"grant_type=client_credentials&client_id={credential.key}&client_secret={secret}".encode()
    answer = hub.post("/edfi/oauth/token", form, "application/x-www-form-urlencoded")
    return EdFi(hub, answer.json["access_token"])


def edlink(hub: Hub, app: App, estab: str) -> Edlink:
    """An Edlink caller for an app, which reads the district of a school."""
    return Edlink(hub, hub.desk.credentials.add(app, "edlink", district=hub.desk.schools.find(estab)[0])[1])


# ---- documents


def cohort(identifier: str, organisation: int, kind: str = "Study Hall", **more: Any) -> dict[str, Any]:
    """A cohort of an organisation."""
    return {
        "cohortIdentifier": identifier,
        "educationOrganizationReference": {"educationOrganizationId": organisation},
        "cohortTypeDescriptor": word("CohortType", kind),
        "cohortDescription": f"Cohort {identifier} Description",
        "cohortScopeDescriptor": word("CohortScope", "District"),
        **more,
    }


def place(identifier: str, organisation: int, student: str, begin: str, **more: Any) -> dict[str, Any]:
    """A student's place in a cohort."""
    return {
        "cohortReference": {"cohortIdentifier": identifier, "educationOrganizationId": organisation},
        "studentReference": {"studentUniqueId": student},
        "beginDate": begin,
        **more,
    }


def session(school: int, name: str, begin: str, end: str) -> dict[str, Any]:
    """A semester of a school."""
    return {
        "schoolReference": {"schoolId": school},
        "schoolYearTypeReference": {"schoolYear": 2027},
        "sessionName": name,
        "beginDate": begin,
        "endDate": end,
        "termDescriptor": word("Term", "Fall Semester"),
        "totalInstructionalDays": 80,
    }


def agency(number: int, name: str = "Ocotillo Unified School District", **more: Any) -> dict[str, Any]:
    """A district."""
    category = word("EducationOrganizationCategory", "Local Education Agency")
    return {
        "localEducationAgencyId": number,
        "nameOfInstitution": name,
        "categories": [{"educationOrganizationCategoryDescriptor": category}],
        "localEducationAgencyCategoryDescriptor": word("LocalEducationAgencyCategory", "Independent"),
        **more,
    }


def school(number: int, of: int | None = None, name: str = "Ocotillo Elementary School", **more: Any) -> dict[str, Any]:
    """A school, of a district or of none."""
    category = word("EducationOrganizationCategory", "School")
    return {
        "schoolId": number,
        "nameOfInstitution": name,
        "educationOrganizationCategories": [{"educationOrganizationCategoryDescriptor": category}],
        "gradeLevels": [{"gradeLevelDescriptor": word("GradeLevel", "Fifth grade")}],
        **({"localEducationAgencyReference": {"localEducationAgencyId": of}} if of else {}),
        **more,
    }


def student(unique: str, first: str = "Ana", last: str = "Ironwood", **more: Any) -> dict[str, Any]:
    """A student, whom no school knows yet."""
    return {"studentUniqueId": unique, "firstName": first, "lastSurname": last, "birthDate": "2015-05-01", **more}


def enrolment(unique: str, at: int, since: str = "2026-08-20", **more: Any) -> dict[str, Any]:
    """A student's enrolment at a school."""
    return {
        "studentReference": {"studentUniqueId": unique},
        "schoolReference": {"schoolId": at},
        "entryDate": since,
        "entryGradeLevelDescriptor": word("GradeLevel", "Fifth grade"),
        **more,
    }


def staff(unique: str, first: str = "Noor", last: str = "Palo", **more: Any) -> dict[str, Any]:
    """A member of staff, whom no school knows yet."""
    return {"staffUniqueId": unique, "firstName": first, "lastSurname": last, **more}


def contact(unique: str, first: str = "Rosa", last: str = "Ironwood", **more: Any) -> dict[str, Any]:
    """A contact, whom no school knows yet."""
    return {"contactUniqueId": unique, "firstName": first, "lastSurname": last, **more}


def grading_period(name: str, at: int) -> dict[str, Any]:
    """Six weeks of a school for which grades are given."""
    return {
        "gradingPeriodName": name,
        "gradingPeriodDescriptor": word("GradingPeriod", "First Six Weeks"),
        "schoolReference": {"schoolId": at},
        "schoolYearTypeReference": {"schoolYear": 2027},
        "beginDate": "2026-08-20",
        "endDate": "2026-10-01",
        "totalInstructionalDays": 30,
    }


def room(code: str, at: int, **more: Any) -> dict[str, Any]:
    """A room of a school."""
    return {"classroomIdentificationCode": code, "schoolReference": {"schoolId": at}, **more}


def calendar(code: str, at: int, **more: Any) -> dict[str, Any]:
    """A calendar of a school."""
    return {
        "calendarCode": code,
        "schoolReference": {"schoolId": at},
        "schoolYearTypeReference": {"schoolYear": 2027},
        "calendarTypeDescriptor": word("CalendarType", "School"),
        **more,
    }


def calendar_date(code: str, at: int, day: str, event: str = "Instructional day", **more: Any) -> dict[str, Any]:
    """A day of a calendar."""
    return {
        "date": day,
        "calendarReference": {"calendarCode": code, "schoolId": at, "schoolYear": 2027},
        "calendarEvents": [{"calendarEventDescriptor": word("CalendarEvent", event)}],
        **more,
    }


def contact_of(unique: str, student: str, **more: Any) -> dict[str, Any]:
    """Whose contact somebody is."""
    return {
        "contactReference": {"contactUniqueId": unique},
        "studentReference": {"studentUniqueId": student},
        "relationDescriptor": word("Relation", "Mother"),
        **more,
    }


def assignment(unique: str, at: int, since: str = "2026-08-01", **more: Any) -> dict[str, Any]:
    """A position of a member of staff."""
    return {
        "staffReference": {"staffUniqueId": unique},
        "educationOrganizationReference": {"educationOrganizationId": at},
        "staffClassificationDescriptor": word("StaffClassification", "Teacher"),
        "beginDate": since,
        **more,
    }


def program(name: str, organisation: int, kind: str = "Remedial Education", **more: Any) -> dict[str, Any]:
    """A programme of an organisation."""
    return {
        "programName": name,
        "programTypeDescriptor": word("ProgramType", kind),
        "educationOrganizationReference": {"educationOrganizationId": organisation},
        **more,
    }


def course(code: str, organisation: int, **more: Any) -> dict[str, Any]:
    """A course of an organisation."""
    return {
        "courseCode": code,
        "educationOrganizationReference": {"educationOrganizationId": organisation},
        "courseTitle": f"Course {code}",
        "numberOfParts": 1,
        "identificationCodes": [
            {
                "courseIdentificationSystemDescriptor": word("CourseIdentificationSystem", "LEA course code"),
                "identificationCode": code,
            }
        ],
        **more,
    }


def offering(code: str, at: int, session: str, taught: str | None = None, **more: Any) -> dict[str, Any]:
    """A course (of the same code unless another one is named) that a school offers in a session."""
    return {
        "localCourseCode": code,
        "schoolReference": {"schoolId": at},
        "sessionReference": {"schoolId": at, "schoolYear": 2027, "sessionName": session},
        "courseReference": {"courseCode": taught or code, "educationOrganizationId": at},
        **more,
    }


def section(identifier: str, code: str, at: int, session: str, **more: Any) -> dict[str, Any]:
    """A section of a course offering."""
    where = {"localCourseCode": code, "schoolId": at, "schoolYear": 2027, "sessionName": session}
    return {"sectionIdentifier": identifier, "courseOfferingReference": where, **more}


def in_section(
    identifier: str, code: str, at: int, session: str, since: str = "2026-09-07", **who: Any
) -> dict[str, Any]:
    """A student's or a member of staff's place in a section: `studentReference` or `staffReference`."""
    where = {"localCourseCode": code, "schoolId": at, "schoolYear": 2027, "sessionName": session}
    return {"sectionReference": {**where, "sectionIdentifier": identifier}, "beginDate": since, **who}


def incident(number: str, school: int, **more: Any) -> dict[str, Any]:
    """What happened at a school, by the number of the incident."""
    return {
        "incidentIdentifier": number,
        "schoolReference": {"schoolId": school},
        "incidentDate": "2026-10-05",
        **more,
    }


def part_in(number: str, school: int, unique: str, **more: Any) -> dict[str, Any]:
    """A student's part in an incident."""
    return {
        "disciplineIncidentReference": {"incidentIdentifier": number, "schoolId": school},
        "studentReference": {"studentUniqueId": unique},
        **more,
    }


GRADEBOOKS = "uri://gradebooks.example"
"""Who numbers the work of classes."""


def work(number: str, title: str, **more: Any) -> dict[str, Any]:
    """Work that is set, by its number in a gradebook."""
    return {
        "gradebookEntryIdentifier": number,
        "namespace": GRADEBOOKS,
        "dateAssigned": "2026-10-05",
        "sourceSectionIdentifier": "A1",
        "title": title,
        **more,
    }


TESTS = "uri://tests.example"
"""Who numbers assessments."""


def assessment(number: str, title: str, **more: Any) -> dict[str, Any]:
    """An assessment, by its number among those of its authority."""
    return {
        "assessmentIdentifier": number,
        "namespace": TESTS,
        "assessmentTitle": title,
        "academicSubjects": [{"academicSubjectDescriptor": word("AcademicSubject", "Mathematics")}],
        **more,
    }


def achieved(number: str, test: str, unique: str, **more: Any) -> dict[str, Any]:
    """What a student achieved in an assessment, by a number of its own."""
    return {
        "studentAssessmentIdentifier": number,
        "assessmentReference": {"assessmentIdentifier": test, "namespace": TESTS},
        "studentReference": {"studentUniqueId": unique},
        **more,
    }


def handed_in(number: str, unique: str, **more: Any) -> dict[str, Any]:
    """What came of a student's work."""
    return {
        "gradebookEntryReference": {"gradebookEntryIdentifier": number, "namespace": GRADEBOOKS},
        "studentReference": {"studentUniqueId": unique},
        **more,
    }
