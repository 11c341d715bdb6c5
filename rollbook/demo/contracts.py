"""The contracts of the staff of an invented school, and what they are paid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ..model.contract import (
    ContractAllowance,
    ContractRole,
    ContractScale,
    PayScale,
    StaffContract,
    WorkingDay,
)
from ..model.people import Staff
from .opened import Opened
from .staffroom import Member
from .weeks import DAYS, Week, week_of


class Scale(NamedTuple):
    """A pay scale: its lowest and highest points, and what they pay in a year."""

    code: str
    name: str
    points: tuple[int, int]
    amounts: tuple[float, float]

    def pays(self, point: int) -> float:
        """What a point pays, the points being evenly apart."""
        (low, high), (least, most) = self.points, self.amounts
        return round(least + (most - least) * (point - low) / (high - low), 2)

    def of(self, share: float) -> Scale:
        """The same scale when it paid a share of this."""
        least, most = (round(a * share, 2) for a in self.amounts)
        return self._replace(amounts=(least, most))


BRITISH = (
    Scale("TMS", "Teachers Main Scale", (1, 6), (33400.0, 46150.0)),
    Scale("TUS", "Teachers Upper Scale", (1, 3), (48050.0, 51800.0)),
    Scale("LDR", "Leadership Group", (1, 43), (52250.0, 145600.0)),
    Scale("LGS", "Local Government Pay Spine", (2, 43), (24800.0, 56650.0)),
)
AMERICAN = (
    Scale("TSS", "Teacher Salary Schedule", (1, 25), (52000.0, 84400.0)),
    Scale("ADM", "Administrator Salary Schedule", (1, 15), (88000.0, 128200.0)),
    Scale("EAS", "Educational Assistant Schedule", (1, 20), (27500.0, 38900.0)),
)
LAST_YEAR = 0.965
"""What the scales paid in the academic year before, as a share of what they pay now."""


class Job(NamedTuple):
    """A contract: post, first and last day, and how many years of service its pay counts at the start."""

    title: str
    start: str
    end: str | None
    member: Member
    leads: bool


class Allowance(NamedTuple):
    """Something that is paid beside the salary."""

    code: str
    description: str
    amount: float
    kind: str
    reason: str
    end: str | None = None


def put_contracts(opened: Opened) -> None:
    """Add them."""
    scales = _put_scales(opened)
    payroll = {r["id"]: r["payroll_number"] for r in opened.draft.rows[Staff] if r["school"] == opened.school}
    for number, member in enumerate(opened.staff.members):
        if member.start and member.post.kind != "governor":
            for job in _jobs(opened, member, number):
                _put_contract(opened, job, payroll[member.id], number, scales)


Scales = dict[tuple[str, str], tuple[str, Scale]]
"""Hub id and facts of each scale, by its code and the first day of its year."""


def _put_scales(opened: Opened) -> Scales:
    plan, made = opened.plan, Scales()
    for year, share in ((plan.last_year, LAST_YEAR), (plan.this_year, 1.0)):
        for scale in (s.of(share) for s in (AMERICAN if plan.american else BRITISH)):
            identity = opened.put(
                PayScale,
                code=scale.code,
                name=scale.name,
                minimum_point=float(scale.points[0]),
                maximum_point=float(scale.points[1]),
                minimum=scale.amounts[0],
                maximum=scale.amounts[1],
                start=year.start,
                end=year.end,
            )
            made[scale.code, year.start] = identity, scale
    return made


def _jobs(opened: Opened, member: Member, number: int) -> Iterator[Job]:
    """The contracts of a member of staff: now and then one after the other, as people are promoted."""
    last, this = opened.plan.last_year, opened.plan.this_year
    title, start = member.post.title, member.start or this.first
    leads = title.startswith("Head of ")
    if leads and number % 4 == 1 and start < last.start:
        yield Job(title.replace("Head of", "Teacher of"), start, last.end, member, leads=False)
        yield Job(title, this.start, member.end, member, leads=True)
    elif title == "Teaching Assistant" and member.current and number % 8 == 2:
        spring = this.terms[1].start
        yield Job(title, start, _day_before(spring), member, leads=False)
        yield Job("Higher Level Teaching Assistant", spring, None, member, leads=True)
    else:
        yield Job(title, start, member.end, member, leads=leads)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(1)).isoformat()


def _put_contract(opened: Opened, job: Job, payroll: str | None, number: int, scales: Scales) -> None:
    week, member, plan = week_of(opened.plan, job.member), job.member, opened.plan
    places = list(_places(opened, job))
    code, since, _, point = places[-1]
    full = _scale(opened, scales, code, since)[1].pays(point)
    salary = round(full * week.fte * week.paid, 2)
    allowances = [a._replace(amount=round(a.amount * week.fte, 2)) for a in _allowances(opened, job, number)]
    names = member.post.codes.split(",")
    contract = opened.put(
        StaffContract,
        staff=member.id,
        employment="Fixed Term" if job.end and member.current else "Permanent",
        service_term=_service_term(code, week),
        post=job.title,
        category=names[0],
        post_code=names[1],
        post_name=names[0],
        start=job.start,
        end=job.end,
        hours=week.hours,
        weeks=week.weeks,
        fte=week.fte,
        payroll_number=payroll,
        pay_factor=week.paid,
        salary=salary,
        full_salary=full,
        total_pay=round(salary + sum(a.amount for a in allowances), 2),
        pay_review=plan.this_year.start if job.start < plan.this_year.start and not job.end else None,
        pension=_pension(code),
    )
    _put_parts(opened, job, contract, week, allowances)
    for place in places:
        _put_place(opened, job, contract, place, scales)


SERVICE = {
    "LDR": "Leadership",
    "TMS": "Teachers",
    "TUS": "Teachers",
    "TSS": "Teachers",
    "ADM": "Administrators",
}


def _service_term(code: str, week: Week) -> str:
    support = "Support Staff (all year)" if week.weeks > 50 else "Support Staff (term time)"
    return SERVICE.get(code, support)


def _pension(code: str) -> str:
    american = "Educational Retirement Plan" if code in ("TSS", "ADM", "EAS") else ""
    return american or ("Local Government Pension Scheme" if code == "LGS" else "Teachers' Pension Scheme")


def _put_parts(opened: Opened, job: Job, contract: str, week: Week, allowances: list[Allowance]) -> None:
    own = {"staff": job.member.id, "contract": contract}
    roles = [job.title, "Head of Department"] if job.title.startswith("Head of ") else [job.title]
    for role in roles:
        opened.put(ContractRole, role=role, start=job.start, end=job.end, **own)
    for one in allowances:
        opened.put(
            ContractAllowance,
            start=max(job.start, opened.plan.this_year.start) if one.end else job.start,
            end=one.end or job.end,
            amount=one.amount,
            kind=one.kind,
            description=one.description,
            code=one.code,
            reason=one.reason,
            **own,
        )
    for shift in week.shifts:
        opened.put(
            WorkingDay,
            weekday=shift.weekday,
            day=DAYS[shift.weekday - 1],
            start_time=shift.start,
            end_time=shift.end,
            hours=shift.hours,
            **own,
        )


def _allowances(opened: Opened, job: Job, number: int) -> Iterator[Allowance]:
    american, title = opened.plan.american, job.title
    if title.startswith("Head of "):
        if american:
            yield Allowance("DEPT", "Department Chair", 3200.0, "Permanent", "Leads a department")
        elif title.removeprefix("Head of ") in ("English", "Mathematics", "Science"):
            yield Allowance("TL1A", "Teaching and Learning 1A", 10150.0, "Permanent", "Leads a large department")
        else:
            yield Allowance("TL2C", "Teaching and Learning 2C", 6450.5, "Permanent", "Leads a department")
    elif job.member.post.kind == "teacher" and job.member.current and not american:
        if number % 10 == 6:
            yield Allowance("SEN1", "Special Educational Needs 1", 2710.0, "Permanent", "Teaches the nurture group")
        if number % 10 == 9:
            ends = opened.plan.this_year.end
            yield Allowance("TL3", "Teaching and Learning 3", 1500.0, "Temporary", "Reading across the school", ends)
    elif number % 7 == 4:
        yield Allowance("FAID", "First Aid", 180.0, "Permanent", "First aider of the building")


PlaceOnScale = tuple[str, str, str | None, int]
"""Code of the scale, first and last day, point."""


def _places(opened: Opened, job: Job) -> Iterator[PlaceOnScale]:
    """Where a contract stands on the pay scales: last year and this one, a point higher each September."""
    plan = opened.plan
    for year in (plan.last_year, plan.this_year):
        start, end = max(job.start, year.start), min(job.end or year.end, year.end)
        if start <= end:
            code, point = _point(opened, job, int(year.start[:4]))
            open_end = year is plan.this_year and not job.end
            yield code, start, None if open_end else end, point


LEADERS = {
    (False, "Headteacher"): (33, 39),
    (False, "Deputy Headteacher"): (16, 20),
    (True, "Headteacher"): (18, 24),
    (True, "Deputy Headteacher"): (8, 12),
}
"""The first and last points of those who lead a school, by whether it is a primary school."""


def _point(opened: Opened, job: Job, autumn: int) -> tuple[str, int]:
    served = max(0, autumn - int((job.member.start or job.start)[:4]))
    kind, title = job.member.post.kind, job.title
    if opened.plan.american:
        if "Principal" in title:
            return "ADM", min(15, 3 + served // 2 + (6 if title == "Principal" else 0))
        return ("TSS", min(25, 1 + served)) if kind == "teacher" else ("EAS", min(20, 1 + served))
    if title in ("Headteacher", "Deputy Headteacher"):
        floor, ceiling = LEADERS[opened.plan.primary, title]
        return "LDR", min(ceiling, floor + served)
    if kind == "teacher" or title == "Supply Teacher":
        return ("TUS", min(3, 1 + (served - 6) // 2)) if served > 5 else ("TMS", min(6, 1 + served))
    floor, ceiling = (12, 17) if job.leads or title in ("Administrator", "Librarian", "School Secretary") else (4, 7)
    return "LGS", min(ceiling, floor + served)


def _scale(opened: Opened, scales: Scales, code: str, day: str) -> tuple[str, Scale]:
    this, last = opened.plan.this_year.start, opened.plan.last_year.start
    return scales[code, this if day >= this else last]


def _put_place(opened: Opened, job: Job, contract: str, place: PlaceOnScale, scales: Scales) -> None:
    code, start, end, point = place
    scale, _ = _scale(opened, scales, code, start)
    opened.put(
        ContractScale,
        staff=job.member.id,
        contract=contract,
        scale=scale,
        start=start,
        end=end,
        point=float(point),
    )
