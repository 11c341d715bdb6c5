"""Every consent scope, one line each, in a person's words; and what a fact needs of them.

The names are those of the Xporter School Data API 1.0.0 ("Fields by Scope"); other dialects' permission words
are mapped to them, so that one grant guards a fact wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """What must be held to use a fact: ways that are alternatives, each a set of scopes that go together."""

    ways: frozenset[frozenset[str]]

    def __or__(self, other: Need) -> Need:
        return Need(_shortest(self.ways | other.ways))

    def __and__(self, other: Need) -> Need:
        return Need(_shortest(a | b for a in self.ways for b in other.ways))

    def met_by(self, held: Set[str]) -> bool:
        """Whether the scopes held are enough."""
        return any(way <= held for way in self.ways)

    def __str__(self) -> str:
        return " / ".join(sorted("&".join(sorted(way)) for way in self.ways)) or "*"


def _shortest(ways: Iterable[frozenset[str]]) -> frozenset[frozenset[str]]:
    # A way that holds another way asks for more than it must.
    every = set(ways)
    return frozenset(w for w in every if not any(o < w for o in every))


ANYONE = Need(frozenset({frozenset[str]()}))


@dataclass(frozen=True)
class Scope:
    """One consent scope: its name, the area it belongs to, and what it lets an app see, in plain words."""

    name: str
    category: str
    words: str


CATALOGUE: dict[str, Scope] = {}


def _scope(name: str, category: str, words: str) -> Need:
    CATALOGUE[name] = Scope(name, category, words)
    return Need(frozenset({frozenset({name})}))


class S:
    """The scopes by name, ready to be combined with `|` (either) and `&` (both)."""

    School = _scope("School", "School", "The school's details, groups, timetable and calendar")
    SchoolLite = _scope("SchoolLite", "School", "The school's name and address, and its groups")
    historicdata = _scope("historicdata", "School", "Records of earlier academic years")
    EmergeForWeb = _scope("EmergeForWeb", "School", "Seating plans made for classroom apps")
    Photos = _scope("Photos", "School", "Photographs of students and staff")
    ParentalConsents = _scope("ParentalConsents", "School", "What parents agreed to, such as trips or photographs")
    AgencyAgent = _scope("AgencyAgent", "School", "Outside agencies that work with students, and their people")
    Applications = _scope("Applications", "School", "Applications for a place at the school")
    FundingMonitoring = _scope("FundingMonitoring", "School", "Funding and monitoring of post-16 learners")
    Student = _scope("Student", "Students", "Students' names, ids, groups, year and status")
    StudentLite = _scope("StudentLite", "Students", "Students' names, ids and groups only")
    StudentExtended = _scope("StudentExtended", "Students", "Birth dates, legal names, enrolment and contact details")
    StudentDemographic = _scope(
        "StudentDemographic", "Students", "Languages, religion, nationality, travel and where they live"
    )
    StudentEthnicity = _scope("StudentEthnicity", "Students", "Ethnicity and country of birth")
    StudentFamily = _scope("StudentFamily", "Students", "Care status, homelessness, service families and young carers")
    StudentFunding = _scope("StudentFunding", "Students", "Free school meals, pupil premium and other entitlements")
    StudentFreeText = _scope("StudentFreeText", "Students", "Notes about students, user-defined fields and documents")
    StudentMedical = _scope("StudentMedical", "Students", "Medical conditions, events and disabilities")
    StudentPregnancy = _scope("StudentPregnancy", "Students", "Pregnancy, where a medical record names it")
    StudentExclusions = _scope("StudentExclusions", "Students", "Suspensions and exclusions with their reasons")
    StudentDetentions = _scope("StudentDetentions", "Students", "Detentions and who attended them")
    StudentAlternativeProvision = _scope(
        "StudentAlternativeProvision", "Students", "Education that a student receives somewhere else"
    )
    DietaryNeeds = _scope("DietaryNeeds", "Students", "What students cannot or do not eat")
    Post16Study = _scope("Post16Study", "Students", "Study programmes of students over sixteen")
    UPN = _scope("UPN", "Students", "Unique Pupil Numbers, current and former")
    Address = _scope("Address", "Students", "Students' home addresses")
    SEN = _scope("SEN", "Students", "Special educational needs in full")
    SENTypes = _scope("SENTypes", "Students", "Kinds of special educational need and provision")
    SENEvents = _scope("SENEvents", "Students", "Events in a student's special needs record")
    SENReviews = _scope("SENReviews", "Students", "Reviews of a student's special needs")
    SENStatements = _scope("SENStatements", "Students", "Statements of special educational needs")
    SENEHCP = _scope("SENEHCP", "Students", "Education, health and care plans")
    Attendance = _scope("Attendance", "Attendance", "Attendance marks and what they add up to")
    Conduct = _scope("Conduct", "Conduct", "Achievements and behaviour, with points")
    ConductComments = _scope("ConductComments", "Conduct", "What was written about an achievement or incident")
    AssessmentResults = _scope("AssessmentResults", "Assessment", "Assessment results and prior attainment")
    ExamsResults = _scope("ExamsResults", "Assessment", "Entries, forecasts and results of public examinations")
    Contact = _scope("Contact", "Contacts", "Parents and other contacts with their phones, e-mails and addresses")
    ContactFreeText = _scope("ContactFreeText", "Contacts", "User-defined fields of contacts")
    Staff = _scope("Staff", "Staff", "Staff names, codes, work contact details and kind of staff")
    StaffLite = _scope("StaffLite", "Staff", "Staff names, codes and work contact details only")
    StaffExtended = _scope("StaffExtended", "Staff", "Staff legal names, birth dates, mobiles and vehicles")
    StaffEmployment = _scope("StaffEmployment", "Staff", "Employment dates, roles, payroll, NI and teacher numbers")
    StaffContractual = _scope("StaffContractual", "Staff", "Contracts, scales and allowances")
    StaffPersonalContact = _scope("StaffPersonalContact", "Staff", "Staff home e-mail and telephone")
    StaffAddress = _scope("StaffAddress", "Staff", "Staff home addresses")
    StaffNextOfKin = _scope("StaffNextOfKin", "Staff", "Who to call for a member of staff")
    StaffAbsence = _scope("StaffAbsence", "Staff", "Staff absences")
    StaffChecks = _scope("StaffChecks", "Staff", "Safer-recruitment checks")
    StaffFreeText = _scope("StaffFreeText", "Staff", "User-defined fields and documents of staff")
    StaffQualifications = _scope("StaffQualifications", "Staff", "Staff qualifications")
    StaffTraining = _scope("StaffTraining", "Staff", "Training that staff have had")
    StaffImpairments = _scope("StaffImpairments", "Staff", "Impairments of staff, where recorded")
    # The first two are the service's own; the others are Rollbook's, since the document names no scope for them.
    WritebackAttendance = _scope("WritebackAttendance", "Write-back", "Enter and change attendance marks")
    WritebackConduct = _scope("WritebackConduct", "Write-back", "Record achievements, behaviour and detentions")
    WritebackPhotos = _scope("WritebackPhotos", "Write-back", "Add and replace photographs of students and staff")
    WritebackTags = _scope("WritebackTags", "Write-back", "Define tags, and give them to people and groups")
    WritebackAttributes = _scope(
        "WritebackAttributes", "Write-back", "Keep the app's own notes about people and groups"
    )
    WritebackUsers = _scope("WritebackUsers", "Write-back", "Set the names by which people sign in")
    WritebackGDPRfilter = _scope("WritebackGDPRfilter", "Write-back", "Leave out more people than the school does")
