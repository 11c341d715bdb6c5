"""Groups now and before, and who belongs to them (school.groups, school.grouphistory)."""

from __future__ import annotations

from ...api.resource import Add, Also, Endpoint, Filter, Option, Table, With
from ...fields import ALWAYS, Arg, Called, Csv, Expr, Key, LastUpdated, Many, RowHash, Some, Tally
from ...model import groups as model
from ...model.groups import (
    Group,
    GroupType,
    StaffMembership,
    SubGroup,
    Subject,
    group_staff,
    group_staff_ever,
    staff_before,
    staff_later,
    staff_now,
)
from ...model.people import Staff as Employee
from ...model.students import (
    Student,
    StudentMembership,
    group_students,
    group_students_ever,
    student_before,
    student_later,
    student_now,
)
from ...scopes import S
from .filters import updated_since

_NEED = S.School | S.SchoolLite
_past_students = Many("The students who were in a group", StudentMembership.group, where=student_before)
_past_staff = Many("The members of staff who were in a group", StaffMembership.group, where=staff_before)


class Groups(
    Table,
    of=Group,
    name="Group",
    only=Group.active.is_(1) & (Some(group_students, ALWAYS) | Some(group_staff, ALWAYS)),
    order=(Group.mis_id,),
):
    """Active groups with at least one student or member of staff."""

    Id = Group.mis_id
    ExternalId = Group.external_id
    IdaasId = Group.idaas_id
    XID = Group.xid
    Code = Group.code
    Name = Group.name
    PrimaryStaffId = Group.primary_staff / Employee.mis_id
    Staff = Csv(
        group_staff,
        StaffMembership.staff / Employee.code,
        about="MIS StaffCodes for staff members of this group",
    )
    NumStudents = Tally(group_students, about="Count of student members")
    TypeId = Group.type / GroupType.mis_id
    Type = Group.kind
    StudentIdaasIds = Csv(group_students, StudentMembership.student / Student.idaas_id, about="Student IDaaS Ids")
    StaffIdaasIds = Csv(group_staff, StaffMembership.staff / Employee.idaas_id, about="Staff IDaaS Ids")
    StudentIds = Csv(group_students, StudentMembership.student / Student.mis_id, about="Student MIS Ids")
    StaffIds = Csv(group_staff, StaffMembership.staff / Employee.mis_id, about="Staff MIS Id")
    StudentXIDs = Csv(group_students, StudentMembership.student / Student.xid, about="Student XIDs")
    StaffXIDs = Csv(group_staff, StaffMembership.staff / Employee.xid, about="Staff XIDs")
    SubjectLocalId = Group.subject / Subject.mis_id
    SubjectCode = Group.subject / Subject.code
    SubjectName = Group.subject / Subject.name
    LastUpdated = LastUpdated(Group)
    RowHash = RowHash(Group)


_STAFF_MEMBER: dict[str, Expr] = {
    "Id": Key(
        StaffMembership.group / Group.idaas_id,
        ".",
        StaffMembership.staff / Employee.idaas_id,
        about="Unique membership Id",
        example="GC-8811.PWT-25",
    ),
    "StaffId": StaffMembership.staff / Employee.mis_id,
    "StaffRole": StaffMembership.role,
    "GroupExternalId": StaffMembership.group / Group.external_id,
    "StaffIdaasId": StaffMembership.staff / Employee.idaas_id,
    "GroupIdaasId": StaffMembership.group / Group.idaas_id,
    "LastUpdated": LastUpdated(StaffMembership),
    "RowHash": RowHash(StaffMembership),
}
_STUDENT_MEMBER: dict[str, Expr] = {
    "Id": Key(
        StudentMembership.group / Group.idaas_id,
        ".",
        StudentMembership.student / Student.idaas_id,
        about="Unique membership Id",
        example="GC-8811.PL-9660",
    ),
    "StudentId": StudentMembership.student / Student.mis_id,
    "GroupExternalId": StudentMembership.group / Group.external_id,
    "StudentExternalId": StudentMembership.student / Student.external_id,
    "StudentIdaasId": StudentMembership.student / Student.idaas_id,
    "StartDate": StudentMembership.start,
    "EndDate": StudentMembership.end,
    "LastUpdated": LastUpdated(StudentMembership),
    "RowHash": RowHash(StudentMembership),
}
_BY_STAFF = (StaffMembership.group / Group.mis_id, StaffMembership.staff / Employee.mis_id)
_BY_STUDENT = (StudentMembership.group / Group.mis_id, StudentMembership.student / Student.mis_id)


class StaffMembers(
    Table, of=StaffMembership, only=staff_now, follows=StaffMembership.group, order=_BY_STAFF, shared=_STAFF_MEMBER
):
    """The members of staff of the groups shown."""

    GroupId = StaffMembership.group / Group.mis_id
    StaffExternalId = StaffMembership.staff / Employee.external_id


class StudentMembers(
    Table,
    of=StudentMembership,
    only=student_now,
    follows=StudentMembership.group,
    order=_BY_STUDENT,
    shared=_STUDENT_MEMBER,
):
    """The students of the groups shown."""

    GroupId = StudentMembership.group / Group.mis_id
    GroupIdaasId = StudentMembership.group / Group.idaas_id


class GroupTypes(Table, of=GroupType, order=(GroupType.mis_id,)):
    """The kinds of group that the school has."""

    Id = GroupType.mis_id
    TypeCode = GroupType.code
    TypeDescription = GroupType.description
    ParentGroupTypeId = GroupType.parent / GroupType.mis_id
    LastUpdated = LastUpdated(GroupType)
    RowHash = RowHash(GroupType)


class SubGroups(
    Table,
    of=SubGroup,
    follows=SubGroup.child,
    order=(SubGroup.child / Group.mis_id, SubGroup.parent / Group.mis_id),
):
    """Which group belongs to which larger one."""

    Id = Key(
        SubGroup.child / Group.mis_id,
        ".",
        SubGroup.parent / Group.mis_id,
        about="A composite Id for the group relationship",
        example="8811.4665",
    )
    ChildGroupId = SubGroup.child / Group.mis_id
    ParentGroupId = SubGroup.parent / Group.mis_id
    ChildGroupTypeId = SubGroup.child / (Group.type / GroupType.mis_id)
    ParentGroupTypeId = SubGroup.parent / (Group.type / GroupType.mis_id)
    LastUpdated = LastUpdated(SubGroup)
    RowHash = RowHash(SubGroup)


class StandardYearGroupLookup(
    Table, of=Group, only=Group.kind.is_("YearGrp") & Group.active.is_(1), order=(Group.mis_id,)
):
    """The school's year groups beside the years that everyone counts."""

    Id = Group.idaas_id
    GroupId = Group.idaas_id
    GroupMis_Id = Group.mis_id
    StandardYeargroupCode = Group.standard_year
    StandardYeargroupName = Group.standard_year_title


def _choices() -> dict[str, str]:
    return {kind: kind for kind in model.GROUP_KINDS}


_FILTERS = {
    "id": Filter(
        "A group by Id, ExternalId or XID",
        Called((Group.mis_id, Group.external_id, Group.xid), Arg("id")),
    ),
    "Type": Filter("One or more group types, as CSV", Group.kind.one_of(Arg("Type")), kind="csv", choices=_choices()),
    "Code": Filter("The group code", Group.code.is_(Arg("Code"))),
    "DateFrom": Filter(
        "Leave out groups that ended before this date",
        Group.end.unknown() | Group.end.since(Arg("DateFrom")),
        kind="date",
    ),
    "DateTo": Filter(
        "Leave out groups that started after this date",
        Group.start.unknown() | Group.start.until(Arg("DateTo")),
        kind="date",
    ),
    "updatedSince": updated_since(Group),
}

groups = Endpoint(
    "Groups",
    "Groups",
    "School",
    "Active group definitions where a group has at least one student or staff member.",
    _NEED,
    (Groups, StaffMembers, StudentMembers, GroupTypes, SubGroups, StandardYearGroupLookup),
    as_of=Group.start.need & StudentMembership.start.need & StaffMembership.start.need,
    options={
        "includeStaffMembers": Option("Include staff membership of groups", With(StaffMembers)),
        "includeStudentMembers": Option("Include student membership", With(StudentMembers)),
        "includeMembersIds": Option("Include csv of Ids of group members", Add("StudentIds", "StaffIds")),
        "includeMembersIdaasIds": Option(
            "Include csv of IdaasIds of group members", Add("StudentIdaasIds", "StaffIdaasIds")
        ),
        "includeMembersXIDs": Option("Include csv of XIDs of group members", Add("StudentXIDs", "StaffXIDs")),
        "includeSubjects": Option(
            "Include SubjectLocalId, SubjectCode, SubjectName on the Group result set",
            Add("SubjectLocalId", "SubjectCode", "SubjectName"),
        ),
        "includeGroupTypes": Option(
            "Include TypeId on the Group result set and a separate GroupTypes result set",
            Add("TypeId"),
            With(GroupTypes),
        ),
        "includeSubGroups": Option("Include SubGroups resultset", With(SubGroups)),
        "includeStandardYeargroups": Option("Include lookup for Standard Yeargroups", With(StandardYearGroupLookup)),
        "includeFutureGroups": Option(
            "Include future groups, and future memberships of those shown",
            Also(
                Group.start.after(Arg("today")) & (Some(group_students_ever, ALWAYS) | Some(group_staff_ever, ALWAYS)),
                {StudentMembers: student_later, StaffMembers: staff_later},
            ),
        ),
    },
    filters=_FILTERS,
)


class GroupHistory(
    Table,
    of=Group,
    only=Group.end.before(Arg("today"))
    | Some(group_students_ever, student_before)
    | Some(group_staff_ever, staff_before),
    order=(Group.mis_id,),
):
    """Groups that have ended, and groups that somebody has left."""

    Id = Group.idaas_id
    GroupMis_Id = Group.mis_id
    XID = Group.xid
    ExternalId = Group.external_id
    Type = Group.kind
    Code = Group.code
    Name = Group.name
    StudentXIDs = Csv(_past_students, StudentMembership.student / Student.xid, about="Student XIDs")
    StaffXIDs = Csv(_past_staff, StaffMembership.staff / Employee.xid, about="Staff XIDs")
    StudentIds = Csv(_past_students, StudentMembership.student / Student.mis_id, about="Student MIS Ids")
    StaffIds = Csv(_past_staff, StaffMembership.staff / Employee.mis_id, about="Staff MIS Id")
    StudentIdaasIds = Csv(_past_students, StudentMembership.student / Student.idaas_id, about="Student IDaaS Ids")
    StaffIdaasIds = Csv(_past_staff, StaffMembership.staff / Employee.idaas_id, about="Staff IDaaS Ids")
    SubjectLocalId = Group.subject / Subject.mis_id
    SubjectCode = Group.subject / Subject.code
    SubjectName = Group.subject / Subject.name
    LastUpdated = LastUpdated(Group)
    RowHash = RowHash(Group)


class PastStaffMembers(
    Table,
    of=StaffMembership,
    name="StaffMembers",
    only=staff_before,
    follows=StaffMembership.group,
    order=_BY_STAFF,
    shared=_STAFF_MEMBER,
):
    """Memberships of staff that have ended."""

    GroupId = StaffMembership.group / Group.idaas_id
    GroupMis_Id = StaffMembership.group / Group.mis_id
    StartDate = StaffMembership.start
    EndDate = StaffMembership.end


class PastStudentMembers(
    Table,
    of=StudentMembership,
    name="StudentMembers",
    only=student_before,
    follows=StudentMembership.group,
    order=_BY_STUDENT,
    shared=_STUDENT_MEMBER,
):
    """Memberships of students that have ended."""

    GroupId = StudentMembership.group / Group.idaas_id
    GroupMis_Id = StudentMembership.group / Group.mis_id


group_history = Endpoint(
    "GroupHistory",
    "Group History",
    "School",
    "Historical group definitions, and memberships that have ended.",
    _NEED,
    (GroupHistory, PastStaffMembers, PastStudentMembers, SubGroups, StandardYearGroupLookup),
    options={
        "includeStaffMembers": Option("Include staff membership of groups", With(PastStaffMembers)),
        "includeStudentMembers": Option("Include student membership", With(PastStudentMembers)),
        "includeMembersIds": Option("Include csv of Ids of group members", Add("StudentIds", "StaffIds")),
        "includeMembersIdaasIds": Option(
            "Include csv of IdaasIds of group members", Add("StudentIdaasIds", "StaffIdaasIds")
        ),
        "includeMembersXIDs": Option("Include csv of XIDs of group members", Add("StudentXIDs", "StaffXIDs")),
        "includeSubGroups": Option("Include SubGroups resultset", With(SubGroups)),
        "includeSubjects": Option(
            "Include SubjectLocalId, SubjectCode, SubjectName on the GroupHistory result set",
            Add("SubjectLocalId", "SubjectCode", "SubjectName"),
        ),
        "includeStandardYeargroups": Option("Include lookup for Standard Yeargroups", With(StandardYearGroupLookup)),
    },
    filters={name: one for name, one in _FILTERS.items() if name != "updatedSince"},
)

ENDPOINTS = (group_history, groups)
