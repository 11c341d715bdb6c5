"""Canonical values as Ed-Fi's descriptors, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fields import Expr, Value
from .homes import Codec, Fact

AUTHORITY = "uri://ed-fi.org/"
"""Who says what the published words mean; districts and states have namespaces of their own."""


def namespace(kind: str) -> str:
    """The namespace of a list's published words."""
    return f"{AUTHORITY}{kind}Descriptor"


def uri(kind: str, code: str) -> str:
    """A published word, as documents write it."""
    return f"{namespace(kind)}#{code}"


def published(kind: str, value: str) -> str | None:
    """The code of a word, if it is in the namespace of the list's published words."""
    space, found, code = value.partition("#")
    return code if found and space.lower() == namespace(kind).lower() else None


_SMALL = str.maketrans({chr(c): chr(c + 32) for c in range(ord("A"), ord("Z") + 1)})


def folded(word: str) -> str:
    """A descriptor in small letters, as the store makes them: those of other alphabets stay."""
    return word.translate(_SMALL)


def words(kind: str, table: Mapping[str, str] | None = None) -> Codec:
    """A canonical value as a word of a list; `table` translates codes, by default they are the values themselves.

    What the table does not have, and what is not in the published namespace, is kept as the whole descriptor.
    """
    to_canonical = {code.lower(): value for code, value in (table or {}).items()}
    to_code: dict[str, str] = {}
    for code, value in (table or {}).items():
        to_code.setdefault(value, code)

    def read(value: Any) -> str | None:
        text = str(value)
        if "#" in text and "://" in text.partition("#")[0]:
            return text
        if table is None:
            return uri(kind, text)
        return uri(kind, to_code[text]) if text in to_code else None

    def write(value: Any) -> Value:
        code = published(kind, value)
        if code is None:
            return value
        return code if table is None else to_canonical.get(code.lower(), value)

    return Codec(read, write)


def word(expr: Expr, kind: str, table: Mapping[str, str] | None = None, *, sets: str = "") -> Fact:
    """A fact that Ed-Fi writes as a descriptor."""
    return Fact(expr, words(kind, table), sets, any_case=True)


SEXES = {"Male": "M", "Female": "F", "Non-binary": "X", "Not Selected": "U"}

GRADES = {
    "Infant/toddler": "IT",
    "Preschool": "PR",
    "Prekindergarten": "PK",
    "Transitional Kindergarten": "TK",
    "Kindergarten": "KG",
    "First grade": "01",
    "Second grade": "02",
    "Third grade": "03",
    "Fourth grade": "04",
    "Fifth grade": "05",
    "Sixth grade": "06",
    "Seventh grade": "07",
    "Eighth grade": "08",
    "Ninth grade": "09",
    "Tenth grade": "10",
    "Eleventh grade": "11",
    "Twelfth grade": "12",
    "Grade 13": "13",
    "Postsecondary": "PS",
    "Ungraded": "UG",
    "Other": "Other",
}
"""Ed-Fi's grade levels as CEDS codes them (entry grade level)."""

TERMS = {
    "schoolYear": uri("Term", "Year Round"),
    "semester": uri("Term", "Semester"),
    "term": uri("Term", "Other"),
    "gradingPeriod": uri("Term", "Other"),
}
"""The term that a session is when only its kind is known."""

RESIDENCIES = {
    "Resident of admin unit and school area": "01652",
    "Resident of admin unit, but other school area": "01653",
    "Resident of this state, but not of this admin unit": "01654",
    "Resident of admin unit that crosses states": "01655",
    "Resident of another state": "01656",
}
"""Where students live, seen from the school, as CEDS codes it (public school residence status)."""

POSITIONS = {p: p for p in ("Teacher of Record", "Assistant Teacher", "Substitute Teacher", "Support Teacher")}
"""The roles in a section that Ed-Fi has words for; schools have many others for the same."""


def session_kind(term: Any) -> Value:
    """What part of a year a term is, by its descriptor."""
    code = (published("Term", term) or "").lower() if term else ""
    if code == "year round":
        return "schoolYear"
    return "semester" if "semester" in code else "term"
