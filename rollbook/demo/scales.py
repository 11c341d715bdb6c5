"""The scales on which public examinations are graded, as they were at each time."""

from __future__ import annotations

from typing import NamedTuple

from .syllabuses import Syllabus


class Scale(NamedTuple):
    """A grade set and what it is for."""

    name: str
    notes: str


NUMBERS, DOUBLE, LETTERS, SPOKEN = (
    Scale("GCSE", "Grades of GCSEs: 9 to 1, and A* to G before they were numbered"),
    Scale("GCSE Double Award", "Pairs of grades of GCSE Combined Science"),
    Scale("GCE A Level", "Grades of A levels"),
    Scale("Spoken Language Endorsement", "Endorsement beside the grade of GCSE English Language"),
)


def scale_of(syllabus: Syllabus) -> Scale:
    """The grades that a qualification is awarded."""
    return {"FC": NUMBERS, "DA": DOUBLE, "ADV": LETTERS}[syllabus.level]


class Era(NamedTuple):
    """The grades of a scale while they were valid: value, what it says, and its worth if it has any."""

    start: str
    end: str | None
    grades: tuple[tuple[str, str, float | None], ...]


NO_RESULT = ("X", "No result", None)
UNGRADED = ("U", "Ungraded", 0.0)


def _numbered() -> tuple[tuple[str, str, float | None], ...]:
    words = {9: "Grade 9, the highest", 5: "Grade 5, strong pass", 4: "Grade 4, standard pass"}
    return tuple((str(g), words.get(g, f"Grade {g}"), float(g)) for g in range(9, 0, -1))


def _doubled() -> tuple[tuple[str, str, float | None], ...]:
    pairs = ((-(-total // 2), total // 2) for total in range(18, 1, -1))
    return tuple((f"{high}-{low}", f"Grades {high} and {low}", (high + low) / 2) for high, low in pairs)


def _lettered(letters: str, best: float, step: float) -> tuple[tuple[str, str, float | None], ...]:
    return tuple((g, f"Grade {g}", best - step * n) for n, g in enumerate(letters.split()))


ERAS: dict[Scale, tuple[Era, ...]] = {
    NUMBERS: (
        Era("1994-09-01", "2017-08-31", (*_lettered("A* A B C D E F G", 8.5, 1.0), UNGRADED, NO_RESULT)),
        Era("2017-09-01", None, (*_numbered(), UNGRADED, NO_RESULT)),
    ),
    DOUBLE: (Era("2016-09-01", None, (*_doubled(), UNGRADED, NO_RESULT)),),
    LETTERS: (Era("2010-09-01", None, (*_lettered("A* A B C D E", 60.0, 10.0), UNGRADED, NO_RESULT)),),
    SPOKEN: (
        Era(
            "2015-09-01",
            None,
            (("D", "Distinction", 3.0), ("M", "Merit", 2.0), ("P", "Pass", 1.0), ("NC", "Not classified", 0.0)),
        ),
    ),
}
FULL_MARK = 240
"""What the three papers of Mathematics are worth together."""
