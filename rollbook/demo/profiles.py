"""What an invented school says of its students as humans."""

from __future__ import annotations

from ..model.profiles import StudentProfile
from ..model.students import Student
from ..store.writing import Batch
from .opened import Opened

SAID = ("hispanic_said", "languages_said", "mails_said", "numbers_said", "races_said")


def put_profiles(batch: Batch, opened: Opened) -> None:
    """Let the school tell of each of its students what is known of them."""
    said = dict.fromkeys(SAID, 1 if opened.plan.american else None)
    current = ((place.id, batch.get(Student, place.id)) for place in opened.places if place.current)
    batch.add(
        StudentProfile,
        [
            {
                "id": opened.draft.later_id(),
                "school": opened.school,
                "student": identity,
                "person": row["person"],
                "organisation": opened.plan.estab,
                **said,
            }
            for identity, row in current
            if row
        ],
    )
