"""The XML schemas that discovery lists: every file is served, and is whole."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest

from rollbook.dialects.edfi.xsd import files
from rollbook.edfi.descriptors import DESCRIPTORS
from rollbook.edfi.resources import EVERY
from tests.district import EdFi

XS = "{http://www.w3.org/2001/XMLSchema}"
ROOT = "/edfi/metadata/xsd"


def listed(api: EdFi) -> list[str]:
    """The paths of the files, as a client finds them from the front page."""
    front: Any = api.get("/edfi/")
    (model,) = api.get(front["urls"]["xsdMetadata"].removeprefix("http://localhost"))
    assert (model["name"], model["version"]) == ("ed-fi", "5.2.0")
    return [one.removeprefix("http://localhost") for one in api.get(model["files"].removeprefix("http://localhost"))]


def test_every_listed_file_is_served_as_xml_without_a_token(shelf: EdFi) -> None:
    paths = listed(shelf)
    assert f"{ROOT}/ed-fi/Ed-Fi-Core.xsd" in paths
    for path in paths:
        answer = shelf.hub.get(path)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8"), path
        assert ElementTree.fromstring(answer.body).tag == f"{XS}schema"
    assert f"{ROOT}/ed-fi/Interchange-Contact.xsd" in paths
    assert shelf.hub.get(f"{ROOT}/ed-fi/Interchange-Nothing.xsd").status == 404


@pytest.mark.parametrize("name", files())
def test_a_schema_defines_each_type_once_and_every_type_that_it_names(name: str) -> None:
    core, own = (ElementTree.fromstring(files()[n]) for n in ("Ed-Fi-Core.xsd", name))
    defined = Counter(one.get("name") for one in core if one.tag == f"{XS}complexType")
    assert set(defined.values()) == {1}
    assert {one.get("type") for one in own.iter(f"{XS}element")} - {None} <= set(defined)


def test_every_resource_has_a_type_and_is_in_one_interchange() -> None:
    entities = [r.entity for r in (*DESCRIPTORS.values(), *EVERY)]
    found = Counter(
        element.get("name")
        for name, data in files().items()
        if name.startswith("Interchange-")
        for element in ElementTree.fromstring(data).iter(f"{XS}element")
        if element.get("type")
    )
    assert found == dict.fromkeys(entities, 1)


def test_a_type_says_what_a_document_must_have_and_within_which_bounds() -> None:
    core = ElementTree.fromstring(files()["Ed-Fi-Core.xsd"])
    (cohort,) = (one for one in core if one.get("name") == "Cohort")
    elements = {one.get("name"): one for one in cohort.iter(f"{XS}element")}
    assert elements["CohortIdentifier"].get("minOccurs") is None
    assert elements["CohortScopeDescriptor"].get("minOccurs") == "0"
    assert [e.get("value") for e in elements["CohortIdentifier"].iter(f"{XS}maxLength")] == ["36"]
    assert elements["EducationOrganizationReference"].get("type") == "EducationOrganizationReferenceType"
