"""Contracts of staff with their roles, scales, allowances and working patterns; and the pay scales."""

from __future__ import annotations

import pytest

from rollbook.model.contract import StaffContract
from rollbook.model.people import Staff

from ..hub import THORNFIELD, Hub
from .tables import Caller, Row, Tables, mis_ids

SALARIES = ("PayFactor", "Salary", "SalaryFTE", "TotalPay", "LastPayReview")
PARTS = {
    "StaffRoles": ("contract_role", ""),
    "StaffScales": ("contract_scale", "includeStaffScales"),
    "StaffAllowances": ("contract_allowance", "includeStaffAllowances"),
    "StaffWorkingPatterns": ("working_day", ""),
}
"""Each side table with the store's table and the option that fills it, if it needs one."""
EVERY = "options=includeStaffScales,includeStaffAllowances,includeStaffSalaries"


def contracts(held: Tables, *employments: str) -> list[Row]:
    """The contracts of staff of these statuses."""
    staff = held.known("staff")
    return [c for c in held.of("staff_contract") if held.employment(staff[c["staff"]]) in employments]


def running(held: Tables) -> list[Row]:
    """The contracts under which current staff work today."""
    return [
        c for c in contracts(held, "Current") if c["start"] <= held.today and (c["end"] or held.today) >= held.today
    ]


# ---- which contracts


def test_contracts_are_those_under_which_staff_work_today(app: Caller, held: Tables):
    assert app.ids("StaffContracts") == mis_ids(running(held))
    everybody = {s["id"] for s in held.staff("Current") if not s["is_governor"]}
    assert {c["staff"] for c in running(held)} == everybody


def test_future_contracts_and_those_of_future_staff_are_added_when_asked_for(app: Caller, held: Tables):
    added = app.ids("StaffContracts?includeFuture=true") - app.ids("StaffContracts")
    later = [c for c in contracts(held, "Current") if c["start"] > held.today]
    assert added == mis_ids([*later, *contracts(held, "Future")])
    assert later
    assert contracts(held, "Future")


def test_previous_contracts_and_those_of_previous_staff_are_added_when_asked_for(app: Caller, held: Tables):
    since = held.year_start(last=True)
    added = app.ids("StaffContracts?includePrevious=true") - app.ids("StaffContracts")
    ended = [c for c in held.of("staff_contract") if since <= (c["end"] or "") < held.today]
    assert added == mis_ids(ended)
    assert {held.employment(held.known("staff")[c["staff"]]) for c in ended} == {"Current", "Previous"}


def test_contracts_that_ended_before_the_previous_year_stay_out(asker: Caller, small: Tables):
    one = running(small)[3]
    small.change(StaffContract, one["id"], end="2025-08-31")
    assert one["mis_id"] not in asker.ids("StaffContracts?includePrevious=true")
    small.change(StaffContract, one["id"], end="2025-09-01")
    assert one["mis_id"] in asker.ids("StaffContracts?includePrevious=true")
    assert one["mis_id"] not in asker.ids("StaffContracts")


def test_a_contract_runs_on_its_first_and_on_its_last_day(asker: Caller, small: Tables):
    first, last, *_ = running(small)
    small.change(StaffContract, first["id"], start=small.today)
    small.change(StaffContract, last["id"], end=small.today)
    assert {first["mis_id"], last["mis_id"]} <= asker.ids("StaffContracts")


def test_a_contract_without_an_end_is_previous_when_its_holder_has_left(asker: Caller, small: Tables):
    one = next(c for c in running(small) if c["end"] is None)
    small.change(Staff, one["staff"], employment_end="2026-07-17")
    assert one["mis_id"] not in asker.ids("StaffContracts")
    assert one["mis_id"] in asker.ids("StaffContracts?includePrevious=true")
    small.change(Staff, one["staff"], employment_end="2025-07-17")
    assert one["mis_id"] not in asker.ids("StaffContracts?includePrevious=true")


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_contracts_of_one_member_of_staff(app: Caller, held: Tables, known_by: str):
    twice = next(
        c["staff"] for c in contracts(held, "Current") if c["end"] == "2026-08-31" and c["start"] < "2026-01-01"
    )
    person = held.known("staff")[twice]
    own = [c for c in held.of("staff_contract") if c["staff"] == twice]
    assert app.ids(f"StaffContracts?StaffId={person[known_by]}") == mis_ids(c for c in own if not c["end"])
    assert app.ids(f"StaffContracts?StaffId={person[known_by]}&includePrevious=true") == mis_ids(own)
    assert len(own) == 2


# ---- what is told of them


def test_a_row_tells_the_contract_as_it_is_held(app: Caller, held: Tables):
    columns = {
        "EmploymentType": "employment",
        "ServiceTerm": "service_term",
        "Post": "post",
        "PostCategory": "category",
        "StdPostCode": "post_code",
        "StdPostName": "post_name",
        "ContractStartDate": "start",
        "ContractEndDate": "end",
        "ContractHoursPerWeek": "hours",
        "ContractWeeksPerYear": "weeks",
        "ContractFTE": "fte",
        "PayrollNumber": "payroll_number",
        "PayFactor": "pay_factor",
        "Salary": "salary",
        "SalaryFTE": "full_salary",
        "TotalPay": "total_pay",
        "LastPayReview": "pay_review",
        "PensionType": "pension",
    }
    staff = held.known("staff")
    shown = {r["Id"]: (r["StaffId"], *(r[c] for c in columns)) for r in app.rows(f"StaffContracts?{EVERY}")}
    assert shown == {
        c["mis_id"]: (staff[c["staff"]]["mis_id"], *(c[f] for f in columns.values())) for c in running(held)
    }


def test_salaries_are_told_only_when_asked_for(app: Caller):
    plain = app.rows("StaffContracts?pagesize=1")[0]
    paid = app.rows("StaffContracts?pagesize=1&includeStaffSalaries=true")[0]
    assert set(paid) - set(plain) == set(SALARIES)
    assert list(paid) == list(app.rows(f"StaffContracts?{EVERY}&pagesize=1")[0])


@pytest.mark.parametrize("table", PARTS)
def test_a_part_is_told_of_the_contracts_shown(app: Caller, held: Tables, table: str):
    stored, option = PARTS[table]
    asked = f"{option}=true" if option else ""
    for path, shown in (
        (f"StaffContracts?{asked}", running(held)),
        (f"StaffContracts?{asked}&includeFuture=true&includePrevious=true", held.of("staff_contract")),
    ):
        known = {c["id"]: c["mis_id"] for c in shown}
        rows = {r["Id"]: r["ContractId"] for r in app.rows(path, table)}
        assert rows == {r["mis_id"]: known[r["contract"]] for r in held.of(stored) if r["contract"] in known}
        assert rows


@pytest.mark.parametrize("table", [t for t, (_, option) in PARTS.items() if option])
def test_scales_and_allowances_are_empty_until_asked_for(app: Caller, table: str):
    assert app.rows("StaffContracts", table) == []


def test_parts_are_those_of_the_contracts_on_the_page(app: Caller):
    answer = app.answer(f"StaffContracts?{EVERY}&page=2&pagesize=5")
    ids = {c["Id"] for c in answer["StaffContracts"]}
    assert len(ids) == 5
    for table in PARTS:
        assert {r["ContractId"] for r in answer[table]} <= ids
    assert {r["ContractId"] for r in answer["StaffWorkingPatterns"]} == ids


def test_roles_tell_what_and_when(app: Caller, held: Tables):
    shown = {
        r["Id"]: (r["Role"], r["RoleStartDate"], r["RoleEndDate"]) for r in app.rows("StaffContracts", "StaffRoles")
    }
    roles = {r["mis_id"]: (r["role"], r["start"], r["end"]) for r in held.of("contract_role")}
    assert shown == {one: roles[one] for one in shown}


def test_scales_tell_the_point_and_the_amounts_of_the_scale(app: Caller, held: Tables):
    scales = held.known("pay_scale")
    shown = {
        r["Id"]: tuple(
            r[c]
            for c in (
                "StartDate",
                "EndDate",
                "ScalePoint",
                "PayScale",
                "PayScaleCode",
                "MinimumAmount",
                "MaximumAmount",
            )
        )
        for r in app.rows("StaffContracts?includeStaffScales=true", "StaffScales")
    }
    held_places = {
        p["mis_id"]: (
            p["start"],
            p["end"],
            p["point"],
            *(scales[p["scale"]][f] for f in ("name", "code", "minimum", "maximum")),
        )
        for p in held.of("contract_scale")
    }
    assert shown == {one: held_places[one] for one in shown}
    assert len(shown) > 100


def test_allowances_tell_what_is_paid_for_what(app: Caller, held: Tables):
    columns = {
        "StartDate": "start",
        "EndDate": "end",
        "Amount": "amount",
        "Type": "kind",
        "Description": "description",
        "Code": "code",
        "Reason": "reason",
    }
    rows = app.rows("StaffContracts?includeStaffAllowances=true", "StaffAllowances")
    allowances = {a["mis_id"]: [a[f] for f in columns.values()] for a in held.of("contract_allowance")}
    assert {r["Id"]: [r[c] for c in columns] for r in rows} == {r["Id"]: allowances[r["Id"]] for r in rows}
    assert len({r["Code"] for r in rows}) > 3


def test_working_patterns_add_up_to_the_hours_of_the_contract(app: Caller):
    answer = app.answer("StaffContracts")
    hours: dict[str, float] = {}
    for row in answer["StaffWorkingPatterns"]:
        hours[row["ContractId"]] = hours.get(row["ContractId"], 0) + row["Hours"]
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
        assert row["Day"] == names[row["DayOfWeek"] - 1]
        assert row["StartTime"] < row["EndTime"]
    assert hours == {c["Id"]: c["ContractHoursPerWeek"] for c in answer["StaffContracts"]}


# ---- pay scales


def test_pay_scales_are_all_that_the_school_has(app: Caller, held: Tables):
    columns = {
        "Code": "code",
        "Name": "name",
        "MinimumPoint": "minimum_point",
        "MaximumPoint": "maximum_point",
        "MinimumAmount": "minimum",
        "MaximumAmount": "maximum",
        "StartDate": "start",
        "EndDate": "end",
    }
    shown = {r["Id"]: [r[c] for c in columns] for r in app.rows("PayScales", "payscales")}
    assert shown == {s["mis_id"]: [s[f] for f in columns.values()] for s in held.of("pay_scale")}
    assert {s["code"] for s in held.of("pay_scale")} == {"TMS", "TUS", "LDR", "LGS"}


# ---- consent


def test_contracts_and_pay_scales_need_staff_contractual(hub: Hub, app: Caller):
    alone = Caller(hub, ["StaffContractual"])
    assert alone.rows(f"StaffContracts?{EVERY}") == app.rows(f"StaffContracts?{EVERY}")
    assert alone.rows("PayScales") == app.rows("PayScales")
    for endpoint in ("StaffContracts", "PayScales"):
        refused = hub.school(endpoint, hub.token(["Staff", "StaffEmployment"], app="other.example.org"))
        assert refused["ExceptionType"] is not None


def test_no_part_is_told_of_staff_left_out(small_hub: Hub, small: Tables):
    caller = Caller(small_hub)
    one = next(a for a in small.of("contract_allowance") if a["contract"] in {c["id"] for c in running(small)})
    whose = small.known("staff")[one["staff"]]["mis_id"]
    contract = small.known("staff_contract")[one["contract"]]["mis_id"]
    before = caller.answer(f"StaffContracts?{EVERY}")
    grant = small_hub.desk.grants.at(small_hub.app("all.example.org"), THORNFIELD)
    small_hub.desk.people.choose(grant, "staff", "except", [whose])
    after = caller.answer(f"StaffContracts?{EVERY}")
    for table in PARTS:
        assert contract in {r["ContractId"] for r in before[table]}
        assert after[table] == [r for r in before[table] if r["ContractId"] != contract]
