"""Contracts of staff, and pay scales (school.staffcontracts, school.payscales)."""

from __future__ import annotations

from ...api.resource import Add, Also, Endpoint, Option, Table, With
from ...fields import TODAY, Arg, LastUpdated, RowHash
from ...model.contract import (
    ContractAllowance,
    ContractRole,
    ContractScale,
    StaffContract,
    WorkingDay,
)
from ...model.contract import PayScale as Scale
from ...model.people import Staff
from ...scopes import S
from .workforce import one_member, working

_whose = StaffContract.staff
_begun = StaffContract.start.unknown() | StaffContract.start.until(TODAY)
_unended = StaffContract.end.unknown() | StaffContract.end.since(TODAY)
_recent = Arg("last_year_start")
_left_lately = working(_whose, "Previous") & (_whose / Staff.employment_end).since(_recent)
_ended_lately = StaffContract.end.before(TODAY) & StaffContract.end.since(_recent)


class StaffContracts(
    Table,
    of=StaffContract,
    only=working(_whose) & _begun & _unended,
    order=(_whose / Staff.mis_id, StaffContract.start, StaffContract.mis_id),
):
    """The contracts under which current members of staff work now; others when they are asked for."""

    Id = StaffContract.mis_id
    StaffId = _whose / Staff.mis_id
    EmploymentType = StaffContract.employment
    ServiceTerm = StaffContract.service_term
    Post = StaffContract.post
    PostCategory = StaffContract.category
    StdPostCode = StaffContract.post_code
    StdPostName = StaffContract.post_name
    ContractStartDate = StaffContract.start
    ContractEndDate = StaffContract.end
    ContractHoursPerWeek = StaffContract.hours
    ContractWeeksPerYear = StaffContract.weeks
    ContractFTE = StaffContract.fte
    PayrollNumber = StaffContract.payroll_number
    PayFactor = StaffContract.pay_factor
    Salary = StaffContract.salary
    SalaryFTE = StaffContract.full_salary
    TotalPay = StaffContract.total_pay
    LastPayReview = StaffContract.pay_review
    PensionType = StaffContract.pension
    LastUpdated = LastUpdated(StaffContract)
    RowHash = RowHash(StaffContract)


class StaffRoles(
    Table, of=ContractRole, follows=ContractRole.contract, order=(ContractRole.start, ContractRole.mis_id)
):
    """The roles that contracts give."""

    Id = ContractRole.mis_id
    ContractId = ContractRole.contract / StaffContract.mis_id
    Role = ContractRole.role
    RoleStartDate = ContractRole.start
    RoleEndDate = ContractRole.end
    LastUpdated = LastUpdated(ContractRole)
    RowHash = RowHash(ContractRole)


class StaffScales(
    Table, of=ContractScale, follows=ContractScale.contract, order=(ContractScale.start, ContractScale.mis_id)
):
    """The places on pay scales that contracts give."""

    Id = ContractScale.mis_id
    ContractId = ContractScale.contract / StaffContract.mis_id
    StartDate = ContractScale.start
    EndDate = ContractScale.end
    ScalePoint = ContractScale.point
    PayScale = ContractScale.scale / Scale.name
    PayScaleCode = ContractScale.scale / Scale.code
    MinimumAmount = ContractScale.scale / Scale.minimum
    MaximumAmount = ContractScale.scale / Scale.maximum


class StaffAllowances(
    Table,
    of=ContractAllowance,
    follows=ContractAllowance.contract,
    order=(ContractAllowance.start, ContractAllowance.mis_id),
):
    """What contracts pay beside the salary."""

    Id = ContractAllowance.mis_id
    ContractId = ContractAllowance.contract / StaffContract.mis_id
    StartDate = ContractAllowance.start
    EndDate = ContractAllowance.end
    Amount = ContractAllowance.amount
    Type = ContractAllowance.kind
    Description = ContractAllowance.description
    Code = ContractAllowance.code
    Reason = ContractAllowance.reason


class StaffWorkingPatterns(
    Table,
    of=WorkingDay,
    follows=WorkingDay.contract,
    order=(WorkingDay.contract / StaffContract.mis_id, WorkingDay.weekday, WorkingDay.start_time),
):
    """When members of staff work in a week; the hours add up to those of the contract."""

    Id = WorkingDay.mis_id
    ContractId = WorkingDay.contract / StaffContract.mis_id
    DayOfWeek = WorkingDay.weekday
    Day = WorkingDay.day
    StartTime = WorkingDay.start_time
    EndTime = WorkingDay.end_time
    Hours = WorkingDay.hours


staff_contracts = Endpoint(
    "StaffContracts",
    "StaffContracts",
    "Staff",
    "Contract and role information for current staff members.",
    S.StaffContractual,
    (StaffContracts, StaffRoles, StaffScales, StaffAllowances, StaffWorkingPatterns),
    years=True,
    options={
        "includeStaffSalaries": Option(
            "Includes salary information in the StaffContracts table",
            Add("PayFactor", "Salary", "SalaryFTE", "TotalPay", "LastPayReview"),
        ),
        "includeStaffScales": Option(
            "Includes information about pay scales in the StaffScales table", With(StaffScales)
        ),
        "includeStaffAllowances": Option(
            "Includes information about allowances in the StaffAllowances table", With(StaffAllowances)
        ),
        "includeFuture": Option(
            "Set to include future contracts, and future staff",
            Also(working(_whose, "Future") | (working(_whose) & StaffContract.start.after(TODAY))),
        ),
        "includePrevious": Option(
            "Set to include previous contracts from either the current or the previous academic year, and those of "
            "staff who have left in either",
            Also((_left_lately & (StaffContract.end.unknown() | StaffContract.end.since(_recent))) | _ended_lately),
        ),
    },
    filters=one_member("StaffId", _whose),
)


class PayScales(Table, of=Scale, name="payscales", order=(Scale.mis_id,)):
    """The scales on which staff are paid."""

    Id = Scale.mis_id
    Code = Scale.code
    Name = Scale.name
    MinimumPoint = Scale.minimum_point
    MaximumPoint = Scale.maximum_point
    MinimumAmount = Scale.minimum
    MaximumAmount = Scale.maximum
    StartDate = Scale.start
    EndDate = Scale.end
    LastUpdated = LastUpdated(Scale)
    RowHash = RowHash(Scale)


pay_scales = Endpoint(
    "PayScales",
    "payscales",
    "School",
    "A list of pay scales.",
    S.StaffContractual,
    (PayScales,),
)

ENDPOINTS = (staff_contracts, pay_scales)
