"""Code lists that many systems share, as the words of a roster."""

from __future__ import annotations

SEXES = {"M": "male", "F": "female", "Male": "male", "Female": "female", "X": "other"}

GRADES = {
    # Systems that count grades count kindergarten as none, and what comes before it below none.
    "-2": "PR",
    "-1": "PK",
    "0": "KG",
    "K": "KG",
    **{word: word for word in ("PR", "PK", "TK", "KG")},
    **{str(grade): f"{grade:02}" for grade in range(1, 14)},
    **{f"{grade:02}": f"{grade:02}" for grade in range(1, 10)},
}
