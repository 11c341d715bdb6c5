"""Refresh tokens that a provider renews at each use: the next one is kept first, and none is used twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed, RollbookError, Unavailable
from rollbook.ingest.feeds import arrange
from rollbook.ingest.reading import read_feed
from rollbook.ingest.renewing import RENEWED, InMemory, OfSource, Unanswered
from rollbook.ingest.settings import renewals, sealed
from rollbook.store.kept.feeds import ON, Feed
from rollbook.store.sqlite import Store

from . import rosters
from .demo_data import new_store
from .services import Asked, Reply, Served, serving
from .vendors.brightspace import BRIGHTSPACE
from .vendors.service import Service

REFRESH = "refresh-token"
LEARN = CONNECTORS["brightspace"]


@dataclass
class Kept:
    """A source that is kept, and the service that it is read from."""

    store: Store
    service: Service
    served: Served

    @property
    def feed(self) -> Feed:
        found = self.store.kept.feeds.find(1, "learn")
        assert found
        return found

    def read(self) -> None:
        read_feed(self.store, CONNECTORS, self.feed)

    def refused(self, error: type[RollbookError] = Malformed) -> str:
        with pytest.raises(error) as raised:
            self.read()
        return str(raised.value.problems[0])

    @property
    def spent(self) -> list[str]:
        """The refresh tokens that arrived, in their order."""
        forms = [dict(parse_qsl(one.body.decode())) for one in self.served.asked if one.path.endswith("/token")]
        return [one["refresh_token"] for one in forms]

    def give(self, token: str) -> None:
        """Set another token, as `rollbook sources set` does."""
        fresh = sealed(self.store, REFRESH, token)
        arrange(self.store, self.feed._replace(settings={**self.feed.settings, REFRESH: fresh}))

    @property
    def said(self) -> str:
        """What whoever tends the source is shown of its token."""
        return renewals(self.store.kept, LEARN, self.feed)[REFRESH]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    rosters.samples(tmp_path / "served")
    service = Service(BRIGHTSPACE.vendor, tmp_path / "served")
    with serving(lambda asked: service(asked)) as up, new_store(tmp_path / "hub") as store:
        number = store.new_district({"name": "Heronsgate District"})
        where, fresh = f"{up.address}/whole", service.mint()
        said = {name: text.format(where=where, refresh=fresh) for name, text in BRIGHTSPACE.settings.items()}
        settings = {**said, **{name: sealed(store, name, said[name]) for name in ("secret", REFRESH)}}
        with store.of_district(number) as there:
            there.feeds.put(Feed(number, "learn", "brightspace", settings, 1, (), 0.02, ON, "", "2026-11-01T00:00:00"))
        yield Kept(store, service, up)


def test_each_reading_uses_the_token_that_came_for_the_one_before(kept: Kept) -> None:
    kept.service.lasts = 8
    kept.read()
    kept.read()
    assert kept.spent == [f"refresh-{n}" for n in range(1, len(kept.spent) + 1)]
    assert len(kept.spent) > 2
    assert kept.said.startswith("renewed at 20")
    data = kept.store.kept.sources.file(1, "learn", RENEWED + REFRESH)
    assert data
    assert b"refresh-" not in data


def test_a_dry_run_keeps_the_next_token_too(kept: Kept) -> None:
    read_feed(kept.store, CONNECTORS, kept.feed, dry_run=True)
    kept.read()
    assert kept.spent == ["refresh-1", "refresh-2"]


def test_a_token_whose_answer_was_lost_is_not_sent_again_and_its_operator_is_told(kept: Kept) -> None:
    answers, cut = kept.service.__call__, [True]

    def lossy(self: Service, asked: Asked) -> Reply:
        reply = answers(asked)
        return replace(reply, cut=9) if asked.path.endswith("/token") and cut and cut.pop() else reply

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Service, "__call__", lossy)
        assert "broke off its answer" in kept.refused(Unanswered)
    told = kept.refused()
    assert "may be used up: its exchange began at" in told
    assert "the provider's answer did not come" in told
    assert f"rollbook sources set learn --secret {REFRESH}=env:VARIABLE" in told
    assert kept.spent == ["refresh-1"]
    assert kept.said.startswith("lost: an exchange that began at 20")
    (run, *_) = kept.store.kept.feeds.runs(1, "learn", 1)
    assert "may be used up" in run.why
    kept.give(kept.service.mint())
    assert kept.said == "not renewed yet"
    kept.read()
    assert kept.spent == ["refresh-1", "refresh-3"]


def test_an_exchange_that_was_cut_short_is_told_once_nobody_can_be_at_it(kept: Kept) -> None:
    def stopped(spent: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        OfSource(kept.store, 1, "learn")(REFRESH, "", stopped)
    assert "is being exchanged since" in kept.refused(Unavailable)
    began = json.loads(kept.store.kept.sources.file(1, "learn", RENEWED + REFRESH) or b"")
    with kept.store.of_district(1) as there:
        earlier = json.dumps({**began, "begun": "2026-11-02T00:00:00.000"})
        there.sources.keep_file(1, "learn", RENEWED + REFRESH, earlier.encode())
    assert "the hub was stopped before it ended" in kept.refused()
    assert kept.spent == []


def test_while_one_process_exchanges_a_token_no_other_one_sends_it(kept: Kept) -> None:
    def meanwhile(spent: str) -> str:
        assert spent == "refresh-1"
        assert "by another reading" in kept.refused(Unavailable)
        return kept.service.mint()

    OfSource(kept.store, 1, "learn")(REFRESH, "", meanwhile)
    assert kept.spent == []
    kept.read()
    assert kept.spent == ["refresh-2"]


def test_a_token_that_is_refused_may_be_sent_again(kept: Kept) -> None:
    kept.service.unused.clear()
    for _ in range(2):
        assert "answered with 400: invalid_grant" in kept.refused()
    assert kept.spent == ["refresh-1", "refresh-1"]


def test_a_service_that_is_busy_or_not_there_has_used_up_nothing(kept: Kept) -> None:
    answers, busy = kept.service.__call__, [Reply({}, 503, {"Retry-After": "0"})]

    def slow(self: Service, asked: Asked) -> Reply:
        return busy.pop() if asked.path.endswith("/token") and busy else answers(asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Service, "__call__", slow)
        kept.read()
    assert kept.spent == ["refresh-1", "refresh-1"]


def test_what_somebody_sets_meanwhile_is_not_overwritten(kept: Kept) -> None:
    def meanwhile(spent: str) -> str:
        kept.give("another")
        return "late"

    OfSource(kept.store, 1, "learn")(REFRESH, "", meanwhile)
    used: list[str] = []
    OfSource(kept.store, 1, "learn")(REFRESH, "", lambda spent: used.append(spent) or "next")
    assert used == ["another"]


def test_of_a_reading_that_nothing_is_kept_of_the_next_token_is_known_to_it_alone() -> None:
    renew, used = InMemory(), list[str]()
    for _ in range(2):
        renew(REFRESH, "given", lambda spent: used.append(spent) or f"{spent}+")
    assert used == ["given", "given+"]
