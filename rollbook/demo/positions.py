"""The positions that the staff of an invented school hold."""

from __future__ import annotations

from ..model.employment import StaffAssignment
from .draft import Draft
from .schools import Plan
from .staffroom import Member, Staffroom

CLASSES = {
    "Headteacher": "Principal",
    "Principal": "Principal",
    "Deputy Headteacher": "Assistant Principal",
    "Assistant Principal": "Assistant Principal",
    "Teaching Assistant": "Instructional Aide",
    "Paraprofessional": "Instructional Aide",
    "Administrator": "School Administrative Support Staff",
    "School Secretary": "School Administrative Support Staff",
    "Laboratory Technician": "All Other Support Staff",
    "Librarian": "Librarian/Media Specialist",
    "School Counselor": "School Counselor",
    "Cover Supervisor": "Substitute Teacher",
    "Supply Teacher": "Substitute Teacher",
    "Substitute Teacher": "Substitute Teacher",
    "Governor": "Other",
    "Student Teacher": "Other",
}
"""Posts by the words of Ed-Fi's StaffClassificationDescriptor; all others are teachers."""


def put_positions(draft: Draft, plan: Plan, school: str, staff: Staffroom) -> None:
    """Add the position of each member of staff."""
    for member in staff.members:
        start, end = _span(plan, member)
        draft.put_later(
            StaffAssignment,
            school=school,
            staff=member.id,
            classification=CLASSES.get(member.post.title, "Teacher"),
            title=member.post.title,
            start=start,
            end=end,
        )


def _span(plan: Plan, member: Member) -> tuple[str, str | None]:
    if member.start:
        return member.start, member.end
    # Who is not employed is there for a term.
    term = plan.this_year.terms[0]
    return term.start, term.end
