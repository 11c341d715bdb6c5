"""What an invented school calls achievements, incidents and what belongs to them."""

from __future__ import annotations

from typing import NamedTuple


class Setting(NamedTuple):
    """Where and when something happens: entries of the school's lists, by their codes."""

    time: str
    activity: str
    place: str


LESSON = Setting("", "LES", "CLS")
TUTOR = Setting("REG", "TUT", "CLS")
BREAK = Setting("BRK", "BRE", "YRD")
LUNCH = Setting("LUN", "LUN", "DIN")
OUTSIDE = Setting("LUN", "LUN", "OUT")
CORRIDOR = Setting("BTW", "MOV", "COR")
CLUB = Setting("AFT", "CLB", "HAL")
MATCH = Setting("AFT", "CLB", "FLD")
ANYWHERE = (LESSON, LESSON, TUTOR, BREAK, LUNCH, CORRIDOR)


class Sort(NamedTuple):
    """A kind of achievement or incident: its points, how often it is seen, where, and what is written of it."""

    number: int
    name: str
    points: int
    often: int
    settings: tuple[Setting, ...]
    notes: tuple[str, ...]
    together: float = 0.0
    """How often more than one student takes part."""


ACHIEVEMENTS = (
    Sort(21, "Effort in class", 1, 30, (LESSON,), ("Worked hard throughout", "Kept going when it got difficult")),
    Sort(22, "Excellent homework", 2, 16, (LESSON,), ("Careful and complete", "Went well beyond what was asked")),
    Sort(23, "Good progress", 2, 12, (LESSON, TUTOR), ("Much better than at the last check", "A real step forward")),
    Sort(
        24, "Taking part", 1, 14, (LESSON, TUTOR), ("Asked thoughtful questions", "Read aloud for the first time"), 0.1
    ),
    Sort(25, "Kindness", 3, 9, ANYWHERE, ("Helped a new student", "Sat with someone who was alone"), 0.15),
    Sort(26, "Teamwork", 2, 7, (LESSON, CLUB), ("The group shared the work fairly", "Built a bridge together"), 0.8),
    Sort(27, "Leadership", 5, 4, (TUTOR, CLUB), ("Led the form's assembly", "Ran the charity stall"), 0.2),
    Sort(28, "Sport", 5, 4, (MATCH,), ("Played for the school", "Personal best at cross-country"), 0.4),
    Sort(29, "Music and drama", 5, 3, (CLUB,), ("Solo at the rehearsal", "Prepared the stage lights"), 0.3),
    Sort(30, "Service to the school", 5, 2, (BREAK, LUNCH), ("Helped in the library", "Planted the front beds"), 0.3),
    Sort(31, "Reading Challenge", 10, 1, (TUTOR,), ("Finished six books", "Reviewed a book for the display")),
    Sort(32, "Headteacher's Award", 20, 1, (TUTOR,), ("For steady effort all term", "For courage and kindness")),
    Sort(33, "Merit slip", 1, 0, (LESSON,), ("Good work",)),
)
BEHAVIOURS = (
    Sort(1, "Homework not done", 1, 22, (LESSON,), ("No homework handed in", "Homework forgotten again")),
    Sort(2, "Disruption of learning", 3, 24, (LESSON,), ("Called out repeatedly", "Kept others from working"), 0.2),
    Sort(3, "Late to lesson", 1, 14, (LESSON,), ("Ten minutes late after break", "Late without a reason"), 0.1),
    Sort(4, "Uniform", 1, 9, (TUTOR, CORRIDOR), ("Trainers instead of shoes", "Tie missing")),
    Sort(
        5, "Mobile phone", 2, 9, (LESSON, CORRIDOR, LUNCH), ("Phone out in the lesson", "Took a call in the corridor")
    ),
    Sort(6, "Defiance", 5, 7, (LESSON, CORRIDOR), ("Would not move seat", "Walked away when spoken to")),
    Sort(7, "Assault", 50, 1, (BREAK, OUTSIDE), ("Pushed another student over", "Fight stopped by staff"), 0.8),
    Sort(
        8, "Bullying", 30, 2, (BREAK, LUNCH, CORRIDOR), ("Name-calling over several days", "Left out on purpose"), 0.9
    ),
    Sort(9, "Unkind words", 3, 7, ANYWHERE, ("Rude about another student", "Swore at another student"), 0.4),
    Sort(10, "Damage to property", 10, 3, (BREAK, OUTSIDE), ("Graffiti on a wall", "Broke a window latch"), 0.3),
    Sort(11, "Missed lesson", 10, 4, (LESSON,), ("In school, yet not in the lesson", "Found in the library"), 0.2),
    Sort(12, "Lunchtime Incident", 5, 6, (LUNCH, OUTSIDE), ("Threw food", "Pushed into the queue"), 0.5),
    Sort(13, "Chewing gum", 1, 0, (LESSON,), ("Chewing gum",)),
)
RETIRED = ("Merit slip", "Chewing gum")
BULLYING = "Bullying"

DISCUSSED, CALLED, MET, APART = "DP", "CH", "PM", "IS"
LUNCH_DETENTION, LATE_DETENTION, SENIOR_DETENTION = "LD", "AD", "SD"
PARTICIPANT, INSTIGATOR, TARGET, WITNESS = "PT", "IN", "TG", "WI"
RESOLVED, UNRESOLVED, UNDER_WAY = "RES", "UNR", "INP"

LOOKUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "BehStuRole": (
        (PARTICIPANT, "Participant"),
        (INSTIGATOR, "Instigator"),
        (TARGET, "Target"),
        (WITNESS, "Witness"),
    ),
    "AchActivity": (
        ("LES", "Lesson"),
        ("TUT", "Tutor time"),
        ("BRE", "Break"),
        ("LUN", "Lunch"),
        ("MOV", "Moving between lessons"),
        ("CLB", "Club or fixture"),
    ),
    "AchOutcome": (
        ("COM", "Commended"),
        ("PCH", "Postcard home"),
        ("HPC", "House points"),
        ("ASM", "Named in assembly"),
    ),
    "BehActivity": (
        ("LES", "Lesson"),
        ("TUT", "Tutor time"),
        ("BRE", "Break"),
        ("LUN", "Lunch"),
        ("MOV", "Moving between lessons"),
        ("CLB", "Club or fixture"),
        ("BUS", "School bus"),
    ),
    "BehBullMode": (
        ("VER", "Verbal"),
        ("PHY", "Physical"),
        ("EXC", "Leaving someone out"),
        ("ONL", "Online"),
    ),
    "BehEventTimes": (
        ("REG", "Registration"),
        ("P1", "Period 1"),
        ("P2", "Period 2"),
        ("BRK", "Break"),
        ("P3", "Period 3"),
        ("LUN", "Lunchtime"),
        ("P4", "Period 4"),
        ("P5", "Period 5"),
        ("BTW", "Between lessons"),
        ("AFT", "After school"),
    ),
    "BehLocation": (
        ("CLS", "Classroom"),
        ("COR", "Corridor"),
        ("DIN", "Dining Hall"),
        ("YRD", "Playground"),
        ("HAL", "Main Hall"),
        ("FLD", "Playing Field"),
        ("OUT", "Outside School Grounds"),
        ("ANX", "Old Annexe"),
    ),
    "BehOutcome": (
        (DISCUSSED, "Discussed with Pupil"),
        (CALLED, "Call Home"),
        (LUNCH_DETENTION, "Lunchtime Detention"),
        (LATE_DETENTION, "After School Detention"),
        (SENIOR_DETENTION, "SLT Detention"),
        (MET, "Meeting with Parents"),
        (APART, "Worked apart for a day"),
    ),
    "BehStatus": (
        (UNRESOLVED, "Unresolved"),
        (UNDER_WAY, "In Progress"),
        (RESOLVED, "Resolved"),
    ),
    "StfRole": (
        ("WIT", "Witness"),
        ("INT", "Stepped In"),
        ("FOL", "Followed Up"),
    ),
}
"""The school's lists, each entry by its code."""

OLD_LOOKUPS = {"ANX"}
"""Entries that are no longer used."""

AMERICAN = {
    "Headteacher's Award": "Principal's Award",
    "Mobile phone": "Cell phone",
    "Uniform": "Dress code",
    "House points": "Spirit points",
    "SLT Detention": "Principal's Detention",
    "Playground": "Courtyard",
    "Tutor time": "Homeroom",
    "Registration": "Homeroom",
    "Dining Hall": "Cafeteria",
}
"""What is called otherwise at a school in the United States."""

REPORT_REASONS = ("Punctuality", "Homework", "Behaviour in lessons", "Uniform and equipment", "Effort")

VIOLATIONS = ("Assault", "Bullying", "Damage to property")
"""What breaks a school's rules and not only its code of conduct."""

KNOWN_AS = {
    ("BehLocation", "HAL"): "uri://ed-fi.org/IncidentLocationDescriptor#Auditorium",
    ("BehStuRole", INSTIGATOR): "uri://ed-fi.org/DisciplineIncidentParticipationCodeDescriptor#Perpetrator",
}
"""The words of Ed-Fi's lists for entries that a school in the United States made for them."""

VIOLATION = "uri://ed-fi.org/BehaviorDescriptor#School Violation"
