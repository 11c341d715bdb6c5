"""Species and strains: lists that all projects share; anybody proposes, administrators decide."""

from __future__ import annotations

import pytest

from .lab import Json, Lab


def test_a_new_strain_goes_through_approval(lab: Lab):
    species = lab.add("species", "dana", "super", name="Mus musculus", description="Mouse")["id"]
    body = {"name": "C57BL/6J", "species": species, "comments": "for the maze", "rrid": "RRID:IMSR_JAX:000664"}
    proposed = lab.ask("POST", "taxonomies/strain/", body=body)
    shown: Json = {
        "id": proposed.json["strain_approval"]["id"],
        "name": "C57BL/6J",
        "description": "",
        "species": species,
        "rrid": "RRID:IMSR_JAX:000664",
        "external_identifiers": [],
        "instance_id": None,
        "action": "Add",
        "reviewer": None,
        "status": "Pending",
        "comments": "for the maze",
    }
    assert (proposed.status, proposed.json) == (201, {"strain_approval": shown})
    assert lab.get("taxonomies/strain/")["count"] == 0
    assert lab.get("taxonomies/strainapproval/")["strain_approvals"] == [shown]
    assert lab.get("taxonomies/strainapproval/", "dana")["count"] == 1
    assert lab.get("taxonomies/strain_approval/", "bram")["count"] == 0
    accept = f"taxonomies/strainapproval/{shown['id']}/accept/"
    assert lab.ask("PATCH", accept, "ada").status == 403
    assert lab.ask("PATCH", accept, "bram").status == 404
    accepted = lab.ask("PATCH", accept, "dana")
    decided = {**shown, "status": "Accepted", "reviewer": lab.number("dana")}
    assert (accepted.status, accepted.json) == (200, {"strain_approval": decided})
    strain = lab.get("taxonomies/strain/")["strains"][0]
    assert strain == {
        "id": strain["id"],
        "name": "C57BL/6J",
        "description": "",
        "species": species,
        "rrid": "RRID:IMSR_JAX:000664",
        "rrid_url": "https://scicrunch.org/resolver/RRID:IMSR_JAX:000664",
        "external_identifiers": [],
    }
    assert lab.wrong(lab.ask("PATCH", accept, "dana")) == {"status": ["is already Accepted"]}


def test_a_change_goes_through_approval_too(lab: Lab):
    strain = lab.strain
    proposed = lab.patch("strain", strain, "ada", description="Black 6")
    assert proposed.status == 200
    approval = proposed.json["strain_approval"]
    assert (approval["action"], approval["instance_id"], approval["name"]) == ("Change", strain, "C57BL/6J")
    assert lab.one("strain", strain)["description"] == ""
    assert lab.ask("GET", f"taxonomies/strainapproval/{approval['id']}/reject", "dana").status == 200
    assert lab.one("strain", strain)["description"] == ""
    again = lab.patch("strain", strain, "ada", description="Black 6").json["strain_approval"]
    assert lab.ask("GET", f"taxonomies/strainapproval/{again['id']}/accept", "dana").status == 200
    assert lab.one("strain", strain)["description"] == "Black 6"
    assert [a["status"] for a in lab.get("taxonomies/strainapproval/")["strain_approvals"]] == ["Rejected", "Accepted"]


def test_species_go_the_same_way(lab: Lab):
    proposed = lab.ask("POST", "taxonomies/species/", body={"name": "Rat"})
    identity = proposed.json["species_approval"]["id"]
    assert "species" not in proposed.json["species_approval"]
    assert lab.ask("GET", f"taxonomies/speciesapproval/{identity}/accept", "dana").status == 200
    assert lab.names("taxonomies/species/") == ["Rat"]


def test_a_name_may_be_taken_before_it_is_decided(lab: Lab):
    first, second = (
        lab.ask("POST", "taxonomies/species/", who, {"name": "Rat"}).json["species_approval"]["id"]
        for who in ("ada", "bram")
    )
    assert lab.ask("GET", f"taxonomies/speciesapproval/{first}/accept", "dana").status == 200
    refused = lab.ask("GET", f"taxonomies/speciesapproval/{second}/accept", "dana")
    assert lab.wrong(refused) == {"name": ["species with this name already exists."]}
    taken = lab.ask("POST", "taxonomies/species/", body={"name": "Rat"})
    assert lab.wrong(taken) == {"name": ["species with this name already exists."]}


def test_what_is_proposed_must_be_right(lab: Lab):
    answer = lab.ask("POST", "taxonomies/strain/", body={"name": "", "external_identifiers": 5})
    assert lab.wrong(answer) == {
        "name": ["This field may not be blank."],
        "species": ["This field is required."],
        "external_identifiers": ["Value must be valid JSON object."],
    }
    nowhere = "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"
    answer = lab.ask("POST", "taxonomies/strain/", body={"name": "x", "species": nowhere, "description": "x" * 2001})
    assert lab.wrong(answer) == {
        "description": ["Ensure this field has no more than 2000 characters."],
        "species": [f'Invalid pk "{nowhere}" - object does not exist.'],
    }


@pytest.mark.parametrize(("model", "by"), [("species", "strain"), ("strain", "subject")])
def test_only_administrators_delete_and_nothing_that_is_in_use(lab: Lab, model: str, by: str):
    mouse = lab.subject("Mouse 1", lab.project())
    identity = lab.get(f"taxonomies/{model}/")[{"species": "species", "strain": "strains"}[model]][0]["id"]
    assert lab.ask("DELETE", f"taxonomies/{model}/{identity}/").status == 403
    used = lab.ask("DELETE", f"taxonomies/{model}/{identity}/", "dana")
    assert lab.wrong(used) == {model: ["is in use (change what refers to it first)"]}
    lab.ask("DELETE", f"stem/subject/{mouse}/")
    lab.ask("DELETE", f"taxonomies/strain/{lab.strain}/", "dana")
    assert lab.ask("DELETE", f"taxonomies/{model}/{identity}/", "dana").status == (404 if model == "strain" else 204)


def test_the_super_portal_changes_the_lists_at_once(lab: Lab):
    changed = lab.ask("PUT", f"taxonomies/strain/{lab.strain}/", "dana", {
        "name": "Black 6", "species": lab.get("taxonomies/species/")["species"][0]["id"]}, "super")  # fmt: skip
    assert (changed.status, changed.json["strain"]["name"]) == (200, "Black 6")
