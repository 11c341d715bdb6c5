"""What documents refer to, where one record becomes another one: they refer to the one that stays, by its number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..edfi.paths import reference_at
from ..edfi.resources import RESOURCES
from ..fields import RECORDS, Record
from ..store.kept.pointers import Pointer
from ..store.numbering import UNIQUE_IDS
from ..store.writing import Batch

Step = dict[str, Any]

_NUMBER = re.compile(r"\.\w+UniqueId$")


def repoint(batch: Batch, stays: Mapping[str, Any], gone: str) -> Step:
    """Let whatever refers to a record that goes (a hub id) refer to one that stays; gives what undoes it.

    What the documents of the one that goes refer to is theirs of whom it becomes, if they say nothing there yet.
    """
    pointers, district = batch.kept.pointers, batch.district
    at, own, words = pointers.to(district, gone), pointers.of(district, gone), pointers.words_of(district, gone)
    pointers.lead(district, gone, stays["id"], at)
    silent = "edfi" not in json.loads(stays["remainder"] or "{}")
    if silent:
        pointers.put(district, stays["id"], own, words)
    return {"after": stays["id"], "at": at, "own": own, "words": words, "silent": silent}


def point_back(batch: Batch, step: Step) -> None:
    """Undo it, but for what refers to something else by now."""
    pointers, district, gone = batch.kept.pointers, batch.district, step["id"]
    if step["silent"]:
        pointers.go(district, step["after"])
    pointers.lead(district, step["after"], gone, [Pointer(*one) for one in step["at"]])
    pointers.put(district, gone, step["own"], step["words"])


def renamed(
    batch: Batch, step: Step, numbers: Mapping[str, tuple[str | None, str | None]]
) -> Iterator[tuple[type[Record], str, str, str]]:
    """The records whose documents name a human by a number that is another one now: what each kept, and keeps."""
    known = {before: after for before, after in numbers.values() if before and after and before != after}
    for resource, source in dict.fromkeys((one[0], one[1]) for one in step["at"] if known):
        kinds = [part.of for part in RESOURCES[resource].parts]
        each = ((of, row) for of in kinds if (row := batch.get(RECORDS[of.__name__], source)))
        of, row = next(each, (kinds[0], None))
        kept = (row or {}).get("remainder")
        paths = [one[2] for one in step["at"] if (one[0], one[1]) == (resource, source)]
        if kept and (said := _said_anew(kept, resource, paths, known)) != kept:
            batch.change(of, source, {"remainder": said})
            yield of, source, kept, said


def numbers_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    """The unique ids of a human, and those of whom they become."""
    return {fact: (before[fact], after[fact]) for fact in UNIQUE_IDS}


def _said_anew(kept: str, resource: str, paths: Iterable[str], known: Mapping[str, str]) -> str:
    whole = json.loads(kept)
    body = whole.get("edfi", {}).get(resource)
    for path in paths:
        reference = reference_at(body, _NUMBER.sub("", path)) or {}
        for name in [n for n, value in reference.items() if n.endswith("UniqueId") and value in known]:
            reference[name] = known[reference[name]]
    said = json.dumps(whole, ensure_ascii=False)
    return kept if whole == json.loads(kept) else said
