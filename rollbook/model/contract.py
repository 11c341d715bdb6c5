"""What members of staff are employed to do, when they work, and what they are paid."""

from __future__ import annotations

from ..fields import Date, Decimal, Number, Ref, Text, Time
from ..scopes import S
from .organisation import SchoolRecord
from .people import Staff
from .workforce import STAFF


class StaffContract(SchoolRecord, scope=S.StaffContractual, indexes=(("school",), ("staff",))):
    """A contract of employment."""

    staff = Ref("Whose contract", Staff, part_of=True, tells=STAFF)
    mis_id = Text("The MIS Id of the contract", "5")
    employment = Text("The employment type of the contract", "Permanent")
    service_term = Text("The contract service term", "Leadership")
    post = Text("The contract post", "Assistant Head")
    category = Text("The contract post category", "Assistant Head")
    post_code = Text("Standardised contract post code", "AHT")
    post_name = Text("Standardised contract post name", "Assistant Head Teacher")
    start = Date("The contract start date", "2016-01-26")
    end = Date("The contract end date", "2016-01-26")
    hours = Decimal("The contract hours per week", 35)
    weeks = Decimal("The contract weeks per year", 38.2)
    fte = Decimal("The contract full time equivalent", 0.9)
    payroll_number = Text("The contract / payroll number", "PR577326")
    pay_factor = Decimal("The pay factor", 1.0)
    salary = Decimal("The salary for the contract", 16491.5)
    full_salary = Decimal("The full time equivalent salary for the contract", 16491.5)
    total_pay = Decimal("The total pay for the contract", 17491.5)
    pay_review = Date("The date of the latest pay review", "2017-01-23")
    pension = Text("The pension type or superannuation for the contract", "Teachers' Pension Scheme")


class ContractRole(SchoolRecord, scope=S.StaffContractual, indexes=(("school",), ("contract",), ("staff",))):
    """A role that a contract gives."""

    staff = Ref("Whose role", Staff, part_of=True, tells=STAFF)
    contract = Ref("The contract that gives it", StaffContract, part_of=True, tells=("mis_id",))
    mis_id = Text("The MIS Id of the contract role", "5")
    role = Text("The role name", "Assistant Head")
    start = Date("The role start date", "2016-01-26")
    end = Date("The role end date", "2016-01-26")


class PayScale(SchoolRecord, scope=S.StaffContractual, indexes=(("school", "code"),)):
    """A range of salaries, from its lowest point to its highest."""

    mis_id = Text("The MIS Id of the pay scale", "5")
    code = Text("The code of the pay scale", "TMS")
    name = Text("The name of the pay scale", "Teachers Main Scale")
    minimum_point = Decimal("The lowest point of the pay scale", 1)
    maximum_point = Decimal("The highest point of the pay scale", 6)
    minimum = Decimal("The minimum amount for the pay scale", 38984.5)
    maximum = Decimal("The maximum amount for the pay scale", 59264.5)
    start = Date("The first day on which these amounts are paid", "2026-09-01")
    end = Date("The last day on which these amounts are paid", "2027-08-31")


class ContractScale(SchoolRecord, scope=S.StaffContractual, indexes=(("school",), ("contract",), ("staff",))):
    """A contract's place on a pay scale, for a time."""

    staff = Ref("Whose place", Staff, part_of=True, tells=STAFF)
    contract = Ref("The contract that gives it", StaffContract, part_of=True, tells=("mis_id",))
    scale = Ref("The pay scale", PayScale, tells=("name", "code", "minimum", "maximum"))
    mis_id = Text("The MIS Id of the contract scale", "5")
    start = Date("The scale start date", "2016-01-26")
    end = Date("The scale end date", "2016-01-26")
    point = Decimal("The scale point", 6.2)


class ContractAllowance(SchoolRecord, scope=S.StaffContractual, indexes=(("school",), ("contract",), ("staff",))):
    """Something that a contract pays in addition to the salary."""

    staff = Ref("Whose allowance", Staff, part_of=True, tells=STAFF)
    contract = Ref("The contract that pays it", StaffContract, part_of=True, tells=("mis_id",))
    mis_id = Text("The MIS Id of the contract allowance", "5")
    start = Date("The allowance start date", "2016-01-26")
    end = Date("The allowance end date", "2016-01-26")
    amount = Decimal("The allowance amount", 6450.5)
    kind = Text("The allowance type", "Permanent")
    description = Text("The allowance description", "Teacher Learning 2C")
    code = Text("The allowance code", "TL2C")
    reason = Text("The allowance reason", "None given")


class WorkingDay(SchoolRecord, scope=S.StaffContractual, indexes=(("school",), ("contract",), ("staff",))):
    """When somebody works on a day of the week, under a contract."""

    staff = Ref("Who works", Staff, part_of=True, tells=STAFF)
    contract = Ref("The contract that sets this", StaffContract, part_of=True, tells=("mis_id",))
    mis_id = Text("The MIS Id of the day in the working pattern", "5")
    weekday = Number("The day of the week: 1 is Monday", 1)
    day = Text("The name of the day", "Monday")
    start_time = Time("When work begins", "08:15")
    end_time = Time("When work ends", "15:30")
    hours = Decimal("The number of hours worked, excluding breaks", 6.5)
