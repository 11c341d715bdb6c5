"""Edlink's words for what the record says in others': grades, subjects, races, genders, residence."""

from __future__ import annotations

from typing import Any

from .resource import flat

GRADE_LEVELS = (
    *("Birth", "Prenatal", "IT", "PR", "PK", "TK", "KG"),
    *(f"{grade:02}" for grade in range(1, 14)),
    *("PS", "UG", "Other"),
)

SUBJECTS: dict[str, tuple[str, ...]] = {
    "CEDS.01": ("English", "English Language", "English Literature", "Language Arts", "Literacy", "Reading", "Phonics"),
    "CEDS.02": ("Mathematics", "Maths", "Math", "Further Mathematics", "Statistics", "Algebra", "Geometry", "Numeracy"),
    "CEDS.03": ("Science", "Combined Science", "Biology", "Chemistry", "Physics", "Environmental Science"),
    "CEDS.04": (
        *("Social Studies", "Social Sciences", "History", "Geography", "Citizenship", "Politics", "Government"),
        *("Psychology", "Sociology", "Humanities", "Classics", "Philosophy"),
    ),
    "CEDS.05": ("Art", "Art and Design", "Music", "Drama", "Dance", "Fine Arts", "Photography", "Performing Arts"),
    "CEDS.07": ("Religious Education", "Religious Studies", "Theology"),
    "CEDS.08": ("Physical Education", "PE", "Games", "Health", "PSHE", "Health and Safety", "Sport"),
    "CEDS.09": ("Military Science",),
    "CEDS.10": ("Computing", "Computer Science", "ICT", "Information Technology", "Information Science"),
    "CEDS.11": ("Media Studies", "Film Studies", "Communications", "Audio Visual Technology"),
    "CEDS.12": ("Business", "Business Studies", "Marketing", "Accounting", "Economics", "Personal Finance"),
    "CEDS.13": ("Manufacturing", "Woodwork", "Metalwork"),
    "CEDS.14": ("Health Care", "Health and Social Care"),
    "CEDS.15": ("Public Services", "Law"),
    "CEDS.16": ("Hospitality", "Tourism", "Catering", "Food Technology"),
    "CEDS.17": ("Architecture", "Construction"),
    "CEDS.18": ("Agriculture",),
    "CEDS.19": ("Human Services", "Child Development"),
    "CEDS.20": ("Transportation", "Logistics"),
    "CEDS.21": ("Engineering", "Technology", "Design and Technology"),
    "CEDS.22": ("Electives", "General Studies", "Miscellaneous"),
    "CEDS.23": ("Homeroom", "Registration", "Tutorial", "Study Hall"),
    "CEDS.24": (
        *("French", "German", "Spanish", "Italian", "Latin", "Greek", "Mandarin", "Arabic", "Welsh", "Irish", "Urdu"),
        *("Polish", "World Languages", "Modern Foreign Languages", "Languages"),
    ),
    "EL.01": ("Special Education", "Learning Support"),
    "EL.02": ("Professional Development",),
}
"""Subjects by what schools call them; the numbers are the subject areas of the School Courses for the Exchange of Data
(SCED), which has none numbered 06 any more."""

_SUBJECTS = {name.lower(): code for code, names in SUBJECTS.items() for name in names}

RACES = {
    "americanindianoralaskanative": "american-indian-or-alaska-native",
    "asian": "asian",
    "blackorafricanamerican": "black-or-african-american",
    "nativehawaiianorotherpacificislander": "native-hawaiian-or-other-pacific-islander",
    "white": "white",
}
"""The races of the US federal standards; the keys are their names without spaces, hyphens and case."""

GENDERS = {"M": "male", "F": "female", "X": "other"}

RESIDENCE = {
    "Resident of administrative unit and usual school attendance area": "01652",
    "Resident of administrative unit, but of other school attendance area": "01653",
    "Resident of this state, but not of this administrative unit": "01654",
    "Resident of an administrative unit that crosses state boundaries": "01655",
    "Resident of another state": "01656",
}
"""Common Education Data Standards, public school residence status."""


def csv_words(texts: Any) -> list[str]:
    """The words of texts with commas, each once."""
    return list(dict.fromkeys(w.strip() for text in flat(texts) for w in str(text).split(",") if w.strip()))


def grade_levels(texts: Any) -> list[str]:
    """Grades as Edlink has them; what it has no word for is Other."""
    return list(dict.fromkeys(w if w in GRADE_LEVELS else "Other" for w in csv_words(texts)))


def subjects(known: Any) -> list[str]:
    """Subject areas, by SCED codes where there are any, else by name; what neither tells is left out."""
    codes = [f"CEDS.{code[:2]}" for code in csv_words(known["codes"]) if code[:2].isdecimal() and len(code) in (2, 5)]
    names = [_SUBJECTS.get(name.lower(), "") for name in csv_words(known["names"])]
    return list(dict.fromkeys(code for code in codes or names if code in SUBJECTS))


def races(text: Any) -> list[str]:
    """Races as Edlink spells them."""
    found = (RACES.get("".join(c for c in word.lower() if c.isalpha())) for word in csv_words(text))
    return list(dict.fromkeys(race for race in found if race))
