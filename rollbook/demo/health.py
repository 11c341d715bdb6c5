"""The health of an invented school's students: conditions, diet, medical records and notes."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from ..model.medical import (
    DietaryNeed,
    MedicalCondition,
    MedicalNote,
    MedicalRecord,
    StudentCondition,
    StudentDietaryNeed,
)
from ..model.students import Student
from .admissions import LEFT_LAST_YEAR, Place
from .opened import Opened


class Condition(NamedTuple):
    """A medical condition: how many students in a thousand have it, how often it is noted, and what the note says."""

    name: str
    often: int
    noted: float
    summary: str
    note: str


CONDITIONS = (
    Condition("Asthma", 105, 0.5, "Carries an inhaler", "Carries a blue inhaler. A spare one is in the medical room."),
    Condition("Hayfever", 80, 0.1, "Tablets in summer", "Takes an antihistamine at home from May to July."),
    Condition("Eczema", 45, 0.1, "May use hand cream", "May leave lessons for a moment to use a cream."),
    Condition("Migraine", 16, 0.4, "Quiet room helps", "May rest in the medical room. Sunglasses allowed indoors."),
    Condition("Severe allergy", 0, 1.0, "Carries a pen", "Carries an adrenaline pen. A spare one is in the office."),
    Condition("Coeliac disease", 8, 0.5, "Gluten-free meals", "The kitchen keeps a separate tray at lunchtime."),
    Condition("Epilepsy", 5, 1.0, "Care plan in place", "Staff know the care plan. Likes to sit by the door."),
    Condition("Type 1 diabetes", 4, 1.0, "May eat in lessons", "Checks glucose before lunch. May eat in lessons."),
    Condition("Heart condition", 3, 1.0, "Chooses own pace", "Takes part in everything, at a pace of their own."),
    Condition("Hearing impairment", 4, 0.8, "Wears hearing aids", "Wears hearing aids. Likes to see who is speaking."),
    Condition("Visual impairment", 3, 0.8, "Large print", "Reads large print. Sits at the front."),
    Condition("Cerebral palsy", 0, 1.0, "Uses the lift", "Uses the lift and leaves lessons two minutes early."),
    Condition("Juvenile arthritis", 0, 0.8, "Laptop for writing", "Uses a laptop when hands are stiff."),
)
ASTHMA, ALLERGY, COELIAC = 0, 4, 5
DISABLING = (6, 9, 10, 11, 12)
"""What students who are recorded as disabled have, in places of `CONDITIONS`."""

DIETS = (
    ("VEGE", "Vegetarian", 55),
    ("VEGN", "Vegan", 12),
    ("HALA", "Halal", 0),
    ("KOSH", "Kosher", 0),
    ("DAIR", "No dairy produce", 15),
    ("GLUT", "No gluten", 4),
    ("NUTS", "Nut allergy", 16),
    ("SEAF", "Seafood allergy", 6),
    ("EGGS", "Egg allergy", 7),
)
"""Code, description and how many students in a thousand have it, whatever their faith."""
ALLERGIES = ("NUTS", "SEAF", "EGGS")
FAITHS = {"MU": "HALA", "JE": "KOSH"}
"""What most students of a religion (by its code) eat."""


def students_of(opened: Opened) -> dict[str, dict[str, Any]]:
    """The records of a school's students, by hub id."""
    return {row["id"]: row for row in opened.draft.rows.get(Student, []) if row["school"] == opened.school}


def known_now(opened: Opened) -> list[Place]:
    """The students whose welfare the school still keeps records of: not those who left a year ago."""
    return [place for place in opened.places if place.stay.status != LEFT_LAST_YEAR]


def put_health(opened: Opened) -> frozenset[str]:
    """Add the lists of conditions and diets, and what each student has of them; gives who has asthma, by hub id."""
    clinic = Clinic(opened)
    return frozenset(place.id for place in known_now(opened) if ASTHMA in clinic.examine(place))


class Clinic:
    """Writes down what students' families told the school of their health."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.rng: Random = opened.chance_of("health")
        self.students = students_of(opened)
        put = opened.put
        self.conditions = [put(MedicalCondition, description=c.name) for c in CONDITIONS]
        self.diets = {code: put(DietaryNeed, code=code, description=words) for code, words, _ in DIETS}
        this = opened.plan.this_year
        self.days = [d.date for y in (opened.plan.last_year, this) for d in y.days() if not d.closed]
        self.days = [d for d in self.days if d <= opened.today]

    def examine(self, place: Place) -> list[int]:
        """Add one student's record, with what belongs to it; gives the conditions, as places of `CONDITIONS`."""
        student = self.students[place.id]
        diets = self.diets_of(place)
        conditions = self.conditions_of(diets, disabled=bool(student["disabled"]))
        if COELIAC in conditions and "GLUT" not in diets:
            diets.append("GLUT")
        record = self.opened.put(MedicalRecord, student=place.id, **self.record_of(place))
        for code in diets:
            self.opened.put(StudentDietaryNeed, student=place.id, need=self.diets[code], record=record)
        for number in conditions:
            self.opened.put(StudentCondition, student=place.id, condition=self.conditions[number])
            self.note(place, CONDITIONS[number])
        return conditions

    def record_of(self, place: Place) -> dict[str, Any]:
        """Whether a parent agreed to treatment in an emergency, and whether a student expects a child."""
        agreed = self.rng.random()
        grown = place.child.human.gender == "F" and place.child.cohort > 8
        return {
            "emergency_consent": 1 if agreed < 0.94 else 0 if agreed < 0.98 else None,
            "pregnant": int(self.expects(place)) if grown else None,
        }

    def expects(self, place: Place) -> bool:
        """One sixth-former, who is well looked after."""
        grown = (p for p in self.opened.places if p.current and p.stay.year > 12 and p.child.human.gender == "F")
        return not self.opened.plan.american and place is next(grown, None)

    def diets_of(self, place: Place) -> list[str]:
        """What a student does not eat: by faith, by choice or for an allergy."""
        faith = FAITHS.get(place.child.human.facts.get("religion_code") or "")
        found = [faith] if faith and self.rng.random() < 0.8 else []
        found += [code for code, _, often in DIETS if self.rng.random() * 1000 < often]
        # Who eats nothing of animals is not said to eat no meat as well.
        return [code for code in found if code != "VEGE" or "VEGN" not in found]

    def conditions_of(self, diets: list[str], *, disabled: bool) -> list[int]:
        """The conditions of a student, in the order of the list; a disability always has a reason."""
        found = {n for n, c in enumerate(CONDITIONS) if self.rng.random() * 1000 < c.often and n not in DISABLING[1:]}
        if disabled:
            found.add(self.rng.choice(DISABLING))
        if any(code in ALLERGIES for code in diets) and self.rng.random() < 0.6:
            found.add(ALLERGY)
        return sorted(found)

    def note(self, place: Place, condition: Condition) -> None:
        """Write down what staff should know."""
        days = [d for d in self.days[-120:] if place.entry <= d <= (place.leaving or d)]
        if self.rng.random() < condition.noted:
            self.opened.put(
                MedicalNote,
                student=place.id,
                summary=condition.summary,
                note=condition.note,
                last_modified=self.rng.choice(days) if days else self.days[-1],
            )
