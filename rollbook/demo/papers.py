"""Documents, user-defined fields and lookups of an invented school."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Iterable, Mapping

from ..model.calendar import CalendarEvent
from ..model.documents import DocumentType, StaffDocument, StudentDocument
from ..model.groups import GROUP_KINDS
from ..model.lookups import (
    ContactFieldValue,
    Lookup,
    LookupType,
    StaffFieldValue,
    StudentFieldValue,
    UserDefinedField,
)
from ..model.people import Comm, Contact
from ..model.students import ENGLISH_LEVELS, ENROLMENT, SEN_PROVISIONS, TRAVEL
from .opened import Opened

TYPES = (("GENERAL", "General Document"), ("LETTER", "Letter Home"), ("REPORT", "Report"), ("CERT", "Certificate"))

STUDENT_PAPERS = (
    ("GENERAL", "Library Agreement", "I shall bring books back in the state in which I found them."),
    ("LETTER", "Visit to the Windmill", "Dear family, we shall visit the windmill. Please send a packed lunch."),
    ("LETTER", "Thank you for the music", "Dear family, thank you for a fine evening of music in the hall."),
    ("REPORT", "Autumn Report", "Works with care, asks good questions, and looks after the hens."),
    ("CERT", "Swimming, 25 metres", "This is to say that 25 metres were swum without touching the bottom."),
)
STAFF_PAPERS = (
    ("GENERAL", "Key Agreement", "I have had a key of the staff room and shall give it back when I leave."),
    ("CERT", "First Aid at Work", "This is to say that the course was attended and the test was passed."),
    ("LETTER", "Welcome", "Dear colleague, we are glad that you are here. Tea is at half past ten."),
)

STUDENT_FIELDS = ("Locker Number", "Bus Stop", "Instrument")
STAFF_FIELDS = ("Parking Space", "Locker Number")
CONTACT_FIELDS = ("Newsletter",)
STOPS = ("Mossbridge Green", "Lanthorn Lane", "Teasel Court", "Heron Marsh", "Old Orchard Way")
INSTRUMENTS = ("Violin", "Trumpet", "Clarinet", "Piano", "Drums", "Ukulele")


def put_papers(opened: Opened) -> None:
    """Add them."""
    _put_lookups(opened)
    _put_fields(opened)
    _put_documents(opened)


# ---- lookups


def _put_lookups(opened: Opened) -> None:
    for name, about, words in lookups(opened):
        kind = opened.put(LookupType, name=name, description=about)
        for order, (code, description) in enumerate(words, 1):
            # What has gone out of use still stands on older records.
            active = int("(until " not in description)
            opened.put(Lookup, type=kind, code=code, description=description, display_order=order, active=active)


def lookups(opened: Opened) -> Iterable[tuple[str, str, list[tuple[str, str]]]]:
    """The lists of words that the school's records are written in: name, what it is about, codes and what they say."""
    plan = opened.plan
    told = {key: _pairs(plan.locale.backgrounds, key) for key in ("ethnicity", "religion", "home_language")}
    yield "Gender", "Gender of a person", [("F", "Female"), ("M", "Male"), ("X", "Neither"), ("U", "Not known")]
    yield "GroupType", "Type of a group", list(GROUP_KINDS.items())
    yield "Ethnicity", "Ethnicity of a person", told["ethnicity"]
    yield "Religion", "Religion of a person", told["religion"]
    yield "Language", "Language of a person", told["home_language"]
    yield "CommsType", "Way to reach a person", list(Comm.comms_type.choices.items())
    yield "CalendarEventType", "Type of an event in the diary", list(CalendarEvent.kind.choices.items())
    if plan.american:
        return
    yield "EnrolmentStatus", "Enrolment status of a student", list(ENROLMENT.items())
    yield "ModeOfTravel", "Mode of travel to school", list(TRAVEL.items())
    yield "EnglishProficiency", "English proficiency of a student", list(ENGLISH_LEVELS.items())
    yield "SENProvision", "SEN provision of a student", [*SEN_PROVISIONS.items(), ("S", "Statement (until 2018)")]


def _pairs(backgrounds: Iterable[Mapping[str, str]], key: str) -> list[tuple[str, str]]:
    found = {b[f"{key}_code"]: b[key] for b in backgrounds if b.get(f"{key}_code") and b.get(key)}
    return sorted(found.items())


# ---- fields of the school's own


def _put_fields(opened: Opened) -> None:
    fields = {
        (kind, name): opened.put(UserDefinedField, kind=kind, name=name)
        for kind, names in (("Student", STUDENT_FIELDS), ("Staff", STAFF_FIELDS), ("Contact", CONTACT_FIELDS))
        for name in names
    }
    rng = opened.chance_of("fields")
    for at, place in enumerate(p for p in opened.places if p.current):
        said = {
            "Locker Number": str(at + 1) if place.number % 3 == 0 else None,
            "Bus Stop": rng.choice(STOPS) if place.number % 4 == 3 else None,
            "Instrument": rng.choice(INSTRUMENTS) if rng.random() < 0.12 else None,
        }
        for name, value in said.items():
            if value:
                opened.put(StudentFieldValue, field=fields["Student", name], student=place.id, value=value)
    for at, member in enumerate(m for m in opened.staff.members if m.current):
        space = {"Parking Space": f"{'AB'[at % 2]}{at + 1}" if at % 2 == 0 else None, "Locker Number": str(at + 1)}
        for name, value in space.items():
            if value:
                opened.put(StaffFieldValue, field=fields["Staff", name], staff=member.id, value=value)
    for number, row in enumerate(opened.draft.rows.get(Contact, ())):
        if row["school"] == opened.school and number % 5 == 0:
            value = "By post" if number % 2 else "By e-mail"
            opened.put(ContactFieldValue, field=fields["Contact", "Newsletter"], contact=row["id"], value=value)


# ---- documents


def _put_documents(opened: Opened) -> None:
    kinds = {code: opened.put(DocumentType, code=code, name=name) for code, name in TYPES}
    days = [d.date for year in (opened.plan.last_year, opened.plan.this_year) for d in year.days() if not d.closed]
    past = [day for day in days if day <= opened.today]
    rng = opened.chance_of("documents")
    for number, place in enumerate(p for p in opened.places if p.current):
        if number % 8 < 2 or place.number < opened.plan.first_student + 3:
            since = [day for day in past if day >= place.entry] or past[-1:]
            for code, title, text in [*rng.sample(STUDENT_PAPERS[1:], rng.choice((0, 1, 2))), STUDENT_PAPERS[0]]:
                facts = paper(kinds[code], title, text, rng.choice(since))
                opened.put(StudentDocument, student=place.id, confidential=int(rng.random() < 0.1), **facts)
    for number, member in enumerate(m for m in opened.staff.members if m.current):
        if number % 3 == 0 or number < 3:
            since = [day for day in past if day >= (member.start or "")] or past[-1:]
            for code, title, text in STAFF_PAPERS[: rng.choice((1, 2, 3))]:
                opened.put(StaffDocument, staff=member.id, **paper(kinds[code], title, text, rng.choice(since)))


def paper(kind: str, title: str, text: str, day: str) -> dict[str, str | int]:
    """The facts of a document: its content is the text, compressed and in base64."""
    content = f"{title}\n\n{text}\n".encode()
    packed = gzip.compress(content, mtime=0)
    return {
        "type": kind,
        "file_name": f"{title.replace(' ', '_').replace(',', '')}.txt.gz",
        "size": len(content),
        "compressed_size": len(packed),
        "attachment": b64encode(packed).decode(),
        "summary": f"{title} ({day[8:]}/{day[5:7]}/{day[:4]})",
        "modified": day,
    }
