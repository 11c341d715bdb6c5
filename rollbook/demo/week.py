"""The week of the invented secondary school: who has what when, and with whom.

Each line of the grid is what a registration group's place in its year has in the 25 lessons of a week, Monday first:
a subject with the number of its teacher in the department, or a block of options; `-` is private study. A class that
draws on several registration groups stands in the line of its own number: 9X2/En in that of 9X2.
"""

from __future__ import annotations

GRID = """
7X1 Sc7 En1 Ma1 Fr2 Gg3 | En1 Ma1 Fr2 Co3 Ar3 | Ma1 Fr2 Mu2 Hi4 Sc7 | Gg3 Hi4 Pe4 Sc7 En1 | Pe4 Pe4 Sc7 En1 Ma1
7X2 Sc2 En2 Ma2 Ar3 Gg4 | En2 Ma2 Co2 Mu3 Fr3 | Ma2 Fr3 Pe3 Hi3 Sc2 | Fr3 Gg4 Hi3 Sc2 En2 | Pe3 Pe3 Sc2 En2 Ma2
7X3 Sc3 En3 Ma3 Gg4 Fr5 | En3 Ma3 Hi2 Pe1 Pe1 | Ma3 Gg4 Pe1 Ar3 Sc3 | Mu3 Fr5 Hi2 Sc3 En3 | Co2 Fr5 Sc3 En3 Ma3
7Y1 Fr5 Gg4 Hi1 Sc1 En1 | Pe2 Pe2 Sc1 En1 Ma1 | Gg4 Sc1 Co1 Ma1 Fr5 | Sc1 En1 Ma1 Hi1 Mu1 | En1 Ma1 Fr5 Ar1 Pe2
7Y2 Ar1 Gg1 Hi4 Sc2 En2 | Pe1 Pe1 Sc2 En2 Ma2 | Gg1 Sc2 Fr3 Ma2 Hi4 | Sc2 En2 Ma2 Fr3 Mu3 | En2 Ma2 Pe1 Co1 Fr3
7Y3 Gg1 Fr1 Pe3 Sc3 En3 | Pe3 Pe3 Sc3 En3 Ma3 | Mu3 Sc3 Fr1 Ma3 Ar1 | Sc3 En3 Ma3 Gg1 Hi1 | En3 Ma3 Co3 Hi1 Fr1
8X1 Sc4 En4 Ma4 Gg2 Mu2 | En4 Ma4 Fr5 Pe4 Pe4 | Ma4 Gg2 Pe4 Co2 Sc4 | Fr5 Hi2 Ar2 Sc4 En4 | Fr5 Hi2 Sc4 En4 Ma4
8X2 Sc5 En5 Ma5 Mu3 Fr4 | En5 Ma5 Gg3 Co2 Fr4 | Ma5 Fr4 Hi4 Pe2 Sc5 | Hi4 Gg3 Ar3 Sc5 En5 | Pe2 Pe2 Sc5 En5 Ma5
8X3 Sc6 En6 Ma6 Co2 Ar2 | En6 Ma6 Mu3 Hi2 Pe3 | Ma6 Hi2 Fr2 Gg3 Sc6 | Pe3 Pe3 Fr2 Sc6 En6 | Fr2 Gg3 Sc6 En6 Ma6
8Y1 Hi1 Mu1 Fr5 Sc8 En4 | Fr5 Gg4 Sc8 En4 Ma4 | Fr5 Sc8 Ar1 Ma4 Pe1 | Sc8 En4 Ma4 Pe1 Pe1 | En4 Ma4 Co1 Gg4 Hi1
8Y2 Co3 Pe3 Gg3 Sc5 En5 | Hi3 Fr3 Sc5 En5 Ma5 | Fr3 Sc5 Gg3 Ma5 Ar3 | Sc5 En5 Ma5 Pe3 Pe3 | En5 Ma5 Hi3 Fr3 Mu1
8Y3 Co1 Hi4 Pe4 Sc6 En6 | Gg3 Fr4 Sc6 En6 Ma6 | Fr4 Sc6 Ar3 Ma6 Gg3 | Sc6 En6 Ma6 Pe4 Pe4 | En6 Ma6 Hi4 Fr4 Mu3
9X1 En4 Ma4 Sc4 Pe4 Pe4 | Ma4 Sc4 Fr4 Hi3 Co3 | Sc4 Hi3 Ar2 Pe4 En4 | Fr4 Mu2 Gg2 En4 Ma4 | Gg2 Fr4 En4 Ma4 Sc4
9X2 En5 Ma5 Sc5 Hi3 Co3 | Ma5 Sc5 Gg4 Fr3 Ar2 | Sc5 Mu2 Gg4 Pe1 En5 | Pe1 Pe1 Fr3 En5 Ma5 | Hi3 Fr3 En5 Ma5 Sc5
9X3 En6 Ma6 Sc6 Fr3 Gg2 | Ma6 Sc6 Hi4 Pe2 Pe2 | Sc6 Hi4 Gg2 Fr3 En6 | Ar2 Co3 Pe2 En6 Ma6 | Fr3 Mu2 En6 Ma6 Sc6
9Y1 Gg3 Fr4 Pe1 En1 Ma1 | Fr4 Gg3 En1 Ma1 Sc1 | Hi3 En1 Fr4 Sc1 Co3 | En1 Ma1 Sc1 Mu1 Hi3 | Ma1 Sc1 Ar1 Pe1 Pe1
9Y2 Gg4 Pe4 Fr1 En2 Ma2 | Hi4 Fr1 En2 Ma2 Sc2 | Fr1 En2 Co3 Sc2 Gg4 | En2 Ma2 Sc2 Hi4 Ar3 | Ma2 Sc2 Mu1 Pe4 Pe4
9Y3 Fr3 Hi3 Mu3 En3 Ma3 | Gg1 Co1 En3 Ma3 Sc3 | Pe2 En3 Hi3 Sc3 Fr3 | En3 Ma3 Sc3 Pe2 Pe2 | Ma3 Sc3 Fr3 Ar3 Gg1
10X1 Pe1 Ma1 Sc1  D   D  | Ma1 Sc1  A   C   C  | Sc1  C  En1  B  En1 |  B   B   D  En1 Ma1 |  A   A  En1 Ma1 Sc1
10X2 Pe2 Ma2 Sc2  D   D  | Ma2 Sc2  A   C   C  | Sc2  C  En2  B  En2 |  B   B   D  En2 Ma2 |  A   A  En2 Ma2 Sc2
10X3 Pe3 Ma3 Sc3  D   D  | Ma3 Sc3  A   C   C  | Sc3  C  En3  B  En3 |  B   B   D  En3 Ma3 |  A   A  En3 Ma3 Sc3
10Y1 Ma1 Sc1 En1  D   D  | Sc1 En1  A   C   C  | En1  C  Ma1  B  Pe2 |  B   B   D  Ma1 Sc1 |  A   A  Ma1 Sc1 En1
10Y2 Ma2 Sc2 En2  D   D  | Sc2 En2  A   C   C  | En2  C  Ma2  B  Pe3 |  B   B   D  Ma2 Sc2 |  A   A  Ma2 Sc2 En2
10Y3 Ma3 Sc3 En3  D   D  | Sc3 En3  A   C   C  | En3  C  Ma3  B  Pe4 |  B   B   D  Ma3 Sc3 |  A   A  Ma3 Sc3 En3
11X1  D   D   B  Pe1 Ma4 |  A   A  En4 Ma4 Sc4 |  C  En4 En4 Sc4  A  | En4 Ma4 Sc4  B   B  | Ma4 Sc4  D   C   C
11X2  D   D   B  Pe2 Ma5 |  A   A  En5 Ma5 Sc5 |  C  En5 En5 Sc5  A  | En5 Ma5 Sc5  B   B  | Ma5 Sc5  D   C   C
11X3  D   D   B  Pe3 Ma6 |  A   A  En6 Ma6 Sc6 |  C  En6 En6 Sc6  A  | En6 Ma6 Sc6  B   B  | Ma6 Sc6  D   C   C
11Y1  D   D   B  Ma4 Sc4 |  A   A  Pe2 Sc4 En4 |  C  Ma4 Ma4 En4  A  | Ma4 Sc4 En4  B   B  | Sc4 En4  D   C   C
11Y2  D   D   B  Ma5 Sc5 |  A   A  Pe3 Sc5 En5 |  C  Ma5 Ma5 En5  A  | Ma5 Sc5 En5  B   B  | Sc5 En5  D   C   C
11Y3  D   D   B  Ma6 Sc6 |  A   A  Pe4 Sc6 En6 |  C  Ma6 Ma6 En6  A  | Ma6 Sc6 En6  B   B  | Sc6 En6  D   C   C
12  A   C   B   -   D  |  -   B   A   C   C  |  B   B   -   D   D  |  A   A   C   D   -  |  B   D   -   C   A
13  D   D   C   B   A  |  -   A   B   -   D  |  A   -   D   C   -  |  B   -   D   C   C  |  A   A   C   B   B
"""

BLOCKS = """
10A Fr1 Hi1 Gg1 Ar1 Mu1 Co1
10B Fr1 Hi1 Gg1 Ar1 Mu1 Co1
10C Fr1 Hi1 Gg1 Ar1 Mu1 Co1
10D Fr1 Hi1 Gg1 Ar1 Mu1 Co1
11A Fr2 Hi2 Gg2 Ar2 Mu2 Co2
11B Fr2 Hi2 Gg2 Ar2 Mu2 Co2
11C Fr2 Hi2 Gg2 Ar2 Mu2 Co2
11D Fr2 Hi2 Gg2 Ar2 Mu2 Co2
12A Ma7 Hi3 Ar3
12B En7 Sc7 Co3
12C Gg3 Fr5 Ma7
12D Sc8 Mu3 En7
13A Ma7 Hi4 Ar3
13B En7 Sc7 Co3
13C Gg4 Fr4 Ma7
13D Sc8 Mu3 En7
"""
"""What is taught in a block of options, by which teachers."""


def secondary_week() -> dict[str, tuple[tuple[int, ...], int]]:
    """The lessons of the week (0 to 24) of each class by its code, and the number of its teacher, from 0."""
    blocks = {block: taught for block, *taught in map(str.split, BLOCKS.strip().splitlines())}
    held: dict[str, list[int]] = {}
    teachers: dict[str, int] = {}
    for line in GRID.strip().splitlines():
        place, *lessons = line.replace("|", " ").split()
        year = place[:2] if place[:2].isdigit() else place[0]
        for at, lesson in enumerate(lessons):
            block = year + lesson
            for taught in blocks.get(block, [] if lesson == "-" else [lesson]):
                code = f"{block if block in blocks else place}/{taught[:2]}"
                teachers[code] = int(taught[2:]) - 1
                if at not in held.setdefault(code, []):
                    held[code].append(at)
    return {code: (tuple(lessons), teachers[code]) for code, lessons in held.items()}
