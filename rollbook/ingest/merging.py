"""Two records of one human made one, and parted again: whatever leads to the one that goes leads to the one that stays.

The one that stays keeps its hub id, and what it says; where it says nothing, it says what the other one said. Roles at
one school become one role, and places in one group one place, by the rules by which records are matched. Those who
follow changes are told of a change of what stays, and that the other one is gone. Every step is kept with what was
there before, so that the merge can be undone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..errors import Conflict, NotFound, Problem
from ..fields import RECORDS, Record
from ..model.people import Person
from ..store.kept.choices import Draft, Lists
from ..store.kept.matches import Merge
from ..store.kept.sayings import BELOW, HUB, Say
from ..store.numbering import UNIQUE_IDS, new_id, now
from ..store.precedence import facts_of
from ..store.renumbering import renumber
from ..store.rules import Rule
from ..store.settling import keep_lists
from ..store.writing import Batch
from .matching.humans import is_made
from .matching.joining import fits
from .matching.rules import NATURE
from .repointing import numbers_of, point_back, renamed, repoint

Row = Mapping[str, Any]
Step = dict[str, Any]


def merge(batch: Batch, stays: str, gone: str, by: str) -> str:
    """Make two humans (hub ids of their persons) one, within the transaction of a batch; gives the merge's id.

    Raises `NotFound` where one of them is not there, and `Conflict` where they cannot be merged.
    """
    _check(batch, stays, gone)
    merging = _Merging(batch)
    # It is no say of the hub's own: each fact stays that of whoever said it.
    with batch.quoting():
        merging.merge(Person, stays, gone)
    made = Merge(new_id(), stays, gone, by, now(), merging.steps)
    batch.kept.matches.keep_merge(batch.district, made)
    return made.id


def split(batch: Batch, stays: str, gone: str) -> None:
    """Undo the merge of a human into another one; raises `NotFound` where there was none.

    Facts, references and lists that somebody has changed since stay as they are now.
    """
    kept = batch.kept.matches
    merges = [one for one in kept.merges(batch.district) if one.stays == stays]
    found = next((one for one in reversed(merges) if one.gone == gone), None)
    if found is None:
        hint = f"it was merged with {', '.join(one.gone for one in merges)}" if merges else "nothing was merged into it"
        raise NotFound(Problem("person", f"{gone} was not merged into {stays}", hint))
    with batch.quoting():
        for step in reversed(found.steps):
            _UNDO[step["did"]](batch, step)
    kept.undo_merge(batch.district, found.id)


def unjoin(batch: Batch, source: str, key: str) -> bool:
    """Let what a source tells of a human, by its key of them, be no longer of the record that it was taken for.

    With its next import the source makes records of its own of it. Gives whether it had been taken for one.
    """
    identity = batch.kept.sources.record_of(batch.district, source, "Person", key)
    if identity is None:
        return False
    lost: list[tuple[type[Record], str, str]] = [(Person, identity, key)]
    for kind, one in _hanging(batch, Person, identity):
        claims = batch.kept.matches.claims(batch.district, kind.__name__, one)
        lost += [(kind, one, own) for name, own in claims if name == source]
    with batch.quoting():
        for kind, one, own in reversed(lost):
            batch.claims.withdraw(kind, one, batch.claims.of(kind, one, batch.get(kind, one)), source, own)
    batch.kept.sources.forget(batch.district, source, sorted({(kind.__name__, own) for kind, _, own in lost}))
    return True


def _hanging(batch: Batch, kind: type[Record], identity: str) -> Iterator[tuple[type[Record], str]]:
    """The roles of a human, and all that is a part of them."""
    for record, name in _referring(kind):
        if name == "person" or record.refs()[name].part_of:
            for row in batch.kept.records.find(record, batch.district, {name: identity}):
                yield record, row["id"]
                yield from _hanging(batch, record, row["id"])


def _check(batch: Batch, stays: str, gone: str) -> None:
    if stays == gone:
        raise Conflict(Problem("person", "is named twice", "name the one that stays, then the one that goes"))
    for one in (stays, gone):
        if batch.get(Person, one) is None:
            raise NotFound(Problem("person", f"no person of this district has the hub id {one[:60]}"))
        if batch.veiled(one):
            raise Conflict(Problem("person", f"{one} is seen by one app only", "it cannot be merged"))
    if {stays, gone} & batch.kept.history.twins(batch.district):
        raise Conflict(Problem("person", "is in several districts", "it cannot be merged"))


class _Merging:
    """Makes records one, and notes each step with what undoes it."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._kept = batch.kept
        self.steps: list[Step] = []

    def merge(self, kind: type[Record], stays: str, gone: str) -> None:
        """Let everything that leads to one record lead to another one, and remove it."""
        for record, name in _referring(kind):
            for row in self._kept.records.find(record, self._batch.district, {name: gone}):
                self._move(record, name, row, stays)
        if kind.human:
            self._lists(kind, stays, gone)
            self._drafts(kind, stays, gone)
        self._rows(kind, stays, gone)
        pointed = repoint(self._batch, self._batch.get(kind, stays) or {}, gone)
        before = self._batch.get(kind, gone) or {}
        self._note("pointed", kind, gone, **pointed)
        self._fill(kind, stays, gone)
        if kind is Person:
            self._rename(pointed, before, self._batch.get(kind, stays) or {})
        self._remove(kind, gone)

    def _rename(self, pointed: Step, before: Row, after: Row) -> None:
        """Let documents name the human who stays by their own number."""
        for kind, identity, kept, said in renamed(self._batch, pointed, numbers_of(before, after)):
            self._note("filled", kind, identity, name="remainder", before=kept, after=said)

    def _move(self, record: type[Record], name: str, row: Row, stays: str) -> None:
        if self._batch.get(record, row["id"]) is None:
            # It was a double of one that was moved before.
            return
        self._batch.change(record, row["id"], {name: stays})
        _resay(self._batch, record, row["id"], name, row[name], stays)
        self._note("moved", record, row["id"], name=name, before=row[name], after=stays)
        double = self._double(record, name, {**row, name: stays})
        if double:
            self.merge(record, double, row["id"])

    def _double(self, record: type[Record], moved: str, row: Row) -> str | None:
        """The other record that is the same by its nature, now that this one leads to the same human."""
        for nature in NATURE.get(record.__name__, ()):
            same = {name: row[name] for name in nature.equal}
            if moved in same and None not in same.values():
                found = self._kept.records.find(record, self._batch.district, same)
                return next((one["id"] for one in found if one["id"] != row["id"] and fits(nature, row, one)), None)
        return None

    # ---- what sources know, and whom grants name

    def _rows(self, kind: type[Record], stays: str, gone: str) -> None:
        claims = self._kept.matches.claims(self._batch.district, kind.__name__, gone)
        self._kept.matches.lead(self._batch.district, kind.__name__, [(*claim, stays) for claim in claims])
        for source, key in claims:
            self._note("led", kind, gone, source=source, key=key, after=stays)

    def _lists(self, kind: type[Record], stays: str, gone: str) -> None:
        choices, name = self._kept.choices, kind.__name__
        for grant in choices.naming(name, gone):
            before = choices.said(grant, name)
            keep_lists(self._batch, grant, name, narrower(before, stays, gone))
            self._note("listed", kind, gone, grant=grant, before=_listed(before), after=stays)

    def _drafts(self, kind: type[Record], stays: str, gone: str) -> None:
        one, other = (self._batch.get(kind, identity) or {} for identity in (stays, gone))
        choices, name = self._kept.choices, kind.__name__
        for grant, person in choices.drafting(name, self._batch.district, other["school"]):
            draft = choices.drafts(grant, person)[name]
            if other["mis_id"] in draft.people | draft.without:
                choices.keep_drafts(grant, person, {name: _redrafted(draft, one["mis_id"], other["mis_id"])})
                self._note("drafted", kind, gone, grant=grant, person=person, before=_drafted(draft),
                           mis_id=one["mis_id"])  # fmt: skip

    # ---- what it says

    def _fill(self, kind: type[Record], stays: str, gone: str) -> None:
        one, other = (self._batch.get(kind, identity) or {} for identity in (stays, gone))
        self._say(kind, one, other)
        told = self._batch.get(kind, stays) or {}
        more = {n: other[n] for n in kind.stored() if told[n] is None and other[n] is not None}
        if remainder := _together(told["remainder"], other["remainder"]):
            more["remainder"] = remainder
        self._batch.change(kind, stays, more)
        now_ = self._batch.get(kind, stays) or {}
        for name in (*kind.stored(), "remainder"):
            if now_[name] != one[name]:
                did = "numbered" if kind is Person and name in UNIQUE_IDS else "filled"
                self._note(did, kind, stays, name=name, before=one[name], after=now_[name])
        for fact in UNIQUE_IDS if kind is Person else ():
            self._number(fact, now_, other)

    def _say(self, kind: type[Record], one: Row, other: Row) -> None:
        """Let those who told of the one that goes tell of the one that stays."""
        claims, identity = self._batch.claims, one["id"]
        theirs = claims.of(kind, other["id"], other)
        if not theirs:
            return
        kept = self._kept.sayings.of(self._batch.district, kind, [identity]).get(identity, [])
        self._note("said", kind, identity, other=other["id"], mine=[*map(list, kept)], theirs=[*map(list, theirs)])
        mine = claims.of(kind, identity, one) or [Say(HUB, BELOW, facts_of(kind, one), one["made"], {})]
        led = {s["source"]: s["key"] for s in self.steps if s["did"] == "led" and s["id"] == other["id"]}
        said = [_beside(say, mine, led) for say in theirs if say.source != HUB and say.facts is not None]
        claims.gather(kind, identity, mine, [*mine, *said])

    def _number(self, fact: str, one: Row, other: Row) -> None:
        """Let the human who stays have the number that a source gave, and be found by the other one."""
        mine, theirs = one[fact], other[fact]
        if mine and theirs and is_made(mine) and not is_made(theirs):
            renumber(self._batch, one["id"], {fact: theirs})
            self._note("numbered", Person, one["id"], name=fact, before=mine, after=theirs)
        elif theirs:
            self._kept.history.renumbered(self._batch.district, fact, theirs, one["id"])
            self._note("called", Person, one["id"], name=fact, after=theirs)

    def _remove(self, kind: type[Record], gone: str) -> None:
        row = self._batch.get(kind, gone) or {}
        self._note("removed", kind, gone, row={n: row[n] for n in (*kind.stored(), "remainder")})
        self._batch.remove(kind, gone)

    def _note(self, did: str, kind: type[Record], identity: str, **what: Any) -> None:
        self.steps.append({"did": did, "kind": kind.__name__, "id": identity, **what})


def _beside(say: Say, others: Iterable[Say], led: Mapping[str, str]) -> Say:
    """What a source says by another row; where it tells of both, the row of the one that stays comes first."""
    own = {name for one in others if one.source == say.source for name in one.facts or {}}
    facts = {name: value for name, value in (say.facts or {}).items() if name not in own}
    return say._replace(key=say.key or led.get(say.source, ""), facts=facts)


def _referring(kind: type[Record]) -> Iterator[tuple[type[Record], str]]:
    """The kinds whose records refer to those of a kind, with the reference."""
    for record in RECORDS.values():
        if not record.derived():
            yield from ((record, name) for name, ref in record.refs().items() if ref.target is kind)


def _together(one: str | None, other: str | None) -> str | None:
    """The remainder of one record with the parts that only the other has; None where that adds nothing."""
    mine, theirs = (json.loads(text or "{}") for text in (one, other))
    both = {**theirs, **mine}
    return json.dumps(both, ensure_ascii=False) if both != mine else None


# ---- lists

_LISTS = ("named", "without", "declined")


def narrower(lists: Lists, stays: str, gone: str) -> Lists:
    """What was said of two people, said of one: whoever left either of them out has left out this one.

    Whoever let in one of two by name has let in this human, unless the other one was left out.
    """
    pair = {stays, gone}
    named, without = bool(lists.named & pair), bool(lists.without & pair)
    if lists.mode == "only":
        named = named and not without
    else:
        without = without and not named and (stays in lists.without or not lists.rules)
    on = {stays} if named else set[str]()
    off = {stays} if without else set[str]()
    left = {stays} if lists.declined & pair else set[str]()
    return Lists(
        lists.mode,
        (lists.named - pair) | on,
        lists.rules,
        (lists.without - pair) | off,
        (lists.declined - pair) | left,
    )


def _listed(lists: Lists) -> dict[str, Any]:
    return {name: sorted(getattr(lists, name)) for name in _LISTS} | {"mode": lists.mode}


def _drafted(draft: Draft) -> dict[str, Any]:
    return {"people": sorted(draft.people), "without": sorted(draft.without)}


def _redrafted(draft: Draft, stays: str, gone: str) -> Draft:
    lists = Lists(draft.mode, draft.people, draft.rules, draft.without)
    both = narrower(lists, stays, gone)
    return Draft(draft.mode, both.named, draft.rules, both.without)


# ---- undoing


def _put_back(batch: Batch, step: Step) -> None:
    batch.add(RECORDS[step["kind"]], [{**step["row"], "id": step["id"]}])


def _change_back(batch: Batch, step: Step) -> None:
    kind = RECORDS[step["kind"]]
    row = batch.get(kind, step["id"])
    if row is not None and row[step["name"]] == step["after"]:
        batch.change(kind, step["id"], {step["name"]: step["before"]})
        if step["did"] == "moved":
            _resay(batch, kind, step["id"], step["name"], step["after"], step["before"])


def _say_back(batch: Batch, step: Step) -> None:
    kind, sayings = RECORDS[step["kind"]], batch.kept.sayings
    sayings.put(batch.district, kind, step["id"], [Say(*one) for one in step["mine"]])
    sayings.put(batch.district, kind, step["other"], [Say(*one) for one in step["theirs"]])


def _resay(batch: Batch, record: type[Record], identity: str, name: str, before: str, after: str) -> None:
    """Let what is kept of what others say of a record lead to another one, too."""
    says = batch.kept.sayings.of(batch.district, record, [identity]).get(identity, [])
    if any((say.facts or {}).get(name) == before for say in says):
        led = [
            s._replace(facts={**s.facts, name: after}) if s.facts and s.facts.get(name) == before else s for s in says
        ]
        batch.kept.sayings.put(batch.district, record, identity, led)


def _lead_back(batch: Batch, step: Step) -> None:
    claims = batch.kept.matches.claims(batch.district, step["kind"], step["after"])
    if (step["source"], step["key"]) in claims:
        batch.kept.matches.lead(batch.district, step["kind"], [(step["source"], step["key"], step["id"])])


def _list_back(batch: Batch, step: Step) -> None:
    grant, kind, before = step["grant"], step["kind"], step["before"]
    stays, gone, now_ = step["after"], step["id"], batch.kept.choices.said(grant, kind)
    named, without, declined = (frozenset[str](before[name]) for name in _LISTS)
    was = Lists(before["mode"], named, now_.rules, without, declined)
    made = narrower(was, stays, gone)
    back = Lists(
        now_.mode,
        _as_before(now_.named, made.named, was.named, stays, gone),
        now_.rules,
        _as_before(now_.without, made.without, was.without, stays, gone),
        _as_before(now_.declined, made.declined, was.declined, stays, gone),
    )
    keep_lists(batch, grant, kind, back)


def _as_before(
    listed: frozenset[str], made: frozenset[str], was: frozenset[str], stays: str, gone: str
) -> frozenset[str]:
    """A list as it was of two people, unless somebody has since said otherwise of the one who stayed."""
    untouched = (stays in listed) == (stays in made)
    mine = was if untouched else listed
    return (listed - {stays, gone}) | (mine & {stays}) | (was & {gone})


def _draft_back(batch: Batch, step: Step) -> None:
    grant, kind, before = step["grant"], step["kind"], step["before"]
    # Hubs of before wrote down nobody: a school had one choice, by its link.
    person = step.get("person", "school")
    draft, gone = batch.kept.choices.draft(grant, person, kind), batch.get(RECORDS[kind], step["id"])
    if draft is not None and gone is not None:
        pair = {step["mis_id"], gone["mis_id"]}
        people, without = (
            (now_ - pair) | (pair & {*before[name]})
            for name, now_ in (("people", draft.people), ("without", draft.without))
        )
        rules: frozenset[Rule] = draft.rules
        batch.kept.choices.keep_drafts(grant, person, {kind: Draft(draft.mode, people, rules, without)})


def _number_back(batch: Batch, step: Step) -> None:
    row = batch.get(Person, step["id"])
    if row is not None and row[step["name"]] == step["after"]:
        renumber(batch, step["id"], {step["name"]: step["before"]})
        for value in (step["before"], step["after"]):
            batch.kept.history.never_called(batch.district, step["name"], value, step["id"])


def _uncall(batch: Batch, step: Step) -> None:
    batch.kept.history.never_called(batch.district, step["name"], step["after"], step["id"])


_UNDO: Mapping[str, Callable[[Batch, Step], None]] = {
    "removed": _put_back,
    "moved": _change_back,
    "filled": _change_back,
    "led": _lead_back,
    "pointed": point_back,
    "said": _say_back,
    "listed": _list_back,
    "drafted": _draft_back,
    "numbered": _number_back,
    "called": _uncall,
}
"""What undoes each kind of step."""
