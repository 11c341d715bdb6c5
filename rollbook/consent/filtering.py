"""Choosing the people of a grant: the school's lists, and those that an app edits itself.

The school's list says whom an app may see, or whom it may not: people one by one, and people by rule. An app may leave
more people out, and let those in again whom it left out itself; it never widens what the school chose. What both come
to, and who is let in or left out by a change, is worked out in `store/reckoning.py` and `store/settling.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..errors import Conflict, Malformed, NotFound, Problem, nearest
from ..store.kept import Kept
from ..store.kept.choices import Lists
from ..store.port import Store
from ..store.reckoning import KINDS as KINDS
from ..store.reckoning import Reckoning
from ..store.roll import Roll
from ..store.rules import KINDS as CHOSEN_BY
from ..store.rules import Rule as Rule
from ..store.settling import follow_days, keep_lists, settle
from .grants import MODES, Grant, human_kind
from .planning import carry_out
from .receipts import give_receipt
from .slips import names

DAY_PATIENCE = 0.2
"""Seconds to wait for somebody else who writes before the new day is looked at again."""


@dataclass(frozen=True)
class Choice:
    """The people of one kind whom a grant sees, by MIS ids.

    `mode` is what the school said: `all`, `only` those on its list, or all `except` those. On its list are those in
    `ids` and those whom `rules` name, less those in `without`. `declined` are the people whom the school lets in and
    the app leaves out by itself.
    """

    kind: str
    mode: str
    ids: tuple[str, ...]
    declined: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    without: tuple[str, ...] = ()
    told: tuple[str, ...] = field(default=(), compare=False)
    """The list as the app may know it: those it sees where it is one of those let in, else those it left out.

    Whom the school left out is not named: they are nowhere.
    """

    @property
    def opted_in(self) -> bool:
        """Whether only the people of a list are seen."""
        return self.mode == "only"


class Strangers(NotFound):
    """Somebody named in the request was not found, or the school does not let the app see them."""

    def __init__(self, people: tuple[tuple[str, str], ...]) -> None:
        said = "no {} whom the school lets this app see has the Id {}"
        super().__init__(*(Problem("people", said.format(*one)) for one in people))
        self.people = people


class People:
    """The lists of people whom grants see."""

    def __init__(self, store: Store, by: str) -> None:
        """`by` is who changes them, as receipts say it."""
        self._store = store
        self._by = by

    def _again(self, grant: Grant) -> Grant:
        again = self._store.kept.grants.with_id(grant.id)
        assert again is not None
        return again

    # ---- the school's lists

    def choose(
        self,
        grant: Grant,
        kind: str,
        mode: str,
        mis_ids: Iterable[str] = (),
        *,
        rules: Iterable[Rule] = (),
        without: Iterable[str] = (),
        receipt: bool = True,
    ) -> Grant:
        """Let a grant see only these people of a kind, or all except them; mode `all` takes the choice back.

        `rules` name further people, and go on doing so as the roll moves; `without` are people (MIS ids) whom a rule
        does not name all the same. Whom the app left out by itself stays left out. The school gets a receipt, unless
        it gets one for several kinds together.
        """
        human, wanted, named, less = human_kind(kind), tuple(rules), tuple(mis_ids), tuple(without)
        if mode not in {*MODES, "all"}:
            raise Malformed(Problem("mode", f"{mode} is not known", nearest(mode, [*MODES, "all"])))
        with self._store.write(grant.district) as batch:
            carry_out(batch.kept, grant.id)
            before = batch.kept.choices.said(grant.id, human)
            known = [rule for rule in wanted if rule not in before.rules]
            _check_rules(Roll(batch.kept.rolls, grant.district, grant.school), human, known)
            ids = _known(batch.kept, grant, human, [*named, *less])
            after = Lists(declined=before.declined)
            if mode != "all":
                on, off = (frozenset(ids[m] for m in some) for some in (named, less if wanted else ()))
                after = Lists(mode, on, frozenset(wanted), off - on, before.declined)
            if after != before:
                keep_lists(batch, grant.id, human, after)
                if receipt:
                    give_receipt(batch.kept, grant.id, "people", self._by)
        return self._again(grant)

    def amend(
        self,
        grant: Grant,
        kind: str,
        *,
        add: Iterable[str] = (),
        remove: Iterable[str] = (),
        add_rules: Iterable[Rule] = (),
        remove_rules: Iterable[Rule] = (),
    ) -> Grant:
        """Add people and rules to the school's list of a kind, and take others off it.

        Who is on it already may be added again; who is taken off it stays off though a rule names them.
        """
        human, further, added, removed = human_kind(kind), frozenset(add_rules), tuple(add), tuple(remove)
        with self._store.write(grant.district) as batch:
            carry_out(batch.kept, grant.id)
            before = batch.kept.choices.said(grant.id, human)
            if before.mode == "all":
                said = f"there is no list at {grant.estab}: {grant.app.relying_party} sees every {human}"
                raise Conflict(
                    Problem("people", said, "first say whether it sees only some people, or all except some")
                )
            ids = _known(batch.kept, grant, human, [*added, *removed])
            _check_rules(Roll(batch.kept.rolls, grant.district, grant.school), human, further - before.rules)
            rules = (before.rules | further) - frozenset(remove_rules)
            on, off = ([ids[m] for m in some] for some in (added, removed))
            after = replace(before, rules=rules).amended(add=on, remove=off)
            if after != before:
                keep_lists(batch, grant.id, human, after)
                give_receipt(batch.kept, grant.id, "people", self._by)
        return self._again(grant)

    def of(self, grant: Grant) -> tuple[Choice, ...]:
        """What a grant sees of each kind of human: the school's list, and whom the app leaves out of it."""
        with self._store.lend() as kept:
            reckoning = Reckoning(kept, grant.id)
            return tuple(_choice(grant, reckoning, kind) for kind in KINDS)

    def settle(self, grant: Grant) -> None:
        """Work out again whom a grant sees."""
        with self._store.write(grant.district) as batch:
            settle(batch, grant.id)

    def follow_days(self) -> int:
        """Write down whom the day that has come lets in and leaves out; gives for how many grants."""
        return follow_days(self._store, DAY_PATIENCE)

    # ---- an app's own

    def restrict(
        self, grant: Grant, add: Iterable[tuple[str, str]] = (), remove: Iterable[tuple[str, str]] = ()
    ) -> Grant:
        """An app's own edit of the lists of its grant: people (kind, MIS id) to put on them, and to take off.

        What being on a list means the school has said: to be seen where it lets in only those listed, not to be seen
        otherwise. What was said before may be said again. Raises `Strangers` with everybody who cannot be named, and
        then nothing is done.
        """
        wanted = [(True, *one) for one in add] + [(False, *one) for one in remove]
        with self._store.write(grant.district) as batch:
            reckoning = Reckoning(batch.kept, grant.id)
            kinds = tuple(dict.fromkeys(kind for _, kind, _ in wanted))
            ids = {k: _found(batch.kept, grant, k, [m for _, of, m in wanted if of == k]) for k in kinds}
            strangers = tuple(
                (kind, mis_id)
                for kind, mis_id in dict.fromkeys((k, m) for _, k, m in wanted)
                if mis_id not in ids[kind] or not reckoning.offers(kind, ids[kind][mis_id])
            )
            # Whoever is no stranger was found, which the answer says.
            names(*(ids[kind][mis_id] for _, kind, mis_id in wanted if (kind, mis_id) not in strangers))
            if strangers:
                raise Strangers(strangers)
            for kind in kinds:
                lists = reckoning.lists[kind]
                declined = set(lists.declined)
                for on, of, mis_id in wanted:
                    if of == kind and on == (lists.mode == "only"):
                        declined.discard(ids[kind][mis_id])
                    elif of == kind:
                        declined.add(ids[kind][mis_id])
                after = replace(lists, declined=frozenset(declined))
                if after != lists:
                    keep_lists(batch, grant.id, kind, after)
        return self._again(grant)


# ---- reading the lists


def _choice(grant: Grant, reckoning: Reckoning, kind: str) -> Choice:
    lists = reckoning.lists[kind]

    def mis_ids(ids: Iterable[str]) -> tuple[str, ...]:
        return reckoning.people.candidates.mis_ids(kind, grant.district, grant.school, ids)

    declined = mis_ids(i for i in lists.declined if reckoning.offers(kind, i))
    told = mis_ids(reckoning.seen(kind)) if lists.mode == "only" else declined
    rules = tuple(sorted(lists.rules))
    return Choice(kind, lists.mode, mis_ids(lists.named), declined, rules, mis_ids(lists.without), told)


def _known(kept: Kept, grant: Grant, kind: str, mis_ids: Iterable[str]) -> dict[str, str]:
    """The hub ids of people of the school by their MIS ids, every one of which must be there."""
    wanted = list(mis_ids)
    found = _found(kept, grant, kind, wanted)
    missing = [m for m in dict.fromkeys(wanted) if m not in found]
    if missing:
        raise NotFound(*(Problem("people", f"no {kind} has the Id {m} at {grant.estab}") for m in missing))
    return found


def _found(kept: Kept, grant: Grant, kind: str, mis_ids: Iterable[str]) -> dict[str, str]:
    return kept.candidates.with_mis_ids(kind, grant.district, grant.school, mis_ids)


# ---- rules


def _check_rules(roll: Roll, kind: str, rules: Iterable[Rule]) -> None:
    """Refuse rules for people who are in no groups, and such as name no group; a group may go later."""
    wrong: list[Problem] = []
    for rule in sorted(rules):
        if kind != "Student":
            wrong.append(Problem("rule", f"{kind} cannot be chosen by {rule.by}", "only students are chosen by rule"))
        elif rule.by not in CHOSEN_BY:
            wrong.append(Problem("rule", f"{rule.by[:40]} is not known", nearest(rule.by, CHOSEN_BY)))
        elif not roll.known(rule):
            known = [other.value for other in roll.rules() if other.by == rule.by]
            wrong.append(
                Problem("rule", f"the school has no {rule.by} called {rule.value[:60]}", nearest(rule.value, known))
            )
    if wrong:
        raise NotFound(*wrong)
