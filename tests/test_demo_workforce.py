"""The invented schools' staff are employed, checked, trained and away as the staff of a school could be."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from rollbook.demo import build
from rollbook.store.sqlite import Store
from tests.looking import look

from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from .xporter.tables import Row, Tables


@pytest.fixture(scope="module", params=[THORNFIELD, BRAMBLESIDE, SAGUARO])
def school(hub: Hub, request: pytest.FixtureRequest) -> Tables:
    """The tables of each school."""
    return Tables(hub, request.param)


@pytest.fixture(scope="module")
def thornfield(hub: Hub) -> Tables:
    """The tables of the secondary school."""
    return Tables(hub)


def by(rows: list[Row], name: str) -> dict[str, list[Row]]:
    """The rows by a fact, in order of their first day where they have one."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: r.get("start") or ""):
        found[row[name]].append(row)
    return found


def test_everybody_who_is_employed_has_contracts_from_the_first_to_the_last_day(school: Tables):
    contracts = by(school.of("staff_contract"), "staff")
    employed = [s for s in school.of("staff") if s["employment_start"] and not s["is_governor"]]
    assert contracts.keys() == {s["id"] for s in employed}
    for member in employed:
        own = contracts[member["id"]]
        assert own[0]["start"] == member["employment_start"]
        assert own[-1]["end"] == member["employment_end"]
        for one, following in itertools.pairwise(own):
            assert (date.fromisoformat(following["start"]) - date.fromisoformat(one["end"])).days == 1
        assert {c["payroll_number"] for c in own} == {member["payroll_number"]}


def test_hours_full_time_equivalent_and_pay_add_up(school: Tables):
    days = by(school.of("working_day"), "contract")
    allowances = by(school.of("contract_allowance"), "contract")
    for one in school.of("staff_contract"):
        assert one["hours"] == round(sum(d["hours"] for d in days[one["id"]]), 2)
        assert 0 < one["fte"] <= 1
        assert one["salary"] == round(one["full_salary"] * one["fte"] * one["pay_factor"], 2)
        beside = sum(a["amount"] for a in allowances.get(one["id"], []))
        assert one["total_pay"] == round(one["salary"] + beside, 2)
    assert {c["fte"] < 1 for c in school.of("staff_contract")} == {True, False}


def test_work_ends_after_it_begins_and_counts_no_longer_than_it_lasts(school: Tables):
    for one in school.of("working_day"):
        first, last = ([int(p) for p in one[f"{end}_time"].split(":")] for end in ("start", "end"))
        lasts = last[0] - first[0] + (last[1] - first[1]) / 60
        assert 0 < one["hours"] <= lasts <= one["hours"] + 1


def test_places_on_scales_lie_between_the_lowest_and_the_highest_point(school: Tables):
    scales = school.known("pay_scale")
    for place in school.of("contract_scale"):
        scale = scales[place["scale"]]
        assert scale["minimum_point"] <= place["point"] <= scale["maximum_point"]
        assert scale["start"] <= place["start"] <= (place["end"] or scale["end"]) <= scale["end"]


def test_the_salary_is_within_the_bands_of_the_scale(school: Tables):
    scales, places = school.known("pay_scale"), by(school.of("contract_scale"), "contract")
    for one in school.of("staff_contract"):
        scale = scales[places[one["id"]][-1]["scale"]]
        assert scale["minimum"] <= one["full_salary"] <= scale["maximum"]


def test_a_head_earns_more_than_a_deputy_and_a_deputy_more_than_a_teacher(thornfield: Tables):
    pay: defaultdict[str, list[float]] = defaultdict(list)
    for one in thornfield.of("staff_contract"):
        pay[one["post"].split(" ")[0]].append(one["full_salary"])
    assert min(pay["Headteacher"]) > max(pay["Deputy"])
    assert min(pay["Deputy"]) > max(pay["Teacher"])
    assert min(pay["Teacher"]) > max(pay["Teaching"])


# ---- absences


def test_nobody_is_away_twice_at_once(school: Tables):
    for rows in by(school.of("staff_absence"), "staff").values():
        assert all(a["end"] < b["start"] for a, b in itertools.pairwise(rows))


def test_nobody_is_away_before_coming_or_after_leaving(school: Tables):
    staff = school.known("staff")
    for one in school.of("staff_absence"):
        member = staff[one["staff"]]
        assert member["employment_start"] <= one["start"] <= one["end"] <= (member["employment_end"] or "9")


def test_days_and_hours_lost_are_those_of_the_working_pattern(thornfield: Tables):
    contracts = by(thornfield.of("staff_contract"), "staff")
    days = by(thornfield.of("working_day"), "contract")
    lost = 0.0
    for one in thornfield.of("staff_absence"):
        daily = {d["weekday"]: d["hours"] for d in days[contracts[one["staff"]][0]["id"]]}
        span = (date.fromisoformat(one["end"]) - date.fromisoformat(one["start"])).days + 1
        first = date.fromisoformat(one["start"]).toordinal()
        most = sum(date.fromordinal(first + n).isoweekday() in daily for n in range(span))
        assert 0 < one["days_lost"] <= most
        assert one["hours_lost"] <= one["days_lost"] * max(daily.values())
        lost += one["days_lost"]
    # A few days a year for each of nearly eighty people.
    assert 150 < lost < 1_000


def test_a_long_illness_has_a_fit_note_signed_within_a_week(school: Tables):
    certificates = by(school.of("absence_certificate"), "absence")
    for one in school.of("staff_absence"):
        own = certificates.get(one["id"], [])
        if one["kind"] == "Medically certificated" and one["end"] < school.today:
            (paper,) = own
            assert (paper["kind"], paper["signed_by"]) == ("Refrain from Work", "Doctor")
            assert (date.fromisoformat(paper["signed"]) - date.fromisoformat(one["start"])).days < 7
        if one["illness"] is None:
            assert own == []
        assert all(p["signed"] <= p["received"] <= school.today for p in own)


# ---- checks, qualifications, training


def test_everybody_has_the_checks_of_the_single_central_record(school: Tables):
    checks = by(school.of("staff_check"), "staff")
    american = school.school["estab"] == SAGUARO
    needed = {"FBI", "I9"} if american else {"DBS", "IDEN", "RTW", "REF"}
    for member in school.of("staff"):
        codes = {c["code"] for c in checks[member["id"]]}
        assert needed <= codes
        if member["is_teacher"] and not american:
            assert "PROH" in codes
        if "HDTR" in (member["role_codes"] or "") or member["is_governor"]:
            assert american or "S128" in codes


def test_current_staff_were_cleared_before_they_began_and_their_check_is_not_too_old(school: Tables):
    checks = by(school.of("staff_check"), "staff")
    for member in school.staff("Current"):
        own = [c for c in checks[member["id"]] if c["code"] == "DBS"]
        assert all(c["cleared"] <= (member["employment_start"] or "9") for c in own[:1])
        assert all(c["requested"] <= (c["cleared"] or "9") for c in checks[member["id"]])
    for member in school.of("staff"):
        assert all((c["cleared"] or "") <= school.today for c in checks[member["id"]])


def test_a_reference_number_belongs_to_one_check(school: Tables):
    numbers = [c["reference_no"] for c in school.of("staff_check")]
    assert len(set(numbers)) == len(numbers)


def test_teachers_are_qualified_before_they_teach(school: Tables):
    own = by(school.of("staff_qualification"), "staff")
    for member in school.staff("Current", "Previous", "Future"):
        if member["is_teacher"]:
            awarded = {q["name"]: q["awarded"] for q in own[member["id"]]}
            assert {"BA", "BSc"} & awarded.keys()
            assert {"PGCE", "BEd"} & awarded.keys()
            assert min(awarded.values()) < member["employment_start"]
    assert all(date.fromisoformat(q["awarded"]).weekday() < 5 for q in school.of("staff_qualification"))


def test_current_staff_have_been_trained_in_safeguarding_this_year(school: Tables):
    training = by(school.of("staff_training"), "staff")
    for member in school.staff("Current"):
        own = [t for t in training[member["id"]] if t["code"] == "SAFE" and t["start"] >= school.year_start()]
        assert [t["result"] for t in own] == ["Completed"]
        assert all(t["expires"] > school.today for t in own)


def test_training_to_come_is_booked_and_only_that(school: Tables):
    for one in school.of("staff_training"):
        assert (one["result"] == "Booked") == (one["start"] > school.today)


def test_very_few_have_told_of_an_impairment(school: Tables):
    assert 0 < len(school.of("staff_impairment")) <= 3


# ---- any day


def away_on(today: date, where: Path) -> dict[str, list[tuple[str, str]]]:
    """Who was away this year at the secondary school, as known on a day: first and last days by staff code."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    with Store(where) as store:
        build(store, today, size=0.05)
        asked = """SELECT m.mis_id, a.start, a."end" FROM staff_absence a JOIN staff m ON m.id = a.staff
            JOIN school s ON s.id = a.school WHERE s.estab = ? AND a.start BETWEEN '2026-09' AND '2026-12-31'"""
        for code, first, last in look(store, asked, (THORNFIELD,)):
            found[str(code)].append((str(first), str(last)))
    return found


def test_few_are_away_on_the_first_day_and_nobody_was_away_on_another_day_than_was_told(tmp_path: Path):
    early, later = away_on(date(2026, 9, 3), tmp_path / "a"), away_on(date(2026, 12, 18), tmp_path / "b")
    assert 0 < len(early) <= 6
    assert all(last <= "2026-09-03" for every in early.values() for _, last in every)
    for who, every in early.items():
        assert {first for first, _ in every} <= {first for first, _ in later[who]}
    assert max(first for every in later.values() for first, _ in every) > "2026-11-27"
