"""The people of a grant: the school's lists, the app's own, and what both come to."""

from __future__ import annotations

import pytest

from rollbook.consent.filtering import Choice
from rollbook.errors import Conflict, NotFound

from .hub import THORNFIELD, Hub


def seen(hub: Hub, token: str) -> list[str]:
    """The Ids of the students whom a token shows, of the first four there are."""
    first = ("9919", "9920", "9921", "9922")
    return [row["Id"] for row in hub.school("Students?select=Id", token)["Students"] if row["Id"] in first]


def students(hub: Hub) -> Choice:
    """The lists of students of the app's grant."""
    return hub.desk.people.of(hub.desk.grants.at(hub.app(), THORNFIELD))[0]


def test_a_grant_without_a_choice_sees_everybody(small_hub: Hub) -> None:
    grant = small_hub.grant()
    assert small_hub.desk.people.of(grant) == (
        Choice("Student", "all", (), ()),
        Choice("Staff", "all", (), ()),
        Choice("Contact", "all", (), ()),
    )


def test_a_school_adds_people_to_its_list_and_takes_them_off(small_hub: Hub) -> None:
    token = small_hub.token()
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    grant = small_hub.desk.people.choose(grant, "students", "only", ["9919"])
    grant = small_hub.desk.people.amend(grant, "students", add=["9920", "9919", "9921"], remove=["9919"])
    assert students(small_hub) == Choice("Student", "only", ("9920", "9921"), ())
    assert seen(small_hub, token) == ["9920", "9921"]
    with pytest.raises(NotFound, match="no Student has the Id nobody at 9994001"):
        small_hub.desk.people.amend(grant, "students", add=["9922", "nobody"])
    assert seen(small_hub, token) == ["9920", "9921"]


def test_a_list_that_was_never_begun_has_nothing_added_to_it(small_hub: Hub) -> None:
    with pytest.raises(Conflict, match=r"app\.example\.org sees every Student"):
        small_hub.desk.people.amend(small_hub.grant(), "students", add=["9919"])


def test_an_app_leaves_out_and_lets_in_again_within_what_the_school_chose(small_hub: Hub) -> None:
    token, desk = small_hub.token(), small_hub.desk
    grant = desk.people.choose(desk.grants.at(small_hub.app(), THORNFIELD), "students", "only", ["9919", "9920"])
    grant = desk.people.restrict(grant, remove=[("Student", "9920")])
    assert students(small_hub) == Choice("Student", "only", ("9919", "9920"), ("9920",))
    assert students(small_hub).told == ("9919",)
    assert seen(small_hub, token) == ["9919"]
    with pytest.raises(NotFound) as raised:
        desk.people.restrict(grant, add=[("Student", "9921"), ("Student", "9920"), ("Student", "nobody")])
    assert [str(p) for p in raised.value.problems] == [
        "people: no Student whom the school lets this app see has the Id 9921",
        "people: no Student whom the school lets this app see has the Id nobody",
    ]
    assert seen(small_hub, token) == ["9919"]
    desk.people.restrict(grant, add=[("Student", "9920")])
    assert seen(small_hub, token) == ["9919", "9920"]


def test_where_a_list_says_who_is_left_out_an_app_adds_to_it(small_hub: Hub) -> None:
    token, desk = small_hub.token(), small_hub.desk
    grant = desk.people.choose(desk.grants.at(small_hub.app(), THORNFIELD), "students", "except", ["9919"])
    grant = desk.people.restrict(grant, add=[("Student", "9920"), ("Student", "9921")])
    assert students(small_hub) == Choice("Student", "except", ("9919",), ("9920", "9921"))
    assert students(small_hub).told == ("9920", "9921")
    assert seen(small_hub, token) == ["9922"]
    with pytest.raises(NotFound, match="has the Id 9919"):
        desk.people.restrict(grant, remove=[("Student", "9919")])
    desk.people.restrict(grant, remove=[("Student", "9920"), ("Student", "9922")])
    assert seen(small_hub, token) == ["9920", "9922"]


def test_whom_an_app_left_out_stays_left_out_when_the_school_chooses_anew(small_hub: Hub) -> None:
    token, desk = small_hub.token(), small_hub.desk
    grant = desk.people.restrict(desk.grants.at(small_hub.app(), THORNFIELD), add=[("Student", "9920"), ("Staff", "1")])
    assert students(small_hub) == Choice("Student", "all", (), ("9920",))
    grant = desk.people.choose(grant, "students", "only", ["9920", "9919"])
    assert seen(small_hub, token) == ["9919"]
    grant = desk.people.choose(grant, "students", "except", ["9920", "9919"])
    assert students(small_hub) == Choice("Student", "except", ("9919", "9920"), ())
    assert seen(small_hub, token) == ["9921", "9922"]
    grant = desk.people.choose(grant, "students", "all", [])
    assert seen(small_hub, token) == ["9919", "9921", "9922"]
    assert grant.people == {"Student": "except", "Staff": "except", "Contact": "only"}, "contacts go with students"
    grant = desk.people.restrict(grant, remove=[("Student", "9920"), ("Staff", "1")])
    assert grant.people == {}


def test_what_is_said_again_changes_nothing(small_hub: Hub) -> None:
    desk = small_hub.desk
    first = desk.people.choose(small_hub.grant(), "students", "except", ["9919"])
    assert desk.people.choose(first, "students", "except", ["9919"]).version == first.version
    once = desk.people.restrict(first, add=[("Student", "9920")])
    assert desk.people.restrict(once, add=[("Student", "9920")]).version == once.version
