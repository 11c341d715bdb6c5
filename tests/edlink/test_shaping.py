"""`$fields` and `$expand`: less of a thing, or more; what is not known is only warned of."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.dialects.edlink.catalogue import RESOURCES
from rollbook.dialects.edlink.resource import expansion

from .vendor import Row, Vendor, having

EXPANSIONS = [
    (name, expansion(prop), prop, told.leads)
    for name, resource in RESOURCES.items()
    for prop, told in resource.properties.items()
    if told.leads
]


def test_every_id_that_leads_to_a_resource_expands():
    assert sorted((name, word) for name, word, _, _ in EXPANSIONS) == [
        ("agents", "observer"),
        ("agents", "target"),
        ("classes", "course"),
        ("classes", "school"),
        ("classes", "sessions"),
        ("classes", "subject"),
        ("courses", "district"),
        ("courses", "school"),
        ("courses", "session"),
        ("enrollments", "class"),
        ("enrollments", "person"),
        ("enrollments", "section"),
        ("people", "district"),
        ("people", "schools"),
        ("schools", "district"),
        ("sections", "class"),
        ("sessions", "district"),
        ("sessions", "school"),
    ]


@pytest.mark.parametrize(("name", "word", "prop", "leads"), EXPANSIONS)
def test_an_expansion_stands_beside_its_ids_and_is_what_they_lead_to(
    vendor: Vendor, name: str, word: str, prop: str, leads: str
):
    there: dict[str | None, Row] = {row["id"]: row for row in vendor.rows(leads)}
    plain = vendor.rows(name)
    shown = vendor.rows(name, expand=word)
    assert any(row[prop] for row in plain)
    for before, after in zip(plain, shown, strict=True):
        ids: Any = before[prop]
        several = word.endswith("s") and prop.endswith("_ids")
        assert after.pop(word) == ([there[i] for i in ids] if several else there.get(ids))
        assert after == before


@pytest.mark.parametrize(("name", "word", "prop", "leads"), EXPANSIONS)
def test_one_thing_expands_as_a_list_does(vendor: Vendor, name: str, word: str, prop: str, leads: str):
    row = vendor.rows(name, expand=word)[0]
    assert vendor.one(f"{name}/{row['id']}", expand=word) == row
    assert list(row).index(word) == list(row).index(prop) + 1


def test_several_expansions_at_once(vendor: Vendor):
    row = vendor.one(f"agents/{vendor.ids('agents')[0]}", expand="observer, target")
    assert (row["observer"]["id"], row["target"]["id"]) == (row["observer_id"], row["target_id"])


def test_an_unknown_expansion_is_a_warning(vendor: Vendor):
    body = vendor.body("schools", expand="district,districts,dragons", first=1)
    assert "district" in body["$data"][0]
    assert "dragons" not in body["$data"][0]
    assert body["$warnings"] == [
        {
            "code": "INVALID_EXPANSION",
            "message": "$expand: districts is not one that schools have (did you mean district?)",
        },
        {"code": "INVALID_EXPANSION", "message": "$expand: dragons is not one that schools have (known: district)"},
    ]


def test_products_do_not_expand_since_there_are_none(vendor: Vendor):
    assert [code for code, _ in vendor.warnings("schools", expand="products")] == ["INVALID_EXPANSION"]


# ---- fields


@pytest.mark.parametrize("name", RESOURCES)
def test_only_the_fields_asked_for_are_shown_in_the_resources_order(vendor: Vendor, name: str):
    whole = vendor.rows(name)
    for wanted in (list(whole[0])[1:3], list(whole[0])[-1:], list(whole[0])[::-1]):
        kept = [n for n in whole[0] if n in wanted]
        shown = vendor.rows(name, fields=",".join(wanted))
        assert [list(row) for row in shown[:1]] == [kept]
        assert shown == [{n: row[n] for n in kept} for row in whole]


def test_updated_date_does_not_depend_on_the_fields(vendor: Vendor):
    whole = {p["id"]: p["updated_date"] for p in vendor.rows("people")}
    assert {p["id"]: p["updated_date"] for p in vendor.rows("people", fields="id,updated_date")} == whole


def test_an_expansion_is_shown_although_its_ids_are_not(vendor: Vendor):
    (row,) = vendor.body("people", fields="first_name", expand="schools", first=1)["$data"]
    assert list(row) == ["first_name", "schools"]
    assert [s["id"] for s in row["schools"]] == [vendor.school()]


def test_an_unknown_field_is_a_warning(vendor: Vendor):
    body = vendor.body("schools", fields="name,nmae", first=1)
    assert body["$data"] == [{"name": "Thornfield Academy"}]
    (warning,) = body["$warnings"]
    assert warning == {
        "code": "INVALID_FIELD_REQUESTED",
        "message": "$fields: nmae is not one that schools have (did you mean name?)",
    }


def test_of_fields_that_are_all_unknown_the_id_is_left(vendor: Vendor):
    body = vendor.body("schools", fields="size,colour", first=1)
    assert body["$data"] == [{"id": vendor.school()}]
    assert [w["code"] for w in body["$warnings"]] == ["INVALID_FIELD_REQUESTED"] * 2


def test_a_filter_may_be_about_what_is_not_shown(vendor: Vendor):
    chosen = having("last_name", "equals", "Mossgrove")
    assert {tuple(p) for p in vendor.rows("people", fields="first_name", filter=chosen)} == {("first_name",)}


def test_blank_parameters_say_nothing(vendor: Vendor):
    assert vendor.rows("schools", fields="", expand=" ", filter="", after="") == vendor.rows("schools")
