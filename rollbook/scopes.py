"""Every consent scope, one line each, in plain words; and which scopes a fact needs.

The names are those of the Xporter School Data API 1.0.0 ("Fields by Scope"). The permission words of other dialects
are mapped to them, so one grant guards a fact wherever it is shown or written.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """What must be held to use a fact: ways that are alternatives, each a set of scopes that go together."""

    ways: frozenset[frozenset[str]]

    def __hash__(self) -> int:
        return hash(self.ways)

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


NOBODY = Need(frozenset())
"""What no scopes are enough for."""


@dataclass(frozen=True)
class Scope:
    """One consent scope: its name, its area, what it lets an app do in plain words, and whether that is to change."""

    name: str
    category: str
    words: str
    changes: bool = False
    """Whether it lets an app change something, rather than read it."""


CATALOGUE: dict[str, Scope] = {}


def _scope(name: str, category: str, words: str, *, changes: bool = False) -> Need:
    CATALOGUE[name] = Scope(name, category, words, changes)
    return Need(frozenset({frozenset({name})}))


def _write(name: str, words: str) -> Need:
    return _scope(name, "Write-back", words, changes=True)


class S:
    """The scopes by name, ready to be combined with `|` (either) and `&` (both)."""

    School = _scope("School", "School", "The school's details, groups, timetable and calendar")
    SchoolLite = _scope("SchoolLite", "School", "The school's name, address and groups only")
    historicdata = _scope("historicdata", "School", "Records from earlier academic years")
    EmergeForWeb = _scope("EmergeForWeb", "School", "Seating plans for classroom apps")
    Photos = _scope("Photos", "School", "Photographs of students and staff")
    ParentalConsents = _scope("ParentalConsents", "School", "What parents have agreed to, such as trips or photographs")
    AgencyAgent = _scope("AgencyAgent", "School", "Outside agencies that work with students, and their contacts")
    Applications = _scope("Applications", "School", "Applications for a place at the school")
    FundingMonitoring = _scope("FundingMonitoring", "School", "Funding and monitoring of post-16 learners")
    # Ed-Fi's documents hold what the names of the Xporter School Data API have no scope for: these are Rollbook's.
    Finance = _scope("Finance", "School", "The school's accounts, budgets and spending")
    SurveyResponses = _scope("SurveyResponses", "School", "What people answered in surveys")
    Student = _scope("Student", "Students", "Students' names, IDs, groups, year and status")
    StudentLite = _scope("StudentLite", "Students", "Students' names, IDs and groups only")
    StudentExtended = _scope(
        "StudentExtended", "Students", "Students' dates of birth, legal names, enrolment and contact details"
    )
    StudentDemographic = _scope(
        "StudentDemographic", "Students", "Students' languages, religion, nationality, travel and where they live"
    )
    StudentEthnicity = _scope("StudentEthnicity", "Students", "Students' ethnicity and country of birth")
    StudentFamily = _scope("StudentFamily", "Students", "Care status, homelessness, service families and young carers")
    StudentFunding = _scope("StudentFunding", "Students", "Free school meals, pupil premium and other entitlements")
    StudentFreeText = _scope("StudentFreeText", "Students", "Notes about students, user-defined fields and documents")
    StudentMedical = _scope("StudentMedical", "Students", "Students' medical conditions, events and disabilities")
    StudentPregnancy = _scope("StudentPregnancy", "Students", "Pregnancy, where it is in a medical record")
    StudentExclusions = _scope("StudentExclusions", "Students", "Suspensions and exclusions, with the reasons")
    StudentDetentions = _scope("StudentDetentions", "Students", "Detentions and who attended them")
    StudentAlternativeProvision = _scope(
        "StudentAlternativeProvision", "Students", "Education that students receive away from the school"
    )
    DietaryNeeds = _scope("DietaryNeeds", "Students", "Dietary needs and allergies")
    Post16Study = _scope("Post16Study", "Students", "Study programmes of students over 16")
    UPN = _scope("UPN", "Students", "Unique Pupil Numbers, current and former")
    Address = _scope("Address", "Students", "Students' home addresses")
    SEN = _scope("SEN", "Students", "Special educational needs in full")
    SENTypes = _scope("SENTypes", "Students", "Types of special educational need and provision")
    SENEvents = _scope("SENEvents", "Students", "Events in students' special needs records")
    SENReviews = _scope("SENReviews", "Students", "Reviews of students' special needs")
    SENStatements = _scope("SENStatements", "Students", "Statements of special educational needs")
    SENEHCP = _scope("SENEHCP", "Students", "Education, health and care plans")
    # Rollbook's own: what is granted to an app is not granted to the world.
    PublishedCounts = _scope(
        "PublishedCounts", "Students", "Numbers of students in published research, never of a few, and no names"
    )
    # Rollbook's own, for Ed-Fi's documents.
    StudentPrograms = _scope("StudentPrograms", "Students", "Support programmes and interventions that students are in")
    StudentMigrant = _scope("StudentMigrant", "Students", "Moves and services of migrant workers' children")
    StudentImmigration = _scope(
        "StudentImmigration", "Students", "Students' immigration, refugee status and displacement"
    )
    StudentDelinquency = _scope(
        "StudentDelinquency", "Students", "Programmes for students who were neglected or broke the law"
    )
    StudentRestraint = _scope("StudentRestraint", "Students", "When students were physically restrained, and why")
    Attendance = _scope("Attendance", "Attendance", "Attendance marks and totals")
    Conduct = _scope("Conduct", "Conduct", "Achievements and behaviour, with points")
    ConductComments = _scope("ConductComments", "Conduct", "Comments on achievements and behaviour")
    AssessmentResults = _scope("AssessmentResults", "Assessment", "Assessment results and prior attainment")
    ExamsResults = _scope("ExamsResults", "Assessment", "Public examination entries, forecasts and results")
    Contact = _scope(
        "Contact", "Contacts", "Parents and other contacts, with phone numbers, e-mail addresses and home addresses"
    )
    ContactFreeText = _scope("ContactFreeText", "Contacts", "User-defined fields of contacts")
    ContactExtended = _scope(
        "ContactExtended", "Contacts", "Contacts' gender identity, languages, education and identity documents"
    )
    Staff = _scope("Staff", "Staff", "Staff names, codes, work contact details and type of staff")
    StaffLite = _scope("StaffLite", "Staff", "Staff names, codes and work contact details only")
    StaffExtended = _scope("StaffExtended", "Staff", "Staff legal names, dates of birth, mobile numbers and vehicles")
    StaffEmployment = _scope(
        "StaffEmployment", "Staff", "Staff employment dates, roles, payroll, NI and teacher numbers"
    )
    StaffContractual = _scope("StaffContractual", "Staff", "Staff contracts, pay scales and allowances")
    StaffPersonalContact = _scope("StaffPersonalContact", "Staff", "Staff personal e-mail addresses and phone numbers")
    StaffAddress = _scope("StaffAddress", "Staff", "Staff home addresses")
    StaffNextOfKin = _scope("StaffNextOfKin", "Staff", "Staff emergency contacts")
    StaffAbsence = _scope("StaffAbsence", "Staff", "Staff absences")
    StaffChecks = _scope("StaffChecks", "Staff", "Safer recruitment checks")
    StaffFreeText = _scope("StaffFreeText", "Staff", "User-defined fields and documents of staff")
    StaffQualifications = _scope("StaffQualifications", "Staff", "Staff qualifications")
    StaffTraining = _scope("StaffTraining", "Staff", "Staff training")
    StaffImpairments = _scope("StaffImpairments", "Staff", "Staff impairments, where recorded")
    # The first two are the service's own; the others are Rollbook's, since the document names no scope for them.
    WritebackAttendance = _write("WritebackAttendance", "Enter and change attendance marks")
    WritebackConduct = _write("WritebackConduct", "Record achievements, behaviour, detentions and exclusions")
    WritebackPhotos = _write("WritebackPhotos", "Add, replace and remove photographs of students and staff")
    WritebackTags = _write("WritebackTags", "Define tags, and give them to people and groups")
    WritebackAttributes = _write("WritebackAttributes", "Keep the app's own notes about people and groups")
    WritebackUsers = _write("WritebackUsers", "Set the usernames that people sign in with")
    WritebackGDPRfilter = _write("WritebackGDPRfilter", "Leave out more people than the school does")
    WritebackSeating = _write("WritebackSeating", "Create and change seating plans")
    # What Ed-Fi writes; each record says which of them it needs (`Record.writing`).
    WritebackSchool = _write("WritebackSchool", "Change the school's details, terms, courses and programmes")
    WritebackStudents = _write(
        "WritebackStudents", "Add students, and change their names, dates of birth and other details"
    )
    WritebackEnrolments = _write("WritebackEnrolments", "Enrol students, and change or delete enrolments")
    WritebackStaff = _write("WritebackStaff", "Add staff, and change their names, other details and positions")
    WritebackGroups = _write("WritebackGroups", "Change classes, cohorts, what is taught in them and who is in them")
    # What OneRoster's gradebook writes.
    WritebackAssessment = _write(
        "WritebackAssessment", "Set work for classes, and enter, change and delete what students achieved"
    )
    # What Ed-Fi's documents write.
    WritebackContacts = _write("WritebackContacts", "Add parents and other contacts, and say whose they are")
    WritebackPrograms = _write(
        "WritebackPrograms", "Enter which support programmes and interventions students are in, and what they receive"
    )
    WritebackMedical = _write("WritebackMedical", "Enter students' immunisations")
    WritebackSurveys = _write("WritebackSurveys", "Set up surveys, and enter what people answered")
    WritebackFinance = _write("WritebackFinance", "Change the school's accounts, budgets, spending and payroll")


def lets_change(need: Need) -> bool:
    """Whether a scope that lets an app change something is needed, whichever way it is met."""
    return all(any(CATALOGUE[name].changes for name in way) for way in need.ways)


def readable(names: Iterable[str]) -> tuple[str, ...]:
    """Those of some scopes that let an app read, in the order of the catalogue."""
    held = set(names)
    return tuple(s.name for s in CATALOGUE.values() if s.name in held and not s.changes)


def writable(names: Iterable[str]) -> tuple[str, ...]:
    """Those of some scopes that let an app change something, in the order of the catalogue."""
    held = set(names)
    return tuple(s.name for s in CATALOGUE.values() if s.name in held and s.changes)
