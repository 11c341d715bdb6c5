"""Law 4: a write tells nothing of what the caller may not see, and leaves the same record as the caller sees it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.consent.rights import WRITTEN
from rollbook.dialects.xporter.writeback.catalogue import OPERATIONS
from rollbook.scopes import CATALOGUE, writable
from rollbook.store.writing import Batch
from tests.hub import Hub

from .asking import SCOPES
from .drawn import cases
from .twins import Twin, Writes, drawn_ids, fixed, requests, twins, unlike
from .write_backs import BODIES, sent

some = cases(3)
who_is_seen = st.sampled_from([["Student"], ["StudentLite"], ["StudentLite", "StudentExtended"], ["StaffLite"]])
ALL_WRITING = writable(CATALOGUE)
who_is_written = st.sampled_from([sorted(WRITTEN), ALL_WRITING, ALL_WRITING])
held = st.tuples(st.lists(st.sampled_from(SCOPES), max_size=12, unique=True), who_is_seen, who_is_written).map(
    lambda drawn: sorted({*drawn[0], *drawn[1], *drawn[2], "SchoolLite"})
)
everything = st.just(SCOPES)
modes = st.sampled_from(["all", "except", "only"])


def said(twin: Twin, write: Writes, seed: int) -> object:
    """What a hub answers, its new ids drawn as by its twin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Batch, "ids", staticmethod(drawn_ids(seed)))
        return twin.send(write)


def check(folder: Path, at: Path, seed: int, scopes: list[str], mode: str, *, whole: bool = False) -> None:
    """Write the same to two hubs that differ in what is hidden, and compare."""
    one, other, done = twins(folder, at, seed, scopes, mode)
    try:
        assert unlike(one, other, whole=whole).keys() == set(), (done, scopes, mode)
        for number, write in enumerate(requests(one, other, random.Random(seed), 4 if whole else 1)):
            answers = said(one, write, number), said(other, write, number)
            assert answers[0] == answers[1], (write, done, scopes, mode)
        assert unlike(one, other, whole=whole) == {}, (done, scopes, mode)
    finally:
        one.hub.close()
        other.hub.close()


@some
@given(scopes=st.one_of(held, held, everything), mode=modes, seed=st.integers(0, 2**32))
def test_two_hubs_that_differ_in_what_is_hidden_answer_a_write_alike(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scopes: list[str], mode: str, seed: int
) -> None:
    fixed(monkeypatch)
    check(small_folder, tmp_path, seed, scopes, mode)


@pytest.mark.slow
@some
@given(scopes=st.one_of(held, held, everything), mode=modes, seed=st.integers(0, 2**32))
def test_many_hubs_that_differ_in_what_is_hidden_answer_every_write_alike(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scopes: list[str], mode: str, seed: int
) -> None:
    fixed(monkeypatch)
    check(small_folder, tmp_path, seed, scopes, mode, whole=True)


def test_every_write_back_is_written_and_accepted(small_hub: Hub) -> None:
    token, accepted = small_hub.token(), set[str]()
    for path, body in sent(small_hub, random.Random(1), "twin.name", 12):
        answer = small_hub.ask("POST", f"/api/v1/Writeback/{path}", token, json.dumps(body).encode()).json
        accepted |= {path.partition("/")[0]} if answer["Message"] == "success" else set()
    assert accepted == BODIES.keys() == OPERATIONS.keys()
