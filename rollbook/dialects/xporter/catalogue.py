"""Every endpoint of the dialect, by its path segment in lower case."""

from __future__ import annotations

from ...api.resource import Endpoint
from . import attendance, contacts, groups, school, staff, students

ENDPOINTS: dict[str, Endpoint] = {
    e.segment.lower(): e
    for e in (
        attendance.attendance_codes,
        attendance.attendance_for_date,
        attendance.attendance_for_date_range,
        school.calendar,
        contacts.contacts,
        school.counts,
        groups.group_history,
        groups.groups,
        school.health,
        contacts.person_comms,
        school.school_info,
        school.scope_fields,
        staff.staff,
        contacts.student_contacts,
        students.students,
        school.test_error,
    )
}
