"""The facts that a roster can bring: what a school fed by one can never show is none of these."""

from __future__ import annotations

from ...fields import Field, Record
from ...model.attendance import AttendanceCode
from ...model.calendar import Session
from ...model.curriculum import Course, Subject
from ...model.groups import Group, GroupSession, GroupType, StaffMembership, SubGroup
from ...model.organisation import District, Organisation, School
from ...model.people import Contact, ContactComm, Person, Staff, StaffComm
from ...model.students import Relationship, Student, StudentComm, StudentMembership

_BY_RECORD: dict[type[Record], str] = {
    AttendanceCode: "school mark description meaning short_meaning physical_meaning active",
    Contact: "school person mis_id external_id xid work_email",
    ContactComm: "school who mis_id comms_type location_code is_default value",
    Course: "school external_id title code grades subjects subject_codes school_year",
    District: "name identifier external_id",
    Group: "school mis_id external_id xid kind type code name start end primary_staff subject standard_year_code"
    " standard_year_name course grades location periods subjects subject_codes class_type purpose",
    GroupSession: "school group session",
    GroupType: "school mis_id code description",
    Organisation: "name kind identifier external_id parent_id",
    Person: "external_id username forename surname middle_name legal_forename legal_surname gender birth_date"
    " home_email home_phone mobile_phone races hispanic birth_country_code birth_state birth_city student_unique_id"
    " staff_unique_id",
    Relationship: "school student contact relationship priority parental",
    School: "estab name external_id identifier mis grades",
    Session: "school external_id name kind start end school_year parent",
    Staff: "school person mis_id external_id xid work_email is_teacher is_support roles employment_start"
    " employment_end",
    StaffComm: "school who mis_id comms_type location_code is_default value",
    StaffMembership: "school group staff external_id role is_main start end",
    Student: "school person mis_id external_id xid admission_no work_email grade entry_date leaving_date"
    " residence_status reg_group year_group",
    StudentComm: "school who mis_id comms_type location_code is_default value",
    StudentMembership: "school group student external_id is_main start end",
    SubGroup: "school child parent",
    Subject: "school mis_id code name",
}

FILLS: frozenset[Field] = frozenset(
    record.fields[name] for record, names in _BY_RECORD.items() for name in names.split()
)
