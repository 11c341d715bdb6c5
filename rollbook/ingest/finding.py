"""Finding what is meant by names: a district, a source of it."""

from __future__ import annotations

from ..errors import Malformed, NotFound, Problem, nearest
from ..store.kept.feeds import Feed
from ..store.kept.schools import District
from ..store.port import Store


def district_named(store: Store, name: str) -> District | None:
    """The district of a name, or of an id in the source that made it; None where there is none.

    Raises `Malformed` where several are called so.
    """
    every = store.kept.schools.districts()
    found = [one for one in every if name in (one.name, one.external_id)]
    found = found or [one for one in every if (one.name or "").lower() == name.lower()]
    if len(found) > 1:
        hint = f"name it by its id in its source: {', '.join(one.external_id or '-' for one in found)}"
        raise Malformed(Problem("district", f"{len(found)} districts are called {name}", hint))
    return found[0] if found else None


def known_district(store: Store, name: str) -> District:
    """The district of a name; raises `NotFound` where there is none."""
    found = district_named(store, name)
    if found is None:
        names = [one.name for one in store.kept.schools.districts() if one.name]
        raise NotFound(Problem("district", f"{name} is not known", nearest(name, names)))
    return found


def feed_named(store: Store, name: str, district: str | None = None) -> Feed:
    """The source of a name; where several districts have one of that name, of the district named."""
    every = store.kept.feeds.every()
    if district:
        number = known_district(store, district).number
        every = [one for one in every if one.district == number]
    found = [one for one in every if one.source == name]
    if not found:
        raise NotFound(Problem("source", f"{name} is not known", nearest(name, {one.source for one in every})))
    if len(found) > 1:
        raise Malformed(Problem("source", f"{len(found)} districts have a source {name}", "name one with --district"))
    return found[0]


def district_of(store: Store, source: str, district: str | None) -> int | None:
    """The district of a source that is named: the one that is named too, or the one that has such a source.

    None where the hub has neither, so that what the source says has to tell. Raises `Malformed` where it is not plain.
    """
    if district:
        found = district_named(store, district)
        return found.number if found else None
    numbers = {one.district for one in store.kept.feeds.every() if one.source == source}
    if len(numbers) > 1:
        raise Malformed(
            Problem("source", f"{len(numbers)} districts have a source {source}", "name one with --district")
        )
    return next(iter(numbers), None)
