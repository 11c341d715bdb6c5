"""Pages of one pull: the ids that page 1 was cut from, so that a row that goes or comes moves no other one between
pages.

A page is read again for its ids, through the reader of the request: it shows the rows as they are now, and none of
those that the caller may no longer see.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from ...api.resource import Context
from ...consent.pulls import Pull, Question
from .asking import Asked

PULLED = "pulled"
"""The argument that holds the hub ids of a page."""


def question(asked: Asked, context: Context) -> Question:
    """What a pull answers, whichever page is asked for."""
    grant = context.reader.grant
    said = (asked.changed_rows, asked.options, asked.filters, sorted(asked.args.items()), asked.select, asked.limit)
    return Question(grant.id, asked.endpoint.segment, hashlib.sha256(repr(said).encode()).hexdigest(), context.caller)


def find(asked: Asked, context: Context) -> Pull | None:
    """The pull that a later page belongs to; none for a first page, which begins one."""
    return context.reader.pulls.find(question(asked, context), context.now) if asked.offset else None


def begin(asked: Asked, context: Context, ids: Sequence[str], state: str) -> None:
    """Keep the ids of all pages."""
    pages = (ids[at : at + asked.limit] for at in range(0, len(ids), asked.limit))
    blobs = map(msgspec.msgpack.encode, pages)
    context.reader.pulls.begin(question(asked, context), context.now, len(ids), state, blobs)


def page_of(pull: Pull, asked: Asked, context: Context) -> Asked:
    """The request, bound to the ids of its page."""
    kept = context.reader.pulls.page(pull, asked.page or 1, context.now)
    ids = msgspec.msgpack.decode(kept, type=list[str]) if kept else []
    return bound(asked, ids)


def bound(asked: Asked, ids: Sequence[str]) -> Asked:
    """The request for the rows of the main table with these hub ids, and their parts."""
    return replace(asked, pulled=True, args={**asked.args, PULLED: json.dumps(list(ids))})
