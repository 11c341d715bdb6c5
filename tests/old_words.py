"""What a file of today's layout says, held against a file of the older one: nothing is asked of the code that upgrades.

All is read into memory and compared in Python, row by row.
"""

from __future__ import annotations

import bisect
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rollbook.store.connection import Opened, connect
from rollbook.store.upgrade.catalogue import Kind, kinds, tables

from .old_records import MOMENT

Row = dict[str, Any]

EPOCH = date(1970, 1, 1).toordinal()

KEPT_OTHERWISE = {"district", "id", "made", "seq", "changed"}


def read(database: Opened, table: str) -> list[Row]:
    """All rows of a table."""
    names = [n for (n,) in database.execute("SELECT name FROM pragma_table_xinfo(?)", (table,)).fetchall()]
    listed = ", ".join(f'"{name}"' for name in names)
    return [
        dict(zip(names, row, strict=True)) for row in database.execute(f'SELECT {listed} FROM "{table}"').fetchall()
    ]


def number_in(stamp: str) -> int:
    """The number that a stamp ends in; 0 where it has none."""
    return int(stamp[MOMENT:]) if stamp[MOMENT:].isdecimal() else 0


def odd(row: Row, times: Mapping[int, int]) -> bool:
    """Whether a row of the older layout has a stamp without a number, or a number that another row has as well."""
    changes = json.loads(row["changed"] or "{}").values()
    return times[number_in(row["made"])] != 1 or not all(map(number_in, [row["made"], *changes]))


NEW = (
    *("moment", "register", "source", "source_run", "review", "merged", "saying", "signing_secret"),
    *("score_scale", "score_scale_value", "resource", "class_resource", "course_resource"),
    *("student_resource", "staff_resource", "contact_resource", "whole_document", "pointer", "word_use"),
    *("namesake", "published_counts", "counted_student", "day_calendar", "calendar_day", "student_profile"),
    *("rubric", "rubric_criterion", "rubric_level", "class_file", "submission_file"),
    *("account_role", "authenticator", "recovery_code", "account_link", "decision"),
    *("earlier_secret", "sandbox", "app_origin"),
    *("planned", "choosing", "identity", "domain_role"),
    *("erasure", "erased_key", "erased_stone", "retention", "retention_run"),
    *("team_invitation", "team_request", "team_project_invitation", "publication", "project_publication"),
    *("supplier", "supplier_proposal", "journal", "journal_proposal", "procedure", "subject_log", "log_entry"),
    *("research_session", "session_project", "research_collection", "collection_session"),
)
"""Tables that the older layout did not have."""


class Compared:
    """Two files, the older and the newer; `nowhere` collects what numbers stand for that no record has."""

    def __init__(self, before: Path, after: Path) -> None:
        old, new = connect(before), connect(after)
        named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
        self.old = {name: read(old, name) for (name,) in old.execute(named).fetchall()}
        self.new = {name: read(new, name) for (name,) in new.execute(named).fetchall()}
        for one in (old, new):
            one.close()
        self.keys: dict[int, tuple[str, int, str]] = {}
        self.there: dict[tuple[str, int, str], int] = {}
        self.nowhere: dict[int, tuple[str, int, str]] = {}
        self.moments: dict[int, list[tuple[int, str]]] = {}
        self.times = Counter(number_in(row["made"]) for kind in kinds().values() for row in self.old[kind.table])
        self.highest = max(row["seq"] for row in self.old["clock"])

    def run(self) -> None:
        """See that all that the older file says is in the newer one, and nothing else."""
        self._read_keys()
        assert self.new.keys() == {*self.old, *NEW} - {"feed", "draft"}
        for kind in kinds().values():
            self._records(kind)
        self._nowhere()
        for table in self.old.keys() - tables().keys() - {"clock", "feed", "draft"}:
            assert self._housekeeping(table) == sorted(self.old[table], key=repr), table
        self._drafts()
        self._sources()
        self._clocks()

    def _drafts(self) -> None:
        # What a school was choosing goes on at its link.
        found = [dict(row) for row in self.new["choosing"]]
        assert {(row.pop("person"), row.pop("since")) for row in found} <= {("school", 0.0)}
        assert sorted(found, key=repr) == sorted(self.old["draft"], key=repr)

    def _read_keys(self) -> None:
        for kind in kinds().values():
            for row in self.new[kind.table]:
                assert row["key"] not in self.keys, "a key is that of two records"
                self.keys[row["key"]] = (kind.table, row["district"], row["id"])
        self.there = {thing: key for key, thing in self.keys.items()}
        for row in sorted(self.new["moment"], key=lambda row: row["seq"]):
            self.moments.setdefault(row["district"], []).append((row["seq"], row["at"]))

    def at(self, district: int, number: int) -> str:
        """The moment of a number."""
        known = self.moments[district]
        return known[bisect.bisect_right(known, (number, "~")) - 1][1]

    def _records(self, kind: Kind) -> None:
        found = {(row["district"], row["id"]): row for row in self.new[kind.table]}
        assert found.keys() == {(row["district"], row["id"]) for row in self.old[kind.table]}, kind.name
        assert len(found) == len(self.old[kind.table])
        for row in self.old[kind.table]:
            self._record(kind, row, found[row["district"], row["id"]])

    def _record(self, kind: Kind, was: Row, now: Row) -> None:
        facts = was.keys() - KEPT_OTHERWISE
        told = {name: self._told(kind, was, now, name) for name in facts}
        assert told == {name: was[name] for name in facts}, kind.name
        changed, changes = json.loads(was["changed"] or "{}"), json.loads(now["changed"] or "{}")
        assert list(changed) == list(changes)
        stamped = {was["made"]: now["key"], **{changed[name]: changes[name] for name in changed}}
        assert {stamp[:MOMENT] for stamp in stamped} == {self.at(was["district"], n) for n in stamped.values()}
        assert all(self.at(was["district"], number) == stamp[:MOMENT] for stamp, number in stamped.items())
        last = now["seq"] or now["key"]
        if odd(was, self.times):
            # One of those that had a number keeps it.
            assert now["key"] == number_in(was["made"]) or now["key"] > self.highest
            assert last >= max(stamped.values())
        else:
            assert stamped == {stamp: number_in(stamp) for stamp in stamped}
            assert last == was["seq"]
        assert now["seq"] is None or now["seq"] > now["key"]

    def _told(self, kind: Kind, was: Row, now: Row, name: str) -> Any:
        if name in kind.references:
            return self._led(kind, was, now, name)
        if name in kind.days and now[name] is not None:
            return date.fromordinal(now[name] + EPOCH).isoformat()
        return now[name]

    def _led(self, kind: Kind, was: Row, now: Row, name: str) -> str | None:
        """The hub id that a reference led to, where it leads now."""
        if now[name] is None:
            return None
        target, here = kind.references[name], was["district"]
        if now[name] in self.keys:
            assert self.keys[now[name]][:2] == (target, here)
            return self.keys[now[name]][2]
        assert self.nowhere.setdefault(now[name], (target, here, was[name])) == (target, here, was[name])
        assert (target, here, was[name]) not in self.there
        return was[name]

    def _nowhere(self) -> None:
        """What leads to the same nothing is still the same, and what the history knows has the number it had."""
        assert len(set(self.nowhere.values())) == len(self.nowhere)
        made = {
            (tables()[k.table].table, h["district"], h["id"]): h["made"]
            for h in self.old["history"]
            if (k := kinds()[h["kind"]])
        }
        for number, thing in self.nowhere.items():
            if made.get(thing) and not self.times[made[thing]]:
                # Districts that counted by themselves may have given two that are gone the same.
                assert number == made[thing] or (number > self.highest and list(made.values()).count(made[thing]) > 1)
            elif not made.get(thing):
                assert number > self.highest

    def _housekeeping(self, table: str) -> list[Row]:
        """The rows of a table as they were, once the keys beside hub ids are seen to be right."""
        # Opening says in a setting up to where it was noted what documents refer to, and that a setting was made.
        made = {("setting", "pointers"), ("setting", "admission")}
        found = [dict(row) for row in self.new[table] if (table, row.get("name")) not in made]
        districts = {row["id"]: row["district"] for row in self.old["grant"]}
        columns = {name for row in self.old[table] for name in row}
        for row in found:
            if table in ("chosen", "turned", "veiled"):
                district = row["district"] if table == "veiled" else districts.get(row["grant"])
                kind = kinds().get(row["kind"])
                key = self.there.get((kind.table if kind else "", district if district is not None else -1, row["id"]))
                assert row.pop("key") == (0 if table == "turned" and not row["id"] else key)
            if table == "history" and row["made"] is not None:
                row["made"] = self._made(row)
            # What later versions also ask was said by nobody.
            later = row.keys() - columns if columns else set[str]()
            assert {row.pop(name) for name in later} <= {None, 0, ""}, table
        return sorted(found, key=repr)

    def _made(self, row: Row) -> int:
        """The number that a row of the history said, where it says the key of a record that has another one now."""
        table = kinds()[row["kind"]].table
        same = [r for r in self.old[table] if (r["district"], r["id"]) == (row["district"], row["id"])]
        key = self.there.get((table, row["district"], row["id"]))
        return number_in(same[0]["made"]) if same and row["made"] == key else row["made"]

    def _sources(self) -> None:
        """Whatever brought something is a source, and is read as it was."""
        sources = {(row["district"], row["name"]): row for row in self.new["source"]}
        feeds = {(row["district"], row["source"]): row for row in self.old["feed"]}
        assert sources.keys() == {*feeds, *((row["district"], row["source"]) for row in self.old["source_row"])}
        for name, row in feeds.items():
            assert (sources[name]["connector"], sources[name]["state"]) == (row["connector"], "on")
            assert row["path"] in json.loads(sources[name]["settings"]).values()

    def _clocks(self) -> None:
        clocks = {row["district"]: row for row in self.new["clock"]}
        for row in self.old["clock"]:
            assert clocks[row["district"]]["seq"] >= row["seq"]
            assert clocks[row["district"]]["at"] == row["at"]
        highest = max(row["seq"] for row in clocks.values())
        assert highest >= max([*self.keys, *self.nowhere, 0])


def compare(before: Path, after: Path) -> None:
    """See that a file of today's layout says all that one of the older layout said."""
    Compared(before, after).run()
