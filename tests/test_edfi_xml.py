"""Ed-Fi's interchange files: what they say comes in, and nothing that only looks like them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.ingest.conformance import Samples, by_keys, conform
from rollbook.store.sqlite import Store

from .demo_data import new_store

XML = CONNECTORS["edfi-xml"]
SURNAMES = ("Abernathy", "Birtwhistle", "Cholmondeley", "Dunwoody", "Entwistle", "Fotheringay")
YEAR = "2026-2027"


def word(kind: str, code: str) -> str:
    return f"uri://ed-fi.org/{kind}Descriptor#{code}"


def element(name: str, *inner: str, **attributes: str) -> str:
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{said}>{''.join(inner)}</{name}>\n"


def text(**texts: object) -> str:
    return "".join(element(name, escape(str(value))) for name, value in texts.items())


def pointing(name: str, *inner: str, **texts: object) -> str:
    return element(f"{name}Reference", element(f"{name}Identity", text(**texts), *inner))


SCHOOL = pointing("School", SchoolId=1001)
SESSION = pointing("Session", SCHOOL, SessionName="Fall", SchoolYear=YEAR)
OFFERING = pointing("CourseOffering", SCHOOL, SESSION, LocalCourseCode="ALG")


def section(identifier: str) -> str:
    return pointing("Section", OFFERING, SectionIdentifier=identifier)


def named(first: str, last: str) -> str:
    return element("Name", text(FirstName=first, LastSurname=last))


def organisations() -> Iterator[str]:
    kind = text(EducationOrganizationCategory=word("EducationOrganizationCategory", "Local Education Agency"))
    category = text(LocalEducationAgencyCategory=word("LocalEducationAgencyCategory", "Independent"))
    yield element(
        "LocalEducationAgency", text(NameOfInstitution="Heronsgate"), kind, text(LocalEducationAgencyId=10), category
    )
    kind = text(EducationOrganizationCategory=word("EducationOrganizationCategory", "School"))
    grades = "".join(text(GradeLevel=word("GradeLevel", grade)) for grade in ("Ninth grade", "Tenth grade"))
    agency = pointing("LocalEducationAgency", LocalEducationAgencyId=10)
    said = text(NameOfInstitution="Heronsgate High", ShortNameOfInstitution="Zephyrine")
    yield element("School", said, kind, text(SchoolId=1001), grades, agency, id="SCOL_1001")
    code = element(
        "CourseIdentificationCode",
        text(
            IdentificationCode="ALG",
            CourseIdentificationSystem=word("CourseIdentificationSystem", "LEA course code"),
        ),
    )
    at = pointing("EducationOrganization", EducationOrganizationId=1001)
    yield element("Course", text(CourseCode="ALG", CourseTitle="Algebra I", NumberOfParts=1), code, at)


def calendar() -> Iterator[str]:
    days = text(SessionName="Fall", SchoolYear=YEAR, BeginDate="2026-08-20", EndDate="2026-12-18")
    yield element("Session", days, text(Term=word("Term", "Fall Semester"), TotalInstructionalDays=80), SCHOOL)


def schedule() -> Iterator[str]:
    at = pointing("EducationOrganization", EducationOrganizationId=1001)
    course = pointing("Course", at, CourseCode="ALG")
    yield element("CourseOffering", text(LocalCourseCode="ALG"), SCHOOL, SESSION, course)
    for identifier in ("A1", "A2"):
        credits = element("AvailableCredits", text(Credits="0.5"))
        yield element("Section", text(SectionIdentifier=identifier), credits, OFFERING)


def staff() -> Iterator[str]:
    yield element("Staff", text(StaffUniqueId="T1"), named("Ottilie", "Quarrington"))
    who = pointing("Staff", StaffUniqueId="T1")
    position = text(ClassroomPosition=word("ClassroomPosition", "Teacher of Record"), BeginDate="2026-08-20")
    for identifier in ("A1", "A2"):
        yield element("StaffSectionAssociation", who, section(identifier), position)


def student(number: int, surname: str = "") -> str:
    born = element("BirthData", text(BirthDate=f"2011-03-{number + 10}"))
    return element(
        "Student", text(StudentUniqueId=f"S{number}"), named(f"Pupil{number}", surname or SURNAMES[number % 6]), born
    )


def enrolled(number: int) -> Iterator[str]:
    who = pointing("Student", StudentUniqueId=f"S{number}")
    grade = text(EntryDate="2026-08-20", EntryGradeLevel=word("GradeLevel", "Ninth grade"))
    yield element("StudentSchoolAssociation", who, '<SchoolReference ref="SCOL_1001"/>', grade)
    yield element("StudentSectionAssociation", who, section("A1"), text(BeginDate="2026-08-20"))


def contact(number: int) -> Iterator[str]:
    home = element(
        "Address",
        text(StreetNumberName="4 Weir Lane", City="Heronsgate", PostalCode="78834"),
        text(StateAbbreviation=word("StateAbbreviation", "TX"), AddressType=word("AddressType", "Home")),
    )
    sex = text(Sex=word("Sex", "Female"))
    who = text(ContactUniqueId=f"P{number}")
    yield element("Contact", who, named(f"Parent{number}", SURNAMES[number % 6]), sex, home, id=f"PRNT_{number}")
    relation = text(Relation=word("Relation", "Mother"), EmergencyContactStatus="true")
    of = pointing("Student", StudentUniqueId=f"S{number}")
    yield element("StudentContactAssociation", of, f'<ContactReference ref="PRNT_{number}"/>', relation)


def files(numbers: Iterable[int], surname: str = "", more: str = "") -> dict[str, str]:
    numbers = list(numbers)
    return {
        "EducationOrganization": "".join(organisations()),
        "EducationOrgCalendar": "".join(calendar()),
        "MasterSchedule": "".join(schedule()),
        "StaffAssociation": "".join(staff()),
        "Student": "".join(student(n, surname if n == 3 else "") for n in numbers),
        "StudentEnrollment": "".join(row for n in numbers for row in enrolled(n)) + more,
        "Contact": "".join(row for n in numbers for row in contact(n)),
    }


def folder(path: Path, said: Mapping[str, str]) -> Path:
    path.mkdir(parents=True)
    for name, inner in said.items():
        whole = f'<Interchange{name} xmlns="http://ed-fi.org/5.2.0">\n{inner}</Interchange{name}>\n'
        (path / f"{name}.xml").write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}')
    return path


def samples(path: Path) -> Samples:
    who = pointing("Student", StudentUniqueId="S99")
    lost = element("StudentSectionAssociation", who, section("A1"), text(BeginDate="2026-08-20"))
    return Samples(
        whole=folder(path / "whole", files(range(1, 13))),
        fewer=folder(path / "fewer", files(range(1, 12))),
        altered=folder(path / "altered", files(range(1, 13), "Marchbanks")),
        shrunk=folder(path / "shrunk", files(range(1, 3))),
        dangling=folder(path / "dangling", files(range(1, 13), more=lost)),
        extra="Zephyrine",
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def test_it_conforms(tmp_path: Path) -> None:
    conform(XML, samples(tmp_path / "samples"), tmp_path)


def test_references_by_ref_lead_on_and_contacts_come_to_their_students_school(store: Store, tmp_path: Path) -> None:
    diff = import_roster(store, XML, folder(tmp_path / "files", files([1])))
    assert not diff.aside
    held = by_keys(store)
    (contact,) = (row for (kind, key), row in held.items() if (kind, key) == ("Person", "contacts/P1"))
    assert (contact["forename"], contact["gender"], contact["town"]) == ("Parent1", "F", "Heronsgate")
    assert contact["contact_unique_id"] == contact["external_id"] == "P1"
    (relation,) = (row for (kind, _), row in held.items() if kind == "Relationship")
    assert relation["relationship"] == "Mother"
    assert relation["contact"] == "contacts/P1@schools/1001"
    (session,) = (row for (kind, _), row in held.items() if kind == "Session")
    assert (session["year"], session["school_year"]) == (2027, "2026-2027")


def test_a_document_that_breaks_a_rule_is_set_aside_by_its_line(store: Store, tmp_path: Path) -> None:
    wrong = element("Student", text(StudentUniqueId="S2"), named("No", "Birthday"))
    said = files(range(1, 13))
    said["Student"] = wrong + said["Student"].replace(student(2), "")
    diff = import_roster(store, XML, folder(tmp_path / "files", said))
    (one, *_) = [aside for aside in diff.aside if aside.kind == "Person"]
    assert str(one.problem).startswith("Student.xml line 3, column birthDate: birthDate is required.")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><InterchangeStudent>&a;</InterchangeStudent>', "has a document type"),
        ("<InterchangeStudent><Student></InterchangeStudent>", "is not well-formed XML"),
        ("<InterchangeStudent>", "is not well-formed XML"),
    ],
)
def test_a_file_that_is_no_plain_xml_stops_the_source(store: Store, tmp_path: Path, document: str, said: str) -> None:
    (folder(tmp_path / "files", files([1])) / "Student.xml").write_text(document)
    with pytest.raises(Malformed, match=said):
        import_roster(store, XML, tmp_path / "files")
