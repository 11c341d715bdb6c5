"""Rows with faults are set aside, with all that refers to them: what the hub holds of them stays as it is.

One bad row must not hold up a district. So a row that cannot be used is left out of a plan, and so is each row that
would refer to nothing without it. Where the hub holds the record that a row is of, that record stays, and whatever
refers to it goes in. A source of which too much would be set aside is not one with a few bad rows, and is stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..errors import Problem, Stop
from ..model.organisation import School
from ..store.writing import Batch
from .feeds import most_aside
from .limits import FEW, MOST_OF_A_SCHOOL, SEVERAL
from .plan import Part, Plan, target_of, targets
from .rows import Aside, Problems, Waiting, school_of, told

Known = tuple[str, str]
"""The kind of a row and its key."""


class TooManyFaults(Stop):
    """Too many rows of this source have faults. Correct the source."""

    def __init__(self, *problems: Problem, aside: Iterable[Aside]) -> None:
        super().__init__(*problems)
        self.aside = tuple(aside)
        """Every row that would be set aside."""


def set_faults_aside(plan: Plan, problems: Problems) -> None:
    """Set aside what a plan cannot use: rows that refer to nothing, and rows that share a key but say different things.

    Rows that refer to what the source could not read wait for it. A row given twice that says the same both times is
    one row.
    """
    set_aside(plan, [*problems.aside, *(fault for part in plan.parts for fault in _twins(part, problems))])
    set_aside(plan, list(_dangling(plan)))


def set_aside(plan: Plan, faults: Iterable[Aside]) -> None:
    """Take rows out of a plan by their kinds and keys, with all that would refer to nothing without them."""
    roots = list(faults)
    if not roots:
        return
    found = _Closure(plan, {(root.kind, root.key): n for n, root in enumerate(roots) if root.key})
    found.close()
    for part in plan.parts:
        _leave_out(plan, part, found.taken)
    for n, root in enumerate(roots):
        school = root.school or found.schools.get((root.kind, root.key), "")
        plan.aside.append(replace(root, school=school, waits=(*root.waits, *found.waits.get(n, ()))))


@dataclass
class _Closure:
    """The rows that are taken out of a plan, each with the number of the fault that it is taken out for."""

    plan: Plan
    taken: dict[Known, int]
    waits: dict[int, list[Waiting]] = field(default_factory=dict[int, list[Waiting]])
    schools: dict[Known, str] = field(default_factory=dict[Known, str])

    def close(self) -> None:
        """Find all rows that refer to those which are taken, and to those which are taken for it."""
        for part in self.plan.parts:
            name = part.kind.__name__
            rows = (row for row in part.rows if (name, row.key) in self.taken)
            self.schools.update(((name, row.key), school_of(part.kind, row)) for row in rows)
        # Kinds come after those that they refer to, so that a second round is only for what refers to its own kind.
        while sum(self._take(part) for part in self.plan.parts):
            pass

    def _take(self, part: Part) -> int:
        ways = [(name, target_of(part.kind, name)) for name in part.kind.refs()]
        lost = {target: self._lost(target) for _, target in ways}
        if not any(lost.values()):
            return 0
        before, kind = len(self.taken), part.kind.__name__
        for row in part.rows:
            causes = (lost[target].get(row.refs.get(name) or "") for name, target in ways)
            cause = next((n for n in causes if n is not None), None)
            if cause is not None and (kind, row.key) not in self.taken:
                self.taken[kind, row.key] = cause
                waiting = Waiting(kind, row.key, row.place, school_of(part.kind, row))
                self.waits.setdefault(cause, []).append(waiting)
        return len(self.taken) - before

    def _lost(self, target: str) -> dict[str, int]:
        """What is taken of a kind and not held, so that nothing can refer to it."""
        held = self.plan.held.kinds.get(target, {})
        return {key: n for (kind, key), n in self.taken.items() if kind == target and key not in held}


def _leave_out(plan: Plan, part: Part, taken: dict[Known, int]) -> None:
    kind = part.kind.__name__
    keys = {key for of, key in taken if of == kind}
    if not keys:
        return
    plan.waiting += [(part.kind, row) for row in part.rows if row.key in keys]
    part.leave_out(keys)


# ---- what is wrong with the rows of a plan


def _twins(part: Part, problems: Problems) -> list[Aside]:
    for row in part.again:
        problems.meant[row.place[0] or part.kind.__name__, "a row that is there again was read once"] += 1
    if not part.twins:
        return []
    times = Counter(row.key for row in part.rows)
    hint, kind = "each row needs its own", part.kind.__name__
    return [
        Aside(kind, row.key, row.place, "", f"{row.key!r} is also the key of another row", hint)
        for row in part.rows
        if times[row.key] > 1
    ]


def _dangling(plan: Plan) -> Iterator[Aside]:
    """The rows that refer to what is neither held nor brought."""
    there = {name: set(keys) for name, keys in plan.held.kinds.items() if name in targets()}
    for part in plan.parts:
        keys = there.setdefault(part.kind.__name__, set())
        keys.difference_update(part.gone)
        keys |= part.fresh
    for part in plan.parts:
        yield from _astray(part, there)


def _astray(part: Part, there: dict[str, set[str]]) -> Iterator[Aside]:
    ways = [(name, target_of(part.kind, name)) for name in part.kind.refs()]
    lost = {name: part.astray.get(name, set()) - there.get(target, set()) for name, target in ways}
    for row in part.rows if any(lost.values()) else ():
        name = next((name for name, _ in ways if row.refs.get(name) in lost[name]), None)
        if name:
            said = f"{row.refs[name]!r} is not a {target_of(part.kind, name)} in the source"
            yield Aside(part.kind.__name__, row.key, row.place, name, said, "send that too, or correct the reference")


# ---- how much may be set aside


def guard_shares(batch: Batch, plan: Plan, problems: Problems, asked: float | None) -> None:
    """Stop when too much would be set aside, naming all of it.

    Of a kind of row no more than a share may have faults (the one `asked` for, or the source's own), though fewer than
    five (`FEW`) are let through. And of a kind no more than half may be set aside, whether for a fault or waiting for
    another row: of a source from two rows on, of a school from five.
    """
    faults = [one for one in plan.aside if one.fault]
    if not faults:
        return
    most = most_aside(batch.kept, batch.district, plan.source, asked)
    rows = _rows(batch, plan, problems)
    found = [*_too_many(faults, rows, most), *_too_much(faults, rows, _names(plan))]
    if found:
        hint = "correct the source, or let more be set aside with --most-aside"
        found += problems.lost_rows()
        said = Problem("", "too many rows of this source have faults", hint)
        raise TooManyFaults(said, *found, *told(faults, problems.most), aside=plan.aside)


def _rows(batch: Batch, plan: Plan, problems: Problems) -> dict[str, Counter[str]]:
    """How many rows there are of each kind, by the key of their school; blank: in all."""
    rows = {kind: Counter(counted) for kind, counted in problems.rows.items()}
    here = ((part.kind, row) for part in plan.parts if part.whole for row in part.rows)
    for kind, row in (*here, *plan.waiting):
        rows.setdefault(kind.__name__, Counter()).update({"", school_of(kind, row)})
    read = {(kind.__name__, row.key) for kind, row in plan.waiting}
    for one in plan.aside:
        if one.kind not in problems.rows and (one.kind, one.key) not in read:
            rows.setdefault(one.kind, Counter()).update({"", one.school})
    for part in plan.parts:
        # Where only some rows come, they are a few of those that are held.
        if not part.whole:
            held = batch.kept.sources.count(batch.district, plan.source, part.kind.__name__)
            rows[part.kind.__name__] = Counter({"": held + len(part.new)})
    return rows


def _names(plan: Plan) -> dict[str, str]:
    """What schools are called, by their keys."""
    rows = (row for part in plan.parts if part.kind is School for row in part.rows)
    return {row.key: str(row.values.get("name") or row.key) for row in rows}


def _too_many(faults: list[Aside], rows: dict[str, Counter[str]], most: float) -> Iterator[Problem]:
    for kind, count in Counter(kind for kind, _, _ in {(f.kind, f.key, f.place) for f in faults}).items():
        if count >= FEW and count > most * rows[kind][""]:
            yield Problem(kind, f"{count:,} of {rows[kind]['']:,} rows have faults; the limit is {most:.0%}")


def _too_much(faults: list[Aside], rows: dict[str, Counter[str]], names: dict[str, str]) -> Iterator[Problem]:
    aside: Counter[Known] = Counter()
    roots = {(fault.kind, fault.key, fault.place, fault.school) for fault in faults}
    for kind, _, _, school in (*roots, *(waiting for fault in faults for waiting in fault.waits)):
        aside.update((kind, at) for at in {"", school})
    for (kind, school), count in sorted(aside.items()):
        of = rows[kind][school]
        if of and count > MOST_OF_A_SCHOOL * of and count >= (FEW if school else SEVERAL):
            at = f" at {names.get(school, school)}" if school else ""
            yield Problem(f"{kind}{at}", f"{count:,} of {of:,} rows would be set aside; the limit is half")
