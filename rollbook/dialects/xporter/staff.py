"""Staff, who manages them, their vehicles, next of kin and census roles (school.staff)."""

from __future__ import annotations

from ...api.resource import Add, Also, Endpoint, Filter, Only, Option, Table, With
from ...fields import Arg, Called, Csv, First, Key, LastUpdated, Many, RowHash
from ...model.groups import Group, StaffMembership, staff_groups, staff_now
from ...model.people import (
    Staff as Employee,
)
from ...model.people import (
    StaffHierarchy as Line,
)
from ...model.people import (
    StaffNextOfKin as Kin,
)
from ...model.people import (
    StaffPhoto,
    StaffSwacRole,
    StaffVehicle,
    staff_photos,
)
from ...scopes import S
from .filters import updated_since

_reg_groups = Many(
    "The registration groups that a member of staff belongs to now",
    StaffMembership.staff,
    where=staff_now & (StaffMembership.group / Group.kind).is_("RegGrp"),
    scope=S.School,
)


class Staff(Table, of=Employee, only=Employee.status.is_("Current"), order=(Employee.mis_id,)):
    """Current members of staff; others when they are asked for."""

    Id = Employee.mis_id
    ExternalId = Employee.external_id
    IdaasId = Employee.idaas_id
    XID = Employee.xid
    Title = Employee.title
    Suffix = Employee.suffix
    StaffCode = Employee.code
    StaffStatus = Employee.status
    TeacherCategory = Employee.teacher_category
    Forename = Employee.forename
    Surname = Employee.surname
    DisplayName = Employee.display_name
    IdaasEmail = Employee.idaas_email
    WorkEmail = Employee.work_email
    WorkPhone = Employee.work_phone
    IsTeacher = Employee.is_teacher
    IsSupport = Employee.is_support
    IsSupply = Employee.is_supply
    IsGovernor = Employee.is_governor
    RegGroup = Csv(
        _reg_groups,
        StaffMembership.group / Group.name,
        about="The registration group(s) the staff member belongs to",
    )
    GroupIds = Csv(
        staff_groups,
        StaffMembership.group / Group.mis_id,
        about="CSV of GroupIds the staff member belongs to",
    )
    GroupIdaasIds = Csv(
        staff_groups,
        StaffMembership.group / Group.idaas_id,
        about="CSV of Idaas GroupIds the staff member belongs to",
    )
    GroupXIDs = Csv(
        staff_groups,
        StaffMembership.group / Group.xid,
        about="CSV of XIDs of the groups the staff member belongs to",
    )
    Gender = Employee.gender
    MiddleName = Employee.middle_name
    LegalForename = Employee.legal_forename
    LegalSurname = Employee.legal_surname
    DateOfBirth = Employee.birth_date
    MobilePhone = Employee.mobile_phone
    PayrollNumber = Employee.payroll_number
    NINumber = Employee.ni_number
    TeacherNumber = Employee.teacher_number
    EmploymentStart = Employee.employment_start
    EmploymentEnd = Employee.employment_end
    Roles = Employee.roles
    RoleCodes = Employee.role_codes
    HomeEmail = Employee.home_email
    HomePhone = Employee.home_phone
    AddressBlock = Employee.address_block
    HouseNo = Employee.house_no
    HouseName = Employee.house_name
    Apartment = Employee.apartment
    Street = Employee.street
    District = Employee.locality
    TownOrCity = Employee.town
    County = Employee.county
    PostCode = Employee.post_code
    Country = Employee.country
    Photo = First(staff_photos, StaffPhoto.image, about="Base64 encoded image of the staff member")
    LastUpdated = LastUpdated(Employee)
    RowHash = RowHash(Employee)


class StaffHierarchy(
    Table,
    of=Line,
    follows=Line.child,
    order=(Line.code, Line.parent / Employee.mis_id, Line.child / Employee.mis_id),
):
    """Line managers and the staff they manage."""

    Id = Key(
        Line.code,
        ".",
        Line.parent / Employee.mis_id,
        ".",
        Line.child / Employee.mis_id,
        about="The MIS Id of the staff hierarchy record",
        example="Man.5.7",
    )
    ParentStaffId = Line.parent / Employee.mis_id
    ChildStaffId = Line.child / Employee.mis_id
    ParentRelationshipTitle = Line.parent_title
    ChildRelationshipTitle = Line.child_title
    StartDate = Line.start
    EndDate = Line.end


class StaffVehicles(
    Table,
    of=StaffVehicle,
    follows=StaffVehicle.staff,
    order=(StaffVehicle.staff / Employee.mis_id, StaffVehicle.mis_id),
    key=Key(StaffVehicle.staff / Employee.mis_id, ".", StaffVehicle.mis_id),
):
    """Vehicles that staff bring to the school."""

    StaffId = StaffVehicle.staff / Employee.mis_id
    VehicleID = StaffVehicle.mis_id
    VehicleModel = StaffVehicle.model
    VehicleColour = StaffVehicle.colour
    VehicleRegistration = StaffVehicle.registration


class StaffNextOfKin(
    Table,
    of=Kin,
    follows=Kin.staff,
    order=(Kin.staff / Employee.mis_id, Kin.mis_id),
    key=Key(Kin.staff / Employee.mis_id, ".", Kin.mis_id),
):
    """Who to call in an emergency involving a member of staff."""

    StaffId = Kin.staff / Employee.mis_id
    ContactId = Kin.mis_id
    StaffMis_Id = Kin.staff / Employee.mis_id
    ContactMis_Id = Kin.mis_id
    FullName = Kin.full_name
    Forename = Kin.forename
    Surname = Kin.surname
    MiddleName = Kin.middle_name
    Title = Kin.title
    Gender = Kin.gender
    Role = Kin.role
    DOB = Kin.birth_date
    HomeEmail = Kin.home_email
    WorkEmail = Kin.work_email
    PrimaryEmail = Kin.primary_email
    HomePhone = Kin.home_phone
    WorkPhone = Kin.work_phone
    MobilePhone = Kin.mobile_phone
    HouseNumber = Kin.house_no
    HouseName = Kin.house_name
    Apartment = Kin.apartment
    Street = Kin.street
    District = Kin.locality
    Town = Kin.town
    County = Kin.county
    Country = Kin.country
    PostCode = Kin.post_code
    AddressBlock = Kin.address_block


class StaffSWAC(Table, of=StaffSwacRole, follows=StaffSwacRole.staff, order=(StaffSwacRole.mis_id,)):
    """Roles in the School Workforce in Wales census."""

    Id = StaffSwacRole.mis_id
    StaffMis_Id = StaffSwacRole.staff / Employee.mis_id
    SWACRole = StaffSwacRole.role
    MainRole = StaffSwacRole.is_main
    FTE = StaffSwacRole.fte


staff = Endpoint(
    "Staff",
    "Staff",
    "Staff",
    "All current staff members at the school: teachers and non-teaching staff such as teaching support.",
    S.Staff | S.StaffLite,
    (Staff, StaffHierarchy, StaffVehicles, StaffNextOfKin, StaffSWAC),
    years=True,
    options={
        "includePhotos": Option("Set to enable the staff photo column in the result set", Add("Photo")),
        "includeGroupIds": Option("Set to enable GroupIds column", Add("GroupIds")),
        "includeGroupIdaasIds": Option("Set to enable GroupIdaasIds column", Add("GroupIdaasIds")),
        "includeGroupXIDs": Option("Set to enable GroupXIDs column", Add("GroupXIDs")),
        "teachersOnly": Option("Only include teachers in the response", Only(Employee.is_teacher.is_(1))),
        "includeFuture": Option("Set to include future staff", Also(Employee.status.is_("Future"))),
        "includePrevious": Option(
            "Set to include staff who have left either in the current or the previous academic year",
            Also(Employee.status.is_("Previous") & Employee.employment_end.since(Arg("last_year_start"))),
        ),
        "includeTemporary": Option(
            "Set to include staff who are considered temporary", Also(Employee.status.is_("Temporary"))
        ),
        "includeHierarchy": Option("Set to include staff hierarchy", With(StaffHierarchy)),
        "includeStaffVehicles": Option("Set to include data about staff vehicle", With(StaffVehicles)),
        "includeStaffNextOfKin": Option("Set to include data about staff next of kin", With(StaffNextOfKin)),
        "includeStaffSWAC": Option("Set to include data about staff SWAC roles", With(StaffSWAC)),
    },
    filters={
        "id": Filter(
            "A single staff member by Id, ExternalId or XID",
            Called((Employee.mis_id, Employee.external_id, Employee.xid), Arg("id")),
        ),
        "staffStatus": Filter(
            "Filter by staff status",
            Employee.status.is_(Arg("staffStatus")),
            kind="code",
            choices={s: s for s in ("Current", "Future", "Previous", "Temporary")},
            instead=True,
        ),
        "updatedSince": updated_since(Employee),
    },
)

ENDPOINTS = (staff,)
