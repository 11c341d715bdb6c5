"""How a school chooses the people whom an app may read of: in a draft, while the grant is paused, then confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..errors import Conflict, Malformed, Problem, nearest
from ..store.kept.candidates import Candidate as Candidate
from ..store.kept.candidates import Search as Search
from ..store.kept.choices import Chooser, Lists
from ..store.kept.choices import Draft as Draft
from ..store.port import Store
from ..store.reckoning import Reckoning
from ..store.roll import Roll
from ..store.rules import KINDS as CHOSEN_BY
from ..store.rules import Rule
from .authorising import Grants
from .filtering import KINDS, People
from .grants import MODES, Grant, human_kind
from .memory import Memory
from .receipts import Receipt, Receipts, give_receipt, who

EVERYONE = "all"
"""The mode in which nobody is named."""


@dataclass(frozen=True)
class Offer:
    """A rule that a school may choose: what it calls the group, and how many students the rule names today."""

    rule: Rule
    name: str
    count: int


class Choosing:
    """Where a school chooses people for a grant."""

    def __init__(
        self, store: Store, by: str, memory: Memory, grants: Grants, people: People, receipts: Receipts
    ) -> None:
        """`by` is who chooses, as receipts say it: each has a draft of their own."""
        self._receipts = receipts
        self._store = store
        self._by = by
        self._memory = memory
        self._grants = grants
        self._people = people

    # ---- the draft

    def begin(self, grant: Grant) -> Mapping[str, Draft]:
        """Pause a grant and lay out what is chosen now, to be changed; one's own draft that there is goes on."""
        self._grants.pause(grant)
        there = self.draft(grant)
        if there:
            return there
        now = {kind: self.chosen(grant, kind) for kind in KINDS}
        with self._store.of_district(grant.district) as kept:
            kept.choices.keep_drafts(grant.id, self._by, now)
        return now

    def draft(self, grant: Grant) -> dict[str, Draft]:
        """What whoever decides here has chosen so far, by kind of human; empty where they are not choosing."""
        found = self._store.kept.choices.drafts(grant.id, self._by)
        return {kind: found[kind] for kind in KINDS if kind in found}

    def choosers(self, grant: Grant) -> list[Chooser]:
        """Everybody who is choosing for a grant, those first who began first."""
        return self._store.kept.choices.choosers(grant.id)

    def others(self, grant: Grant) -> list[str]:
        """Who else is choosing, in words."""
        return [who(one.person) for one in self.choosers(grant) if one.person != self._by]

    def overtaken(self, grant: Grant) -> Receipt | None:
        """What somebody else decided about the grant since the draft of whoever decides here was begun."""
        since = next((one.since for one in self.choosers(grant) if one.person == self._by), None)
        last = next(iter(self._receipts.of(grant.id)), None)
        return last if last and since is not None and last.at > since and last.by != self._by else None

    def change(
        self,
        grant: Grant,
        kind: str,
        mode: str,
        *,
        tick: Iterable[str] = (),
        untick: Iterable[str] = (),
        rules: Iterable[Rule] | None = None,
    ) -> Draft:
        """Change the draft of one kind: its mode, people (MIS ids) who are ticked or no longer are, and its rules.

        Somebody whom a rule names is on the list already; unticked, they are left out of it though the rule stays.
        """
        human = human_kind(kind)
        if mode not in {*MODES, EVERYONE}:
            raise Malformed(Problem("mode", f"{mode[:20]} is not known", nearest(mode[:20], [*MODES, EVERYONE])))
        ticked, gone = frozenset(tick), frozenset(untick)
        strange = ticked - self._held(grant, human, ticked)
        if strange:
            raise Malformed(Problem("people", f"{len(strange)} of the people ticked are not at the school"))
        with self._store.of_district(grant.district) as kept:
            before = kept.choices.draft(grant.id, self._by, human)
            if before is None:
                raise _not_choosing()
            wanted = before.rules if rules is None else frozenset(rules)
            by_rule = self._by_rule(grant, before.rules)
            named = (before.people - gone) | (ticked - by_rule) | (ticked & before.people)
            without = ((before.without - ticked) | (gone & by_rule)) if wanted else frozenset[str]()
            draft = Draft(mode, named, self._rules_known(grant, human, before.rules, wanted), without)
            kept.choices.keep_drafts(grant.id, self._by, {human: draft})
        return draft

    def confirm(self, grant: Grant) -> Grant:
        """Let what was drafted be chosen, and the grant go on."""
        drafts = self.draft(grant)
        if not drafts:
            raise _not_choosing()
        for kind, draft in drafts.items():
            # Whoever has been taken out of the records meanwhile is nobody's choice any more.
            people, without = (self._held(grant, kind, some) for some in (draft.people, draft.without))
            left = Draft(draft.mode, people, draft.rules, without) if draft.mode != EVERYONE else _EVERYONE
            if left != self.chosen(grant, kind):
                rules, less = sorted(left.rules), sorted(without)
                self._people.choose(grant, kind, left.mode, sorted(people), rules=rules, without=less, receipt=False)
        first = self._grants.first_choice(grant)
        with self._store.of_district(grant.district) as kept:
            kept.choices.drop_drafts(grant.id, self._by)
            give_receipt(kept, grant.id, "authorised" if first else "people", self._by)
        return self._go_on(grant)

    def cancel(self, grant: Grant) -> Grant:
        """Leave what is chosen as it was before, and let the grant go on unless somebody else is choosing."""
        with self._store.of_district(grant.district) as kept:
            kept.choices.drop_drafts(grant.id, self._by)
        return self._grants.at(grant.app, grant.estab) if self.choosers(grant) else self._go_on(grant)

    def _go_on(self, grant: Grant) -> Grant:
        """Let a grant go on, unless the school has said that it begins later."""
        now = self._grants.at(grant.app, grant.estab)
        return now if self._grants.begins(grant) is not None else self._grants.pause(now, False)

    # ---- people

    def chosen(self, grant: Grant, kind: str) -> Draft:
        """What the school has chosen of one kind of human; whom the app leaves out by itself does not count."""
        choice = next(c for c in self._people.of(grant) if c.kind == kind)
        if choice.mode == EVERYONE:
            return _EVERYONE
        return Draft(choice.mode, frozenset(choice.ids), frozenset(choice.rules), frozenset(choice.without))

    def offers(self, grant: Grant) -> list[Offer]:
        """By what the school's students may be chosen: each of its years, forms, houses, classes and courses."""
        day = self._memory.today(grant.time_zone)
        with self._store.lend(grant.district) as kept:
            roll = Roll(kept.rolls, grant.district, grant.school)
            return [Offer(rule, name, len(roll.on(day, [rule]))) for rule, name in roll.rules().items()]

    def on_list(self, grant: Grant, kind: str, draft: Draft) -> frozenset[str]:
        """Who is on a list today (MIS ids): those named one by one, and those whom a rule names."""
        return (draft.people | self._by_rule(grant, draft.rules)) - draft.without

    def would_see(self, grant: Grant, drafts: Mapping[str, Draft]) -> dict[str, frozenset[str]]:
        """Whom the app would see today (MIS ids) if the drafts counted, by kind of human."""
        with self._store.lend() as kept:
            reckoning = Reckoning(kept, grant.id)
            people = {kind: reckoning.people.candidates.everyone(kind, grant.district, grant.school) for kind in KINDS}
            for kind, draft in drafts.items():
                reckoning.suppose(kind, _lists(people[kind], draft, reckoning.lists[kind].declined))
            day = reckoning.place.day
            return {k: frozenset(m for i, m in people[k] if reckoning.guard(k).lets_in(i, day)) for k in KINDS}

    def _by_rule(self, grant: Grant, rules: Iterable[Rule]) -> frozenset[str]:
        """The students (MIS ids) whom rules name today."""
        with self._store.lend(grant.district) as kept:
            ids = Roll(kept.rolls, grant.district, grant.school).on(self._memory.today(grant.time_zone), rules)
            students = kept.candidates.everyone("Student", grant.district, grant.school) if ids else []
            return frozenset(m for i, m in students if i in ids)

    def _rules_known(
        self, grant: Grant, kind: str, before: frozenset[Rule], wanted: frozenset[Rule]
    ) -> frozenset[Rule]:
        """Rules that are wanted; raises `Malformed` for those that name no group of the school."""
        with self._store.lend(grant.district) as kept:
            roll = Roll(kept.rolls, grant.district, grant.school)
            strange = [r for r in wanted - before if kind != "Student" or r.by not in CHOSEN_BY or not roll.known(r)]
        if strange:
            raise Malformed(Problem("rule", f"{len(strange)} of the groups chosen are not at the school"))
        return wanted

    def candidates(self, grant: Grant, kind: str, search: Search, limit: int = -1, offset: int = 0) -> list[Candidate]:
        """The school's people of a kind who are looked for, by surname."""
        today = self._memory.today(grant.time_zone)
        with self._store.lend(grant.district) as kept:
            return kept.candidates.find(kind, grant.district, grant.school, today, search, limit, offset)

    def count(self, grant: Grant, kind: str, search: Search) -> int:
        """How many people are looked for."""
        today = self._memory.today(grant.time_zone)
        with self._store.lend(grant.district) as kept:
            return kept.candidates.count(kind, grant.district, grant.school, today, search)

    def _held(self, grant: Grant, kind: str, mis_ids: frozenset[str]) -> frozenset[str]:
        """Those of some MIS ids that are people of the school."""
        with self._store.lend(grant.district) as kept:
            return frozenset(kept.candidates.with_mis_ids(kind, grant.district, grant.school, sorted(mis_ids)))


_EVERYONE = Draft(EVERYONE, frozenset())


def _not_choosing() -> Conflict:
    return Conflict("no choice of people is in progress", hint="start on the first page of this link")


def _lists(people: list[tuple[str, str]], draft: Draft, declined: frozenset[str]) -> Lists:
    """A draft by hub ids, of the people of its kind, beside whom the app leaves out by itself."""
    ids = {mis_id: identity for identity, mis_id in people}
    named, without = (frozenset(ids[m] for m in some if m in ids) for some in (draft.people, draft.without))
    return Lists(draft.mode, named, draft.rules, without, declined)
