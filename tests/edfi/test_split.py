"""A document is split once, where its caller may write everything that it says."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.edfi.resources import RESOURCES
from rollbook.edfi.schema import Resource, Written

from .drawn import documents

RECORDS = [one for one in RESOURCES.values() if one.properties]


def said(written: Written) -> tuple[Any, ...]:
    """What a document was split into."""
    return written.values, written.references, written.words, written.rest, written.lacking


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), resource=st.sampled_from(RECORDS), keeps=st.booleans())
def test_what_was_split_for_anybody_is_taken_only_where_it_is_the_same(
    data: st.DataObject, resource: Resource, keeps: bool
) -> None:
    document = data.draw(documents(resource))
    whole = resource.unshape(document)
    withheld = data.draw(st.sets(st.sampled_from(sorted(resource.of.stored())), max_size=2))

    def may(name: str) -> bool:
        return name not in withheld

    own = resource.unshape(document, may, keeps=keeps)
    if whole.is_the_same_for(may, keeps=keeps):
        assert said(own) == said(whole)
    else:
        assert not keeps or withheld
    assert whole.is_the_same_for(lambda name: True, keeps=True)
    assert not own.is_the_same_for(may, keeps=keeps)
