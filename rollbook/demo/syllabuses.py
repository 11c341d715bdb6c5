"""What the invented secondary school has its students examined in: qualifications, their papers and grades."""

from __future__ import annotations

from typing import NamedTuple

BOARDS = {
    "AQA": "Assessment and Qualifications Alliance",
    "OCR": "Oxford, Cambridge and RSA Examinations",
    "WJEC": "Welsh Joint Education Committee",
}
LEVELS = {
    "FC": "GCSE Full Course",
    "DA": "GCSE Double Award",
    "ASB": "GCE Advanced Subsidiary",
    "ADV": "GCE Advanced",
}
KINDS = {"FC": "GCSE", "DA": "GCSE", "ADV": "A level"}
"""What people call the qualifications of a level."""

FEES = {"FC": 47.5, "DA": 89.0, "ADV": 121.25}


class Paper(NamedTuple):
    """One component that is examined on a day."""

    code: str
    title: str
    minutes: int


class Syllabus(NamedTuple):
    """A specification: the subject of the timetable, level, board and codes, whether it has tiers, and its papers."""

    subject: str
    level: str
    board: str
    code: str
    title: str
    qan: str
    discount: str
    papers: tuple[Paper, ...]
    tiers: str = ""

    @property
    def kind(self) -> str:
        """What people call the qualification."""
        return KINDS[self.level]

    @property
    def qualification(self) -> str:
        """The title under which the regulator lists it."""
        if self.level == "ADV":
            return f"{self.board} Level 3 Advanced GCE in {self.title}"
        return f"{self.board} Level 1/Level 2 GCSE (9-1) in {self.title}"

    @property
    def options(self) -> dict[str, str]:
        """What candidates are entered for: the code of each option with its title."""
        kind = f"{self.kind} {self.title}"
        if not self.tiers:
            return {self.code: kind}
        return {self.code + tier: f"{kind} {TIERS[tier]}" for tier in self.tiers}


TIERS = {"F": "Foundation", "H": "Higher"}


def _papers(*papers: str) -> tuple[Paper, ...]:
    split = (paper.split(" ", 2) for paper in papers)
    return tuple(Paper(code, title, int(minutes)) for code, minutes, title in split)


GCSE = (
    Syllabus(
        "En",
        "FC",
        "AQA",
        "8901",
        "English Language",
        "60990018",
        "4E01",
        _papers("1 105 Reading and Describing", "2 105 Writers' Viewpoints"),
    ),
    Syllabus(
        "En",
        "FC",
        "AQA",
        "8902",
        "English Literature",
        "6099002X",
        "4E02",
        _papers("1 105 Plays and Novels", "2 135 Modern Texts and Poetry"),
    ),
    Syllabus(
        "Ma",
        "FC",
        "AQA",
        "8903",
        "Mathematics",
        "60990031",
        "4M01",
        _papers("1 90 Without a Calculator", "2 90 With a Calculator", "3 90 With a Calculator"),
        "FH",
    ),
    Syllabus(
        "Sc",
        "DA",
        "AQA",
        "8904",
        "Combined Science",
        "60990043",
        "4S01",
        _papers(
            "B1 75 Biology 1",
            "C1 75 Chemistry 1",
            "P1 75 Physics 1",
            "B2 75 Biology 2",
            "C2 75 Chemistry 2",
            "P2 75 Physics 2",
        ),
        "FH",
    ),
    Syllabus(
        "Fr",
        "FC",
        "WJEC",
        "C905",
        "French",
        "60990055",
        "4F01",
        _papers("L 45 Listening", "W 80 Reading and Writing"),
        "FH",
    ),
    Syllabus(
        "Hi",
        "FC",
        "OCR",
        "J906",
        "History",
        "60990067",
        "4H01",
        _papers("1 105 A Period and a Theme", "2 105 A Study in Depth"),
    ),
    Syllabus(
        "Gg",
        "FC",
        "WJEC",
        "C907",
        "Geography",
        "60990079",
        "4G01",
        _papers("1 90 Landscapes and Weather", "2 90 People and Places"),
    ),
    Syllabus(
        "Ar",
        "FC",
        "OCR",
        "J908",
        "Fine Art",
        "60990080",
        "4A01",
        (),
    ),
    Syllabus(
        "Ar",
        "FC",
        "OCR",
        "J909",
        "Photography",
        "60990080",
        "4A02",
        (),
    ),
    Syllabus("Mu", "FC", "WJEC", "C910", "Music", "60990092", "4U01", _papers("3 75 Listening to Music")),
    Syllabus(
        "Co",
        "FC",
        "OCR",
        "J911",
        "Computer Science",
        "60990109",
        "4C01",
        _papers("1 90 Computer Systems", "2 90 Algorithms and Programming"),
    ),
)
A_LEVEL = (
    Syllabus(
        "En",
        "ADV",
        "AQA",
        "7901",
        "English Literature",
        "60991011",
        "5E01",
        _papers("1 180 Texts across Time", "2 150 Texts in their Century"),
    ),
    Syllabus(
        "Ma",
        "ADV",
        "OCR",
        "H902",
        "Mathematics",
        "60991023",
        "5M01",
        _papers(
            "1 120 Pure Mathematics", "2 120 Pure Mathematics and Statistics", "3 120 Pure Mathematics and Mechanics"
        ),
    ),
    Syllabus(
        "Sc",
        "ADV",
        "AQA",
        "7903",
        "Environmental Science",
        "60991035",
        "5S01",
        _papers("1 180 Physical Environment", "2 180 Living Environment"),
    ),
    Syllabus(
        "Fr",
        "ADV",
        "WJEC",
        "A904",
        "French",
        "60991047",
        "5F01",
        _papers("2 150 Listening, Reading and Translation", "3 120 Critical Response"),
    ),
    Syllabus(
        "Hi",
        "ADV",
        "OCR",
        "H905",
        "History",
        "60991059",
        "5H01",
        _papers("1 90 British Period Study", "2 60 Other Period Study", "3 150 Thematic Study"),
    ),
    Syllabus(
        "Gg",
        "ADV",
        "AQA",
        "7906",
        "Geography",
        "60991060",
        "5G01",
        _papers("1 150 Physical Geography", "2 150 Human Geography"),
    ),
    Syllabus("Ar", "ADV", "OCR", "H907", "Fine Art", "60991072", "5A01", ()),
    Syllabus("Mu", "ADV", "WJEC", "A908", "Music", "60991084", "5U01", _papers("3 135 Appraising Music")),
    Syllabus(
        "Co",
        "ADV",
        "AQA",
        "7909",
        "Computer Science",
        "60991096",
        "5C01",
        _papers("1 150 Programming on Screen", "2 150 Computer Systems"),
    ),
)
SYLLABUSES = (*GCSE, *A_LEVEL)
RESAT = GCSE[0], GCSE[2]
"""English Language and Mathematics, in which everybody under 19 without grade 4 is examined again."""
