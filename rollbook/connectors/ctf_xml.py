"""The Common Transfer File of England and Wales (DfE), in XML: pupils who move from one school to another.

A folder or ZIP holds the files that a school was sent. Where several tell of one pupil, the last one that was written
counts. Pupils come to the school that a file was sent to, or with `side` to the one that sent it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..fields import Field
from ..ingest.bundle import open_bundle
from ..ingest.mapping import Cell, column, constant
from ..ingest.mapping.plan import Plan
from ..ingest.records import Told, bit, facts_of, of
from ..ingest.rows import Problems, Reading
from ..ingest.settings import PATH, Setting
from ..ingest.tables import Line
from ..ingest.xml import listed, nodes_of, plain
from ..model.assessment import Aspect, AssessmentResult, ResultSet
from ..model.history import PreviousSchool
from ..model.organisation import School
from ..model.people import Contact, Person
from ..model.students import Relationship, Student
from ..model.support import SenProvision

SEXES = {"M": "M", "F": "F", "U": "U", "O": "X"}
RELATIONS = {
    "PAM": "Mother",
    "PAF": "Father",
    "STP": "Step parent",
    "FOM": "Foster mother",
    "FOF": "Foster father",
    "FAM": "Other family member",
    "CAR": "Carer",
    "CHM": "Childminder",
    "SWR": "Social worker",
    "DOC": "Doctor",
    "OTH": "Other contact",
}
"""Relationships by their codes in the Common Basic Data Set; any other word stands for itself."""
TOLD = ("Address", "Phones", "Contacts", "SchoolHistory", "StageAssessments", "SENhistory", "FSMhistory")
"""What of a pupil is told as the plan reads it."""
SEVEN = 7
"""How many digits the number of a school has: three of the authority, four of the establishment."""
STAGES = {"KS1": "ks1", "KS2": "ks2", "KS3": "ks3"}

NAME = Setting("name", "What the school is called, where the files do not say it", needed=False)
SIDES = ("dest", "source")
SIDE = Setting(
    "side", "Whose pupils they are: `dest`, the school that the files were sent to, or `source`", needed=False
)


# ---- pupils as the plan reads them


def _school(header: Mapping[str, Any], side: str, name: str) -> dict[str, Any]:
    """The school that pupils of a file come to; its number is the authority's with the establishment's."""
    said: dict[str, Any] = header.get("SourceSchool" if side == "source" else "DestSchool") or {}
    number = f"{said.get('LEA') or ''}{said.get('Estab') or ''}"
    return {**said, "school": number, "SchoolName": said.get("SchoolName") or name}


def _pupil(said: dict[str, Any], school: str) -> dict[str, Any]:
    """A pupil with everything that there may be several of as a list."""
    basic: dict[str, Any] = said.get("BasicDetails") or {}
    upn = str(said.get("UPN") or "")
    needs = sorted(listed(said, "SENhistory", "SEN"), key=lambda one: str(one.get("StartDate") or ""))
    meals = sorted(listed(said, "FSMhistory", "FSMinstance"), key=lambda one: str(one.get("FSMstartDate") or ""))
    return {
        **{name: one for name, one in said.items() if name not in TOLD},
        "BasicDetails": {name: one for name, one in basic.items() if name != "Languages"},
        "SENneeds": listed(said, "SENhistory", "SENneeds", "SENneed"),
        "school": school,
        "human": f"pupils/{upn}",
        # A preferred name is said only where it is not the legal one.
        "given": basic.get("PreferredForename") or said.get("Forename") or "",
        "family": basic.get("PreferredSurname") or said.get("Surname") or "",
        "sex": said.get("Sex") or said.get("Gender") or "",
        "home": _address(said.get("Address")),
        "telephones": _telephones(said),
        "languages": {str(one.get("LanguageType")): one.get("Language") for one in listed(basic, "Languages", "Type")},
        "needs": needs,
        "need": needs[-1].get("SENprovision") if needs else "",
        "meals": _meals(meals[-1]) if meals else {},
        "contacts": [*_contacts(said, upn)],
        "schools": [*_schools(said, upn)],
        "results": [*_results(said, upn)],
    }


def _meals(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "now": "false" if said.get("FSMendDate") else "true"}


def _contacts(said: dict[str, Any], upn: str) -> Iterator[dict[str, Any]]:
    for at, one in enumerate(listed(said, "Contacts", "Contact"), 1):
        as_pupil = str(one.get("AddressAsPupil") or "").lower() in ("true", "1")
        home = _address(said.get("Address") if as_pupil else one.get("Address"))
        key = f"{upn}:{one.get('Order') or at}"
        yield {**one, "key": key, "human": f"contacts/{key}", "home": home, "telephones": _telephones(one)} | {
            "relation": RELATIONS.get(str(one.get("Relationship")), one.get("Relationship"))
        }


def _schools(said: dict[str, Any], upn: str) -> Iterator[dict[str, Any]]:
    for one in listed(said, "SchoolHistory", "School"):
        number = f"{one.get('LEA') or ''}{one.get('Estab') or ''}"
        yield {**one, "number": number, "key": f"{upn}:{number or one.get('SchoolName')}:{one.get('EntryDate') or ''}"}


def _address(said: Any) -> dict[str, Any]:
    """An address in either of the two forms, by the facts of a person."""
    if not isinstance(said, dict):
        return {}
    whole: dict[str, Any] = said  # pyright: ignore[reportUnknownVariableType]
    parts: dict[str, Any] = whole.get("BS7666Address") or {}
    lines: dict[str, Any] = whole.get("AddressLines") or {}
    building = str(parts.get("PAON") or "")
    return {
        "apartment": parts.get("SAON"),
        "house_no": building if building[:1].isdecimal() else "",
        "house_name": building if not building[:1].isdecimal() else "",
        "street": parts.get("Street") or lines.get("AddressLine1"),
        "locality": parts.get("Locality") or lines.get("AddressLine2"),
        "town": parts.get("PostTown") or parts.get("Town") or lines.get("AddressLine3"),
        "county": whole.get("County") or parts.get("AdministrativeArea") or lines.get("AddressLine4"),
        "post_code": whole.get("PostCode"),
        "country": whole.get("Country"),
    }


def _telephones(said: dict[str, Any]) -> dict[str, Any]:
    """The first number of each kind."""
    found = [(str(one.get("TelephoneType") or "H"), one.get("PhoneNo")) for one in listed(said, "Phones", "Phone")]
    return dict(reversed(found))


def _results(said: dict[str, Any], upn: str) -> Iterator[dict[str, Any]]:
    """Results of statutory assessments, each with what it is a result of and in which year."""
    for stage in listed(said, "StageAssessments", "KeyStage"):
        for one in listed(stage, "StageAssessment"):
            name = str(stage.get("Stage") or "")
            of_what = (
                name,
                *(str(one.get(part) or "") for part in ("Subject", "Component", "Method", "ResultQualifier")),
            )
            aspect, year = " ".join(filter(None, of_what)), str(one.get("Year") or "")
            flags = {flag: "true" if name == word else "false" for word, flag in STAGES.items()}
            yield {**one, **flags, "key": f"{upn}:{aspect}:{year}", "aspect": aspect, "set": f"{name} {year}".strip()}


# ---- tables

SCHOOL = column("school")


def _reached(at: str = "") -> dict[str, str | Cell]:
    """Where somebody lives, and how they are reached."""
    parts = "apartment house_no house_name street locality town county post_code country"
    home: dict[str, str | Cell] = {name: f"{at}home.{name}" for name in parts.split()}
    return home | {"home_phone": f"{at}telephones.H", "mobile_phone": f"{at}telephones.M", "home_email": f"{at}Email"}


PLAN = Plan(
    "ctf",
    (
        of(School, "schools", key=SCHOOL, name="SchoolName", estab=SCHOOL),
        of(
            Person,
            "pupils",
            _reached(),
            key=column("human"),
            legal_forename=column("Forename"),
            legal_surname=column("Surname"),
            forename="given",
            surname="family",
            middle_name="BasicDetails.MiddleNames",
            previous_legal_surname="BasicDetails.FormerSurname",
            gender=Cell(("sex",), codes=SEXES, otherwise="", optional=True),
            birth_date="DOB",
            ethnicity_code="BasicDetails.Ethnicity",
            ethnicity_source="BasicDetails.EthnicitySource",
            first_language_code="languages.F",
            home_language_code="languages.H",
        ),
        of(
            Person,
            "pupils",
            _reached("contacts."),
            each="contacts",
            key=column("contacts.human"),
            title="contacts.Title",
            forename="contacts.Forename",
            surname=column("contacts.Surname"),
            middle_name="contacts.MiddleNames",
            gender=Cell(("contacts.Gender",), codes=SEXES, otherwise="", optional=True),
        ),
        of(
            Student,
            "pupils",
            rest=True,
            key=column("UPN"),
            school=SCHOOL,
            person=column("human"),
            upn=column("UPN"),
            former_upn="BasicDetails.FormerUPN",
            uln="UniqueLearnerNumber",
            candidate_no="UCI",
            nc_year="BasicDetails.NCyearActual",
            enrolment_status="BasicDetails.EnrolStatus",
            sen_provision="need",
            fsm_eligible=bit("meals.now"),
            fsm_start="meals.FSMstartDate",
            fsm_end="meals.FSMendDate",
            in_care=bit("LookedAfter.InCare"),
            care_authority="LookedAfter.CareAuthority",
        ),
        of(
            Contact,
            "pupils",
            each="contacts",
            key=column("contacts.key"),
            school=SCHOOL,
            person=column("contacts.human"),
        ),
        of(
            Relationship,
            "pupils",
            each="contacts",
            key=column("contacts.key"),
            school=SCHOOL,
            student=column("UPN"),
            contact=column("contacts.key"),
            relationship=Cell(("contacts.relation",), optional=True),
            priority="contacts.Order",
            parental=bit("contacts.Responsibility"),
        ),
        of(
            PreviousSchool,
            "pupils",
            each="schools",
            key=column("schools.key"),
            school=SCHOOL,
            student=column("UPN"),
            name="schools.SchoolName",
            authority="schools.LEA",
            estab="schools.number",
            leaving_date="schools.LeavingDate",
            reason="schools.LeavingReason",
        ),
        of(
            SenProvision,
            "pupils",
            each="needs",
            key=column("UPN", "needs.StartDate", between=":"),
            school=SCHOOL,
            student=column("UPN"),
            code="needs.SENprovision",
            start="needs.StartDate",
        ),
        of(
            Aspect,
            "pupils",
            each="results",
            key=column("school", "results.aspect", between=":"),
            school=SCHOOL,
            kind=constant("Grade"),
            name="results.aspect",
            prior=constant("1"),
            ks1=bit("results.ks1"),
            ks2=bit("results.ks2"),
            ks3=bit("results.ks3"),
        ),
        of(
            ResultSet,
            "pupils",
            each="results",
            key=column("school", "results.set", between=":"),
            school=SCHOOL,
            name="results.set",
        ),
        of(
            AssessmentResult,
            "pupils",
            each="results",
            key=column("results.key"),
            school=SCHOOL,
            student=column("UPN"),
            aspect=column("school", "results.aspect", between=":"),
            result_set=column("school", "results.set", between=":"),
            date="results.ResultDate",
            result="results.Result",
        ),
    ),
    "CTF",
)


class CtfXml:
    """Common transfer files."""

    name = "ctf-xml"
    format = "ctf"
    fills: frozenset[Field] = facts_of(PLAN)
    settings = (PATH, NAME, SIDE)

    def read(self, reading: Reading) -> Told:
        """Open a folder or ZIP and read the files in it."""
        told = Told(Problems())
        if (side := reading.settings.get(SIDE.name) or SIDES[0]) not in SIDES:
            told.problems.add(SIDE.name, SIDE.name, f"{side!r} is not a side", " or ".join(SIDES))
        parts = open_bundle(reading.path, told.problems, ending=".xml", alone=True)
        files: list[_File] = []
        for done, name in enumerate(sorted(parts)):
            reading.progress("reading", done, len(parts))
            if (data := parts[name].read(told.problems)) is not None:
                files.append(_file(name, data, reading.settings, told.problems))
        reading.progress("reading", len(parts), len(parts))
        if not told.problems.found:
            _take(told, sorted(files, key=lambda one: one.written))
        told.place()
        return told


CTF_XML = CtfXml()


class _File(NamedTuple):
    """A file: when it was written, of which school, and its pupils by line."""

    written: str
    school: dict[str, Any]
    pupils: list[tuple[Line, dict[str, Any]]]


def _file(name: str, data: bytes, settings: Mapping[str, str], problems: Problems) -> _File:
    header, pupils = dict[str, Any](), list[tuple[Line, dict[str, Any]]]()
    for node in nodes_of(name, data, problems):
        if node.name == "Header":
            header = plain(node)
        elif node.name == "CTFpupilData":
            pupils = [(Line.of(name, one.line), plain(one)) for one in node.children if one.name == "Pupil"]
    school = _school(header, settings.get(SIDE.name) or "dest", settings.get(NAME.name, ""))
    if not (school["school"].isdecimal() and len(school["school"]) == SEVEN):
        said = f"does not say which school {'sent it' if settings.get(SIDE.name) == 'source' else 'it was sent to'}"
        problems.add(f"{name} header", name, said, f"its LEA and Estab are {school['school'] or 'blank'}; see `side`")
    return _File(
        str(header.get("DateTime") or ""), school, [(line, _pupil(one, school["school"])) for line, one in pupils]
    )


def _take(told: Told, files: list[_File]) -> None:
    """Take files in the order in which they were written: the last one that tells of a pupil counts."""
    pupils: dict[str, tuple[int, dict[str, Any]]] = {}
    for at, (line, one) in enumerate(found for file in files for found in file.pupils):
        pupils[str(one.get("UPN") or f"without {at}")] = line, one
    schools = {file.school["school"]: file.school for file in files}
    told.fill(PLAN, {"pupils": [*pupils.values()], "schools": [*enumerate(schools.values(), 1)]})
