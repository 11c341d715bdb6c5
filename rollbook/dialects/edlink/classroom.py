"""What is below a class: its assignments, their submissions, and its categories, read and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from ...api.listing.resource import Listing, Resource
from ...api.listing.rows import Conditions
from ...api.messages import Response
from ...consent import Desk, DistrictReader, Holder
from ...errors import Malformed, NotFound, NotHeld, Problem, WrongMethod, nearest
from ...fields import Record
from ...model.assessment import Aspect, AssessmentCategory
from ...model.coursework import ClassFile
from ...model.gradebook import Rubric
from . import members
from .answering import Reading, fetch, pages
from .asking import Asked
from .coursework import OF_CLASS, OF_RESULT, OF_WORK, SUBMISSION, assignments, categories
from .files import files, sent
from .members import Member, Said, understand
from .mine import concerns
from .resource import UNKNOWN
from .rubrics import rubrics
from .submissions import Class, Row, submission_id
from .wire import READS, Fault, Notice, enveloped
from .writing import Once, Pen

LONGEST_KEY = 255

RESOURCES: Mapping[str, tuple[Resource, type[Record], Mapping[str, Member]]] = {
    "assignments": (assignments, Aspect, members.ASSIGNMENT),
    "categories": (categories, AssessmentCategory, members.CATEGORY),
    "rubrics": (rubrics, Rubric, members.RUBRIC),
    "files": (files, ClassFile, members.FILE),
}
SUBMISSIONS = Listing("submissions", dict.fromkeys(SUBMISSION, UNKNOWN))

METHODS: Mapping[str, tuple[str, ...]] = {
    **{f"classes/{{id}}/{name}": (*READS, "POST") for name in RESOURCES},
    **{f"classes/{{id}}/{name}/{{id}}": (*READS, "PATCH", "DELETE") for name in RESOURCES},
    "classes/{id}/files/{id}": (*READS, "DELETE"),
    "classes/{id}/files/{id}/download": READS,
    "classes/{id}/assignments/{id}/files/{id}/download": READS,
    "classes/{id}/assignments/{id}/aliases": ("POST",),
    "classes/{id}/assignments/{id}/aliases/{id}": ("PATCH",),
    "classes/{id}/assignments/{id}/submissions": READS,
    "classes/{id}/assignments/{id}/submissions/{id}": (*READS, "PATCH"),
    "classes/{id}/assignments/{id}/submissions/{id}/return": ("POST",),
    "classes/{id}/assignments/{id}/submissions/{id}/files/{id}/download": READS,
    "classes/{id}/assignments/{id}/submit": ("POST",),
    "classes/{id}/assignments/{id}/reclaim": ("POST",),
}
"""The addresses of coursework, and what each can be asked with."""

OWN = ("submit", "reclaim")
"""What students do with their own."""

DELETES = "gradebook.delete"
"""The permission word of a key that deletes."""

Following = Callable[[str], str]
"""The address of the next page, by the id of the last thing of this one; that of the last page is empty."""


def address_of(steps: tuple[str, ...]) -> str:
    """An address with `{id}` for each id, as `METHODS` has it; nothing where it is none of coursework's."""
    found = "/".join("{id}" if at in (1, 3, 5, 7) and step not in OWN else step for at, step in enumerate(steps))
    return found if found in METHODS else ""


def is_alias(steps: Sequence[str], at: int) -> bool:
    """Whether a step of an address is, or may be, an alias (`type:identifier`) and no id."""
    return at > 2 and (steps[at - 1] == "aliases" or (steps[at - 1] == "assignments" and ":" in steps[at]))


def allowed(path: str) -> tuple[str, ...]:
    """What the address of a request can be asked with; what is no coursework is only read."""
    return METHODS.get(address_of(tuple(path.strip("/").lower().split("/")[3:])), READS)


@dataclass(frozen=True)
class Call:
    """A request for something below a class: what it asks, and whose it is; `at` is where, up to `graph` or `my`."""

    desk: Desk
    holder: Holder
    reader: DistrictReader
    method: str
    steps: tuple[str, ...]
    body: bytes
    asked: Asked
    key: str
    properties: str
    now: float
    at: str

    @property
    def kind(self) -> str:
        """Which of the class's things it is about."""
        return "".join(self.steps[2:3])

    @property
    def item(self) -> str:
        """The one of them that it is about, where it is about one."""
        return "".join(self.steps[3:4])

    @property
    def address(self) -> str:
        """The address, with `{id}` for each id."""
        return address_of(self.steps)

    @property
    def once(self) -> Once:
        """What tells a repeat of it."""
        whose = f"{self.holder.credential.id} {self.holder.person} {'/'.join(self.steps)}"
        return Once(self.key, whose, self.now)

    def room(self, reading: Reading) -> Class:
        """The class."""
        reading.concerns = concerns(reading, self.holder)
        return Class(reading, reading.concerns, self.steps[1], self.at, self.holder.person)

    def within(self, room: Class) -> Call:
        """The same request, with the id of the work in place of its alias."""
        if not self.item or not is_alias(self.steps, 3):
            return self
        if (work := room.aliases.get(self.item)) is None:
            raise NotFound(Problem("assignment", "was not found", "list assignments to see which exist"))
        return replace(self, steps=(*self.steps[:3], work, *self.steps[4:]))


def listing_of(steps: tuple[str, ...]) -> Listing:
    """What an address lists, shows or changes."""
    return SUBMISSIONS if steps[4:] else RESOURCES["".join(steps[2:3])][0]


def lists(steps: tuple[str, ...]) -> bool:
    """Whether an address is that of a list."""
    return steps[-1] in (*RESOURCES, "submissions")


def check(method: str, address: str, key: str) -> None:
    """Raise for a method that an address is not asked with, and for a key that is too long."""
    if method not in METHODS[address]:
        hint = f"use {' or '.join(METHODS[address])}"
        raise WrongMethod(Problem("method", f"{method[:20]} is not allowed here", hint))
    if len(key) > LONGEST_KEY:
        hint = f"use up to {LONGEST_KEY} characters"
        raise Malformed(Fault("$idempotency", "is too long", hint, "IDEMPOTENCY_KEY_TOO_LONG"))


# ---- reading


def read(call: Call, following: Following) -> bytes:
    """The answer to a request that reads."""
    with call.reader.session() as session:
        return shown(call, call.room(Reading(call.reader, session)), following)


def shown(call: Call, room: Class, following: Following) -> bytes:
    """What an address shows, in its envelope."""
    call = call.within(room)
    if call.steps[4:5] == ("aliases",):
        kind, _, identifier = call.steps[5].partition(":")
        data = msgspec.json.encode({"identifier": identifier, "type": kind})
        return b"".join(enveloped(iter([data]), str, call.asked.warnings))
    if len(call.steps) > 4:
        return _submissions(call, room, following)
    resource, rows = RESOURCES[call.kind][0], room.of(call.kind)
    if not lists(call.steps):
        found = fetch(room.reading, resource, call.item, call.asked, rows)
        return b"".join(enveloped(iter([found]), str, call.asked.warnings))
    last: list[str] = []
    found = b"".join(pages(room.reading, resource, call.asked, rows, last.append))
    return b"".join(enveloped(iter([found]), lambda: following(last[0]) if last else "", call.asked.warnings))


def _submissions(call: Call, room: Class, following: Following) -> bytes:
    work = room.work(call.item)
    every = room.submissions(call.item)
    identity = _identity(call)
    if identity and identity not in every:
        raise NotFound(Problem("submission", "was not found", "list submissions to see which exist"))
    chosen, more = ([identity], False) if identity else _page(call.asked, list(every))
    room.show(every[one] for one in chosen)
    told = [_limited(call.asked, room.told(work, one, every[one])) for one in chosen]
    data = msgspec.json.encode(told[0] if identity else told)
    return b"".join(enveloped(iter([data]), lambda: following(chosen[-1]) if more else "", call.asked.warnings))


def _identity(call: Call) -> str:
    """The submission that an address is of: the one that it names, or the student's own."""
    if call.steps[4] in OWN:
        return submission_id(call.item, call.holder.person)
    return call.steps[5] if len(call.steps) > 5 else ""


def _page(asked: Asked, ids: list[str]) -> tuple[list[str], bool]:
    """The ids of a page, and whether there are more."""
    found = [one for one in ids if asked.after < one and (not asked.before or one < asked.before)]
    found = found[::-1] if asked.backward else found
    return found[: asked.size], len(found) > asked.size


def _limited(asked: Asked, told: Row) -> Row:
    return {name: value for name, value in told.items() if not asked.fields or name in asked.fields}


def download(call: Call) -> Response:
    """A file of the class, of a piece of its work, or of a submission."""
    with call.reader.session() as session:
        room, identity = call.room(Reading(call.reader, session)), call.steps[-2]
        found = room.file(identity, *_place(call.within(room), room))
    if found is None:
        raise NotFound(Problem("file", "was not found", "ask for what it is attached to, to see its address"))
    return sent(found)


def _place(call: Call, room: Class) -> tuple[Conditions, dict[str, str]]:
    """Where a file is: which rows may be it."""
    if call.kind == "files":
        return OF_CLASS["files"], {}
    room.work(call.item)
    if len(call.steps) < 8:
        return OF_WORK, {"work": call.item}
    one = room.submissions(call.item).get(call.steps[5])
    return OF_RESULT, {"result": one.said.get("id", "") if one else ""}


# ---- writing


def write(call: Call) -> bytes:
    """The answer to a request that writes: what it wrote, as that is now."""
    if call.method == "DELETE" and not any(word.name.endswith(DELETES) for word in call.holder.credential.words):
        raise NotHeld(Problem("scope", "the key may not delete", f"ask for one with {DELETES}"))
    steps, notices = written(call)
    if call.method == "DELETE":
        return b"".join(enveloped(iter([b"null"]), str, tuple(notices)))
    asked = replace(call.asked, warnings=(*call.asked.warnings, *notices))
    return read(replace(call, steps=steps, asked=asked), str)


def written(call: Call) -> tuple[tuple[str, ...], list[Notice]]:
    """Write what a request says; gives the address of what was written, and what is to be warned of."""
    said = _said(call)
    notices = [*(said.warnings if said is not None else ())]
    if call.key and not _makes(call):
        notices.append(Notice("IDEMPOTENCY_KEY_IGNORED", "$idempotency is ignored: to repeat this does no harm"))
    with call.desk.writers.in_district(call.holder, call.reader.district) as writer:
        reading = Reading(writer.reader, writer.session)
        room = call.room(reading)
        steps, repeated = _act(call.within(room), Pen(writer, room, call.now), said)
    if repeated:
        what = "$idempotency was sent before: this is what the first request made, as it is now"
        notices.append(Notice("IDEMPOTENCY_KEY_REPEATED", what))
    return steps, notices


def _makes(call: Call) -> bool:
    return call.method == "POST" and call.steps[-1] in (*RESOURCES, "submit")


def _said(call: Call) -> Said | None:
    """What the body says, where the request has one."""
    if call.method == "DELETE" or call.steps[-1] in ("return", "reclaim"):
        return None
    below = {"submit": members.ATTEMPT, "aliases": members.ALIAS}
    wanted = next((below[step] for step in call.steps[4:5] if step in below), members.SUBMISSION)
    wanted = RESOURCES[call.kind][2] if len(call.steps) < 5 else wanted
    partial = call.method == "PATCH"
    return understand(wanted, call.body, call.properties if partial else "", partial=partial)


def _act(call: Call, pen: Pen, said: Said | None) -> tuple[tuple[str, ...], bool]:
    record = RESOURCES[call.kind][1]
    if len(call.steps) > 4:
        return _act_on_submission(call, pen, said)
    if said is None:
        pen.delete(record, call.item)
    elif call.method == "PATCH":
        pen.change(record, call.item, said)
    else:
        identity, repeated = pen.create(record, said, call.once)
        return (*call.steps, identity), repeated
    return call.steps, False


def _act_on_submission(call: Call, pen: Pen, said: Said | None) -> tuple[tuple[str, ...], bool]:
    work, identity, verb = call.item, _identity(call), call.steps[-1]
    if call.steps[4] == "aliases" and said is not None:
        return (*call.steps[:5], pen.alias(work, said, "".join(call.steps[5:]))), False
    steps, repeated = (*call.steps[:4], "submissions", identity), False
    if verb in OWN and not call.holder.person:
        raise NotHeld(Fault("token", "is an integration's", "send the student's own, below /my", "NO_PERMISSION"))
    if verb == "submit" and said is not None:
        repeated = pen.hand_in(work, identity, said.given["attachments"], call.once)
    elif verb == "reclaim":
        pen.take_back(work, identity)
    elif verb == "return":
        pen.give_back(work, identity)
    elif said is not None:
        pen.mark(work, identity, said)
    return steps, repeated


def nowhere(steps: tuple[str, ...]) -> NotFound:
    """An address below a class's work that is none."""
    known = ("submissions", *OWN, "return", *RESOURCES)
    return NotFound(Problem("path", f"{'/'.join(steps)[:80]} was not found", nearest(steps[-1][:80], known)))
