"""The students of an invented school and their contacts."""

from __future__ import annotations

from typing import Any

from ..model.people import Contact, ContactComm
from ..model.students import ENGLISH_LEVELS, TRAVEL, Relationship, Student, StudentComm, StudentPhoto
from .admissions import (
    CURRENT,
    JOINS_NEXT_YEAR,
    JOINS_THIS_YEAR,
    LEFT_LAST_YEAR,
    LEFT_THIS_YEAR,
    Family,
    Guardian,
    Place,
)
from .draft import Draft, guid
from .groups import Groups
from .numbers import portrait, uln, upn
from .people import put_comms
from .schools import Plan

DESTINATIONS = (
    ("Mossbridge Sixth Form College", "End of phase transfer - FE/6th form college"),
    ("Apprenticeship with Hobbin Mills", "Left school for work based training"),
    ("University of the Wold", "Left school for higher education"),
)
MOVED = (
    ("Teasel Valley School", "Moved to another school - left area"),
    ("Not known", "Left with no destination known"),
)
DAILY = ("WLK", "CYC", "CAR", "DSB", "PSB")
BOARDS = "BDR"
ASSESSED = "ABCDE"
QUICK_NOTES = (
    "Sits near the front: wears glasses",
    "Often late on Mondays, lives furthest away",
    "Looks after the school hens",
    "Ask about the violin",
)
NEEDS = "N" * 84 + "K" * 12 + "E" * 4
RURAL = ("Pinyon Gap",)
"""Towns that are none."""

GROUP_PREFIX = {
    CURRENT: "",
    LEFT_LAST_YEAR: "leaving_",
    LEFT_THIS_YEAR: "leaving_",
    JOINS_THIS_YEAR: "planned_",
    JOINS_NEXT_YEAR: "planned_",
}
"""Whether a student's groups are those of now, of the time of leaving, or planned."""


class Office:
    """Writes the records of a school's students and of the people around them."""

    def __init__(self, draft: Draft, groups: Groups) -> None:
        self.draft = draft
        self.groups = groups
        self.plan: Plan = groups.plan
        self.contacts: dict[str, str] = {}

    def enrol(self, place: Place) -> None:
        """Add a student with their contacts, ways to reach them and photo."""
        draft, plan, school = self.draft, self.plan, self.groups.school
        human = place.child.human
        local = human.facts["username"]
        facts = {
            **self._enrolment(place),
            **self._groups(place),
            **self._welfare(place),
            **(self._american(place) if plan.american else self._british(place)),
            "work_email": f"{local}@{plan.domain}",
            "idaas_email": f"{local}@idaas.{plan.domain}" if place.current else None,
            "parental_salutation": salutation(place.child.family),
        }
        draft.put(Student, id=place.id, school=school, person=human.id, **facts)
        put_comms(draft, StudentComm, school, place.id, {**human.facts, "work_email": facts["work_email"]})
        if place.number % 20:
            draft.put(
                StudentPhoto,
                school=school,
                who=place.id,
                # Photographs of staff have the numbers below those of students.
                mis_id=str(place.number),
                image=portrait(f"{plan.estab} student {place.number}"),
            )
        for priority, guardian in enumerate(place.child.family.guardians, 1):
            self._relate(place, guardian, priority)

    def _enrolment(self, place: Place) -> dict[str, Any]:
        number = place.number
        boarder = self._boards(place)
        return {
            "mis_id": str(number),
            "external_id": guid(self.plan.estab, "student", number),
            "admission_no": None if place.enrolment == "G" else f"{number:06}",
            "entry_date": place.entry,
            "leaving_date": place.leaving,
            "enrolment_status": place.enrolment,
            "boarder": int(boarder),
            "boarding_house": "Lantern House" if boarder else None,
            "part_time": int(place.part_time),
            **(self._leaving(place) if place.leaving else {}),
        }

    def _boards(self, place: Place) -> bool:
        return self.plan.kind == "secondary" and place.stay.year > 11 and place.ability > 0.9

    def _leaving(self, place: Place) -> dict[str, Any]:
        plan, year, draft = self.plan, place.stay.year, self.draft
        if plan.primary and year == 6:
            where, why = plan.onward, "End of phase transfer - secondary school"
        elif year > 10 and place.stay.status == LEFT_LAST_YEAR:
            where, why = DESTINATIONS[2] if year > 12 or plan.american else draft.pick(DESTINATIONS[:2])
        else:
            where, why = draft.pick(MOVED)
        return {
            "destination": where,
            "destination_start": None if where == "Not known" else self._after(place),
            "reason_for_leaving": why,
        }

    def _after(self, place: Place) -> str:
        leaving = place.leaving or ""
        return max(leaving, self.plan.this_year.first) if leaving <= self.plan.last_year.end else leaving

    def _groups(self, place: Place) -> dict[str, Any]:
        groups, plan, year = self.groups, self.plan, place.stay.year
        form = groups.form_of(place, year)
        status = place.stay.status
        when = {LEFT_LAST_YEAR: plan.last_year.name, JOINS_NEXT_YEAR: "next"}.get(status, plan.this_year.name)
        prefix = GROUP_PREFIX[status]
        house = groups.houses[place.house % len(groups.houses)] if groups.houses and place.current else None
        return {
            f"{prefix}year_group": groups.years[year],
            f"{prefix}reg_group": groups.forms[when, year, form],
            "house_group": house,
        }

    def _welfare(self, place: Place) -> dict[str, Any]:
        draft = self.draft
        daily = draft.pick(DAILY)
        code = BOARDS if self._boards(place) else daily
        care = any(g.relationship == "Carer" for g in place.child.family.guardians)
        need = draft.pick(NEEDS)
        return {
            "sen_provision": need if draft.chance(0.97) else None,
            "disabled": int(draft.chance(0.6 if need == "E" else 0.01)),
            "on_report": int(draft.chance(0.03)),
            "travel_code": code,
            "travel_mode": TRAVEL[code],
            "gifted": int(place.ability > 0.93),
            "young_carer": int(draft.chance(0.015)),
            "quick_note": draft.pick(QUICK_NOTES) if draft.chance(0.05) else None,
            "in_care": int(care),
            "care_authority": "999" if care and not self.plan.american else None,
            "ever_in_care": int(care or draft.chance(0.01)),
        }

    def _american(self, place: Place) -> dict[str, Any]:
        fsm = self.draft.chance(0.35)
        family = place.child.family.number
        poor = fsm or family % 11 == 3
        ends = int(self.plan.this_year.end[:4]) + {LEFT_LAST_YEAR: -1, JOINS_NEXT_YEAR: 1}.get(place.stay.status, 0)
        return {
            "grade": self.plan.year_code(place.stay.year),
            "graduation_year": ends + 12 - place.stay.year,
            "eal": int(place.child.human.facts["first_language"] != "English"),
            "fsm_eligible": int(fsm),
            "economically_disadvantaged": int(poor),
            "public_assistance": int(poor and family % 3 == 0),
            "homeless": int(family % 80 == 21),
            "migrant": int(family % 50 == 9),
            "rural_residency": int(place.child.human.facts["town"] in RURAL),
            # CEDS, public school residence status: of another district of the state, or of this school's own area.
            "residence_status": "01654" if family % 40 == 17 else "01652",
        }

    def _british(self, place: Place) -> dict[str, Any]:
        draft, year = self.draft, place.stay.year
        code = self.plan.year_code(year)
        eal = place.child.human.facts["first_language"] != "English"
        level = draft.pick(ASSESSED) if eal else None
        service = draft.chance(0.03)
        return {
            **self._numbers(place),
            **self._funding(place),
            "nc_year": code,
            # Now and then a child is taught with the year below.
            "taught_in": self.plan.year_code(year - 1) if year > 1 and place.number % 200 == 77 else code,
            "eal": int(eal),
            "english_level": ENGLISH_LEVELS[level] if level else None,
            "english_level_code": level,
            "service_child": int(service) if draft.chance(0.95) else None,
            "service_child_source": draft.pick(("Parent", "Student")) if service else None,
            "yssa": draft.pick(("Obtained", "Obtained", "Refused", "Unsought")) if year > 7 else None,
        }

    def _numbers(self, place: Place) -> dict[str, Any]:
        serial, year = place.child.serial, place.stay.year
        here = place.stay.status not in (JOINS_NEXT_YEAR, JOINS_THIS_YEAR)
        # Where a child starts in Reception a number is given for good, to a newcomer one that will be replaced.
        began, estab = 2026 - max(0, place.child.cohort), f"999{2001 + serial // 1000}"
        temporary = upn(estab, 2026, serial, temporary=True)
        lasting = temporary if serial % 75 == 50 else upn(estab, began, serial)
        return {
            "upn": None if place.enrolment == "G" or place.child.cohort < 0 else lasting,
            "former_upn": temporary if serial % 50 == 20 else None,
            "uln": uln(serial) if year > 9 and here else None,
            "candidate_no": f"{place.number % 10_000:04}" if year > 10 and here else None,
        }

    def _funding(self, place: Place) -> dict[str, Any]:
        draft = self.draft
        poor = place.child.family.number % 5 == 2
        ended = poor and draft.chance(0.15)
        return {
            "fsm_eligible": int(poor and not ended) if draft.chance(0.96) else None,
            "fsm_start": f"{max(place.entry[:4], '2023')}-09-11" if poor else None,
            "fsm_end": f"{max(place.entry[:4], '2026')}-10-30" if ended else None,
            "ever6": int(poor or draft.chance(0.03)),
            "pupil_premium": int(poor or draft.chance(0.04)),
            "uniform_allowance": int(poor and draft.chance(0.3)),
        }

    def _relate(self, place: Place, guardian: Guardian, priority: int) -> None:
        self.draft.put(
            Relationship,
            school=self.groups.school,
            student=place.id,
            contact=self._contact(guardian),
            relationship=guardian.relationship,
            priority=priority,
            parental=guardian.parental,
            court_order=guardian.court_order,
        )

    def _contact(self, guardian: Guardian) -> str:
        human = guardian.human
        if human.id not in self.contacts:
            number = 20_001 + len(self.contacts)
            reached = {k: guardian.facts.get(k) for k in ("translator_required", "work_email", "work_phone")}
            self.contacts[human.id] = contact = self.draft.put(
                Contact,
                school=self.groups.school,
                person=human.id,
                mis_id=str(number),
                external_id=guid(self.plan.estab, "contact", number),
                **reached,
            )
            put_comms(self.draft, ContactComm, self.groups.school, contact, guardian.facts)
        return self.contacts[human.id]


def salutation(family: Family) -> str | None:
    """How a letter to the parents begins: `Mr and Mrs Wren`, `Mrs Ada Wren`."""
    parents = [g.human for g in family.guardians if g.parental and g.human.home == family.home]
    match parents:
        case [one]:
            return f"{one.title} {one.forename} {one.surname}"
        case [one, other] if one.surname == other.surname and {one.title, other.title} == {"Mr", "Mrs"}:
            return f"Mr and Mrs {one.surname}"
        case [one, other]:
            return f"{one.title} {one.surname} and {other.title} {other.surname}"
        case _:
            return None
