"""The scales of grades on which the invented schools assess, and which grade somebody who is so able gets."""

from __future__ import annotations

from bisect import bisect
from typing import NamedTuple


class Step(NamedTuple):
    """A grade: how it is written, what it means, its number, and the share of students who get no better one."""

    value: str
    description: str
    number: float
    share: float


class Version(NamedTuple):
    """The grades of a scale for a time, best first."""

    start: str
    end: str | None
    steps: tuple[Step, ...]


class Scale(NamedTuple):
    """A scale of grades, as it is now and as it was."""

    name: str
    notes: str | None
    versions: tuple[Version, ...]

    def step(self, able: float, day: str) -> Step:
        """The grade, on a day, of somebody who is more able than this share of all."""
        steps = next(v.steps for v in self.versions if v.start <= day <= (v.end or day))[::-1]
        return steps[min(bisect([s.share for s in steps], able), len(steps) - 1)]


def _steps(*rows: tuple[str, str, float, float]) -> tuple[Step, ...]:
    return tuple(Step(*row) for row in rows)


def _evenly(values: str, words: tuple[str, ...], top: int) -> tuple[Step, ...]:
    written = values.split()
    return tuple(
        Step(value, word, top - at, (len(written) - at) / len(written))
        for at, (value, word) in enumerate(zip(written, words, strict=True))
    )


_GCSE = ((9, 1.0), (8, 0.95), (7, 0.87), (6, 0.77), (5, 0.64), (4, 0.47), (3, 0.31), (2, 0.18), (1, 0.09))
_NOTES = {9: "Highest grade", 5: "Strong pass", 4: "Standard pass", 1: "Lowest grade"}
_THIRDS = ("mastered", "secure", "developing", "emerging")


def _thirds() -> tuple[Step, ...]:
    values = " ".join(f"{word[0].upper()}{sign}" for word in _THIRDS for sign in ("+", "=", "-"))
    how = {"+": "confidently", "=": "", "-": "at first"}
    words = tuple(f"{word.title()} {how[sign]}".strip() for word in _THIRDS for sign in ("+", "=", "-"))
    return _evenly(values, words, 12)


def _levels() -> tuple[Step, ...]:
    levels = [f"{level}{part}" for level in range(8, 2, -1) for part in "ABC"]
    words = {"A": "high", "B": "secure", "C": "low"}
    return _evenly(" ".join(levels), tuple(f"Level {one[0]}, {words[one[1]]}" for one in levels), 53)


SCALES = {
    "steps": Scale(
        "Key Stage 3 Steps",
        "Teacher assessment against what the year has been taught",
        (Version("2004-09-01", "2015-08-31", _levels()), Version("2015-09-01", None, _thirds())),
    ),
    "gcse": Scale(
        "GCSE Grades",
        "Letters until the courses that ended in 2017, numbers since",
        (
            Version(
                "2004-09-01",
                "2017-08-31",
                _evenly("A* A B C D E F G U", ("Highest grade", *(f"Grade {g}" for g in "ABCDEFG"), "Unclassified"), 8),
            ),
            Version(
                "2017-09-01",
                None,
                (
                    *(Step(str(g), _NOTES.get(g, f"Grade {g}"), g, share) for g, share in _GCSE),
                    Step("U", "Unclassified", 0, 0.03),
                ),
            ),
        ),
    ),
    "alevel": Scale(
        "A Level Grades",
        "The numbers are those of the university tariff",
        (
            Version(
                "2010-09-01",
                None,
                _steps(
                    ("A*", "Highest grade", 56, 1.0),
                    ("A", "Grade A", 48, 0.91),
                    ("B", "Grade B", 40, 0.72),
                    ("C", "Grade C", 32, 0.47),
                    ("D", "Grade D", 24, 0.24),
                    ("E", "Lowest grade", 16, 0.11),
                    ("U", "Unclassified", 0, 0.03),
                ),
            ),
        ),
    ),
    "effort": Scale(
        "Effort",
        "How a student goes about learning, whatever they achieve",
        (
            Version(
                "2018-09-01",
                None,
                _steps(
                    ("A", "Excellent effort", 4, 1.0),
                    ("B", "Good effort", 3, 0.62),
                    ("C", "Effort comes and goes", 2, 0.17),
                    ("D", "Needs help to make an effort", 1, 0.03),
                ),
            ),
        ),
    ),
    "standard": Scale(
        "National Curriculum Standard",
        "Teacher assessment at the end of a key stage",
        (
            Version(
                "2004-09-01",
                "2015-08-31",
                _evenly("5 4 3 2 1 W", (*(f"Level {n}" for n in (5, 4, 3, 2, 1)), "Working Towards Level 1"), 5),
            ),
            Version(
                "2015-09-01",
                None,
                _steps(
                    ("GDS", "Working at greater depth", 4, 1.0),
                    ("EXS", "Working at the expected standard", 3, 0.82),
                    ("WTS", "Working towards the expected standard", 2, 0.24),
                    ("PKS", "Before the key stage's standard", 1, 0.05),
                ),
            ),
        ),
    ),
    "goal": Scale(
        "Early Learning Goal",
        None,
        (
            Version(
                "2012-09-01",
                "2021-08-31",
                _steps(
                    ("3", "Exceeding", 3, 1.0),
                    ("2", "Expected", 2, 0.85),
                    ("1", "Emerging", 1, 0.25),
                ),
            ),
            Version("2021-09-01", None, _steps(("2", "Expected", 2, 1.0), ("1", "Emerging", 1, 0.29))),
        ),
    ),
    "phonics": Scale(
        "Phonics Outcome",
        "Whether the mark of the check reaches the standard of the year",
        (
            Version(
                "2012-06-01",
                None,
                _steps(("Wa", "Working at the standard", 1, 1.0), ("Wt", "Working towards the standard", 0, 0.2)),
            ),
        ),
    ),
    "primary": Scale(
        "Termly Judgement",
        "Where a child is in what the year group is taught",
        (
            Version(
                "2016-09-01",
                None,
                _steps(
                    ("AB", "Above", 4, 1.0),
                    ("AT", "At", 3, 0.8),
                    ("JB", "Just below", 2, 0.35),
                    ("BL", "Below", 1, 0.14),
                ),
            ),
        ),
    ),
    "letter": Scale(
        "Letter Grades",
        "Without plus and minus until 2019",
        (
            Version("2008-07-01", "2019-06-30", _evenly("A B C D F", ("Excellent", "Good", "Fair", "Poor", "Fail"), 4)),
            Version(
                "2019-07-01",
                None,
                _steps(
                    ("A", "Excellent", 4.0, 1.0),
                    ("A-", "Nearly excellent", 3.7, 0.86),
                    ("B+", "Very good", 3.3, 0.74),
                    ("B", "Good", 3.0, 0.62),
                    ("B-", "Fairly good", 2.7, 0.48),
                    ("C+", "More than fair", 2.3, 0.36),
                    ("C", "Fair", 2.0, 0.26),
                    ("D", "Barely passing", 1.0, 0.12),
                    ("F", "Not passing", 0.0, 0.04),
                ),
            ),
        ),
    ),
}
"""By a short name; those with fixed standards (national curriculum, GCSE, A level) have the values in public use."""
