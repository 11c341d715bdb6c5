"""Which district a source speaks for, and as which source: by ids and numbers, and never by a name alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...errors import Malformed, Problem, Stop
from ...store.kept import Kept
from ...store.kept.schools import District
from ..rows import Origin, SchoolTold, Source
from .humans import Same, is_uuid, plain
from .places import compare


@dataclass(frozen=True)
class Found:
    """The district's number (0: not there yet), what is known of it, and the name of the source."""

    district: int
    origin: Origin
    source: str


def find(kept: Kept, connector: str, source: Source, named: str | None, *, new: bool = False) -> Found:
    """Find the district of a source; `named` and `new` are what somebody says of it.

    It is the one that the source brought before, though its own id or name be another one since: the source is known
    by its schools. Or it is one that has a school with the same number and name. One that has only a school of the same
    name, or of the same national number, or is itself of the same name may be meant or not, which somebody has to say.
    Raises `Malformed` or `Stop` where it is not plain which.
    """
    origin = source.origin
    if origin.key is None and origin.name is None:
        return _fed(kept, connector, source, named)
    meant = _named(kept, named) if named else None
    number, name = (0, "") if new else _before(kept, connector, origin, meant.number if meant else 0, named)
    if meant:
        number = meant.number
    elif not (number or new):
        number = _by_schools(kept, origin)
        if number and named:
            raise Stop(_which(kept, [number], f"is not called {named}: it has a school of one that the hub holds"))
    key = origin.key or named or origin.name
    return Found(number, Origin(origin.key, _name(kept, number, origin, named)), name or f"{connector}:{key}")


def _fed(kept: Kept, connector: str, source: Source, named: str | None) -> Found:
    """The district of one without organisations, as a delta may be: the one named, or the only one that was fed."""
    fed = kept.sources.fed(f"{connector}:", named)
    if len(fed) == 1:
        return Found(fed[0].district, Origin(name=fed[0].name), fed[0].source)
    if named and not fed:
        return Found(0, Origin(None, named), f"{connector}:{named}")
    known = f", one of {', '.join(one.name for one in fed)}" if fed else ""
    missing = Problem(
        "district", "the records do not say which district they belong to", f"name it with --district{known}"
    )
    # Not noted with the source's problems: whoever asks again would be answered twice.
    raise Malformed(*source.problems.all(), missing)


def _named(kept: Kept, named: str) -> District | None:
    found = [d for d in kept.schools.districts() if named in (d.name, d.external_id, str(d.number))]
    return found[0] if len(found) == 1 else None


# ---- what it brought before


def _before(kept: Kept, connector: str, origin: Origin, within: int, named: str | None) -> tuple[int, str]:
    """The district that the source brought before, and the source's name; 0 and blank where it brought none."""
    name = f"{connector}:{origin.key or named or origin.name}"
    if number := kept.sources.district(name):
        return number, name
    known = Counter((n, s) for n, s in _by_keys(kept, connector, origin) if within in (0, n))
    # One with fewer schools may be another source, of some of them: if it is the same, all the others would go.
    whole = [one for one, count in known.items() if kept.sources.count(*one, "School") == count]
    if len(whole) == 1:
        return whole[0]
    if len({number for number, _ in known}) == 1:
        return next(iter(known))[0], ""
    return (kept.schools.district_known_as(origin.key) if origin.key else 0) or 0, ""


def _by_keys(kept: Kept, connector: str, origin: Origin) -> Iterator[tuple[int, str]]:
    """Sources that know the same schools by the same keys."""
    told = {one.key: one for one in origin.schools}
    for number, source, key, identity in kept.matches.sources_with(connector, told):
        if school := kept.schools.told(number, identity):
            same, _ = compare(told[key].facts, school)
            if same is not Same.NO or is_uuid(key):
                yield number, source


# ---- what others brought


NATIONAL = 6
"""The fewest characters of a school's number that is one of a country: many a district counts its schools from 1001."""


def _by_schools(kept: Kept, origin: Origin) -> int:
    numbered = list(_numbered(kept, origin))
    found = {district for district, same in numbered if same}
    if len(found) > 1:
        raise Stop(_which(kept, found, "has schools that several districts have"))
    if not found and numbered:
        maybe = {district for district, _ in numbered}
        raise Stop(_which(kept, maybe, "has a school with the number of one that the hub holds, under another name"))
    return found.pop() if found else _ask(kept, origin)


def _numbered(kept: Kept, origin: Origin) -> Iterator[tuple[int, bool]]:
    """The districts with a school of the same number, and whether its name says so too."""
    told = {number: plain(one.name) for one in origin.schools for number in one.numbers}
    for district, identity, number in kept.matches.schools_numbered(told):
        name = plain((kept.schools.told(district, identity) or {}).get("name"))
        if name == told[number] or len(number) >= NATIONAL:
            yield district, name == told[number]


def _ask(kept: Kept, origin: Origin) -> int:
    """Nothing is certain: 0, unless a name says that one of the districts may be meant."""
    called = {plain(d.name): d.number for d in kept.schools.districts() if d.name}
    maybe = {called[name] for name in [plain(origin.name)] if name in called}
    maybe |= {number for one in origin.schools for number in _namesakes(kept, one)}
    if maybe:
        raise Stop(_which(kept, maybe, "may be one that the hub holds: it, or a school of it, is called the same"))
    return 0


def _namesakes(kept: Kept, told: SchoolTold) -> Iterator[int]:
    """The districts with a school of this name which no number tells apart from it."""
    for number, identity, _ in kept.matches.schools_named({told.name.casefold()} if told.name else ()):
        school = kept.schools.told(number, identity) or {}
        if not (told.numbers and school.get("identifier")):
            yield number


def _which(kept: Kept, numbers: Iterable[int], what: str) -> Problem:
    names = {d.number: d.name or str(d.number) for d in kept.schools.districts()}
    listed = " or ".join(f'--district "{names[number]}"' for number in sorted(numbers))
    return Problem(
        "district", f"the district of this source {what}", f"say which it is with {listed}, or --new-district"
    )


def _name(kept: Kept, number: int, origin: Origin, named: str | None) -> str | None:
    """The name of the district: a roster without one names it after its only school, also when that is renamed."""
    known = next((d for d in kept.schools.districts() if d.number == number), None)
    if origin.key or not known:
        return named or origin.name
    schools = {school.name for school in kept.schools.listed() if school.district == number}
    alone = len(origin.schools) == 1 and schools == {known.name}
    return origin.name if alone else known.name
