"""What was made of texts, kept within a bound: each is made once while it is kept, and for whoever made it alone."""

from __future__ import annotations

from rollbook.recent import OVERHEAD, Finished


class Maker:
    """Makes a text long, and counts how often."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.made: list[bytes] = []

    def __call__(self, text: bytes) -> bytes:
        self.made.append(text)
        return text * self.times


def test_what_is_asked_for_again_is_not_made_again() -> None:
    finished, make = Finished[bytes](10_000, times=2), Maker(2)
    assert [finished.get("list", text, make) for text in (b"a", b"b", b"a")] == [b"aa", b"bb", b"aa"]
    assert make.made == [b"a", b"b"]


def test_another_maker_has_its_own() -> None:
    finished, twice, thrice = Finished[bytes](10_000, times=3), Maker(2), Maker(3)
    assert finished.get("short", b"a", twice) == b"aa"
    assert finished.get("long", b"a", thrice) == b"aaa"


def test_what_was_asked_for_longest_ago_goes_when_there_is_too_much() -> None:
    finished, make = Finished[bytes](3 * (OVERHEAD + 3), times=2), Maker(2)
    for text in (b"a", b"b", b"c", b"a", b"d"):
        finished.get("list", text, make)
    assert finished.held == finished.bound
    assert [finished.get("list", text, make) for text in (b"a", b"d")] == [b"aa", b"dd"]
    assert make.made == [b"a", b"b", b"c", b"d"]
    finished.get("list", b"b", make)
    assert make.made[-1] == b"b"


def test_what_is_too_large_is_made_and_not_kept() -> None:
    finished, make = Finished[bytes](100, times=2), Maker(2)
    assert finished.get("list", b"a" * 200, make) == b"a" * 400
    assert finished.held == 0
