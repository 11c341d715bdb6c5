"""The facts that a roster can bring: what a school fed by one can never show is none of these."""

from __future__ import annotations

from ...fields import Field, Record
from ...model.assessment import Aspect, AssessmentCategory, AssessmentResult, MarkSet
from ...model.attendance import AttendanceCode
from ...model.calendar import Session
from ...model.curriculum import Course, Subject
from ...model.gradebook import ScoreScale, ScoreScaleValue
from ...model.groups import Group, GroupSession, GroupType, StaffMembership, SubGroup
from ...model.organisation import District, Organisation, School
from ...model.people import Contact, ContactComm, Person, Staff, StaffComm
from ...model.resources import (
    ClassResource,
    ContactResource,
    CourseResource,
    Resource,
    StaffResource,
    StudentResource,
)
from ...model.students import Relationship, Student, StudentComm, StudentMembership

_BY_RECORD: dict[type[Record], str] = {
    Aspect: "school mis_id external_id kind name description exam prior ks1 ks2 ks3 category classwork group session"
    " assigned due score_scale",
    AssessmentCategory: "school mis_id external_id name weight",
    AssessmentResult: "school mis_id external_id student aspect date result numeric_value notes status in_progress"
    " incomplete late missing score_scale",
    AttendanceCode: "school mark description meaning short_meaning physical_meaning active",
    ClassResource: "school external_id group resource title",
    Contact: "school person mis_id external_id xid work_email",
    ContactComm: "school who mis_id comms_type location_code is_default value",
    ContactResource: "school external_id who resource group",
    Course: "school external_id title code grades subjects subject_codes school_year",
    CourseResource: "school external_id course resource title",
    District: "name identifier external_id",
    Group: "school mis_id external_id xid kind type code name start end primary_staff subject standard_year_code"
    " standard_year_name course grades location periods subjects subject_codes class_type purpose",
    GroupSession: "school group session",
    GroupType: "school mis_id code description",
    MarkSet: "school mis_id aspect start least most",
    Organisation: "name kind identifier external_id parent_id",
    Person: "external_id username forename surname middle_name legal_forename legal_surname gender birth_date"
    " home_email home_phone mobile_phone races hispanic birth_country_code birth_state birth_city student_unique_id"
    " staff_unique_id",
    Relationship: "school student contact relationship priority parental",
    Resource: "school external_id title roles importance vendor_resource_id vendor_id application_id",
    School: "estab name external_id identifier mis grades",
    ScoreScale: "school external_id title kind group course",
    ScoreScaleValue: "school scale score stands_for display_order",
    Session: "school external_id name kind start end school_year parent",
    Staff: "school person mis_id external_id xid work_email is_teacher is_support roles employment_start"
    " employment_end",
    StaffComm: "school who mis_id comms_type location_code is_default value",
    StaffResource: "school external_id who resource group",
    StaffMembership: "school group staff external_id role is_main start end",
    Student: "school person mis_id external_id xid admission_no work_email grade entry_date leaving_date"
    " residence_status reg_group year_group",
    StudentComm: "school who mis_id comms_type location_code is_default value",
    StudentMembership: "school group student external_id is_main start end",
    StudentResource: "school external_id who resource group",
    SubGroup: "school child parent",
    Subject: "school mis_id code name",
}

FILLS: frozenset[Field] = frozenset(
    record.fields[name] for record, names in _BY_RECORD.items() for name in names.split()
)
