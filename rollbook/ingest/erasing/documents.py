"""Documents that name somebody beside those whom they are about: what names them is cut out, or the document goes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ...edfi.resources import RESOURCES
from ...fields import RECORDS
from ...store.kept import Kept
from ...store.kept.pointers import Pointer
from ...store.writing import Batch

_STEPS = re.compile(r"\.(\w+)|\[(\d+)\]")
_ITEM = re.compile(r"^(.*)\[(\d+)\]([^\[\]]*)$")

FORMAT = "edfi"
"""Under which documents are kept in what a record has beside its facts."""

Naming = dict[tuple[str, str], list[str]]
"""The paths at which documents name somebody, by resource and hub id."""


def naming(kept: Kept, district: int, ids: Iterable[str], but: Collection[str]) -> Naming:
    """The documents that name somebody by the hub ids of their records, but for those of some records."""
    found = Naming()
    for identity in ids:
        for one in kept.pointers.to(district, identity):
            if one.source not in but:
                found.setdefault((one.resource, one.source), []).append(one.path)
    return found


def kinds_of(those: Naming) -> Iterator[tuple[str, bool]]:
    """For each document the resource, and whether it goes: it must not be without what names somebody."""
    for (resource, _), paths in those.items():
        yield resource, any(_must_stay(resource, path) for path in paths)


def cut_out(batch: Batch, those: Naming) -> None:
    """Take what names somebody out of documents; those that must have it go."""
    for (resource, identity), paths in those.items():
        kinds = [RECORDS[part.of.__name__] for part in RESOURCES[resource].parts]
        kind, row = next(((kind, row) for kind in kinds if (row := batch.get(kind, identity))), (kinds[0], None))
        if row is None:
            continue
        if any(_must_stay(resource, path) for path in paths):
            batch.remove(kind, identity)
            continue
        whole = json.loads(row["remainder"] or "{}")
        body = whole.get(FORMAT, {}).get(resource)
        for path in sorted(paths, key=_place, reverse=True):
            _cut(body, _lasting(path))
            _forget(batch, resource, identity, _lasting(path))
        batch.change(kind, identity, {"remainder": json.dumps(whole, ensure_ascii=False)})


def _must_stay(resource: str, path: str) -> bool:
    """Whether a document may not be without the property at a path."""
    steps = _STEPS.findall(_lasting(path))
    first = RESOURCES[resource].by_name.get(steps[0][0]) if steps else None
    # Of a list, one item may go: the others are as good as before.
    return first is not None and first.needed and not any(number for _, number in steps)


def _lasting(path: str) -> str:
    """The path of what is cut out as a whole: the item of a list, or the reference."""
    item = _ITEM.match(path)
    if item:
        return f"{item[1]}[{item[2]}]"
    return "$." + _STEPS.findall(path)[0][0] if _STEPS.findall(path) else path


def _place(path: str) -> tuple[str, int]:
    item = _ITEM.match(path)
    return (item[1], int(item[2])) if item else (path, 0)


def _cut(body: Any, path: str) -> None:
    *steps, (name, number) = _STEPS.findall(path)
    try:
        for step, at in steps:
            body = body[step] if step else body[int(at)]
        del body[name if name else int(number)]
    except (KeyError, IndexError, TypeError):
        # A document may say it elsewhere by now, as its record's own fact.
        return


def _forget(batch: Batch, resource: str, identity: str, path: str) -> None:
    """Let the index say nothing of what was cut out, and of the items behind it where they are now."""
    pointers, district = batch.kept.pointers, batch.district
    every = [one for one in pointers.of(district, identity) if one[0] == resource]
    kept = {at: target for _, one, target in every if (at := _after(one, path))}
    pointers.cut(district, Pointer(resource, identity, ""), kept)


def _after(path: str, gone: str) -> str:
    """Where what stood at a path stands now; blank where it is gone."""
    if path == gone or path.startswith((f"{gone}.", f"{gone}[")):
        return ""
    item = _ITEM.match(gone)
    behind = re.match(re.escape(item[1]) + r"\[(\d+)\](.*)$", path) if item else None
    if item and behind and int(behind[1]) > int(item[2]):
        return f"{item[1]}[{int(behind[1]) - 1}]{behind[2]}"
    return path
