"""Files: what a class hands out and what its students hand in, attached to work by id and downloaded at an address.

Beside the work only the id of a file is kept; the file itself is a record, and goes out where somebody asks for it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from ...api.listing.resource import Part, Property, Resource
from ...api.messages import NO_STORE, Response
from ...consent import Writer
from ...errors import Malformed, Problem
from ...fields import Arg, Given, HubId, Literal, Nested, Record
from ...model.assessment import AssessmentResult
from ...model.coursework import ClassFile, SubmissionFile
from ...model.students import Student
from ...scopes import ANYONE
from .resource import UNKNOWN, identifiers, stamps

ADDRESS = Given(Arg("address"), ANYONE, kind="text")
"""The address of what a request reads, up to `graph` or `my`."""

CLASSES = "{}/classes/{}"


def download(where: str, identity: str) -> str:
    """The address of a file of something at an address."""
    return f"{where}/files/{identity}/download"


def linked(attached: Iterable[Mapping[str, Any]], where: str) -> list[dict[str, Any]]:
    """What is attached to something at an address, each file with the address at which it is downloaded."""
    return [{**one, "url": download(where, one["id"])} if "id" in one else dict(one) for one in attached]


def _url(known: Mapping[str, str]) -> str:
    return download(CLASSES.format(known["address"], known["class"]), known["id"])


files = Resource(
    "files",
    "file",
    Part(
        ClassFile,
        {
            **stamps(ClassFile),
            "type": Property(Literal("file")),
            "title": Property(ClassFile.title),
            "description": Property(ClassFile.description),
            "url": Property(
                Nested({"address": ADDRESS, "class": ClassFile.group, "id": HubId(ClassFile)}), finish=_url
            ),
            "size": Property(ClassFile.size),
            "thumbnail_url": UNKNOWN,
            "share_mode": Property(Literal("view")),
            "identifiers": identifiers(),
        },
    ),
)


def _contents(of: type[Record], **whose: Property) -> Resource:
    facts = {name: Property(of.fields[name]) for name in ("title", "content")}
    return Resource("contents", "file", Part(of, {"id": Property(HubId(of)), **facts, **whose}))


handed_out = _contents(ClassFile)
handed_in = _contents(
    SubmissionFile, person_id=Property(SubmissionFile.result / (AssessmentResult.student / Student.person))
)
"""Files themselves; what was handed in tells of whoever handed it in."""


def sent(file: Mapping[str, Any]) -> Response:
    """A file, to be saved and not to be shown: whoever wrote it may have put anything in it."""
    name = quote(file["title"] or "file", safe="")
    headers = (
        (b"content-type", b"application/octet-stream"),
        (b"content-disposition", f"attachment; filename*=UTF-8''{name}".encode()),
        (b"x-content-type-options", b"nosniff"),
        NO_STORE,
    )
    return Response(base64.b64decode(file["content"] or ""), headers=headers)


# ---- writing


def measured(content: str) -> int:
    """How many bytes a file has that is written as base64."""
    return len(content) * 3 // 4 - content[-2:].count("=")


def filed(
    writer: Writer,
    record: type[Record],
    attached: Iterable[Mapping[str, Any]],
    known: Mapping[str, Mapping[str, Any]],
    **of: str,
) -> list[Any]:
    """What is attached to something, its files kept as records (which are `of` it), and named by their ids.

    A file that is named by its id must be one of those that are `known`.
    """
    unknown = [one["id"] for one in attached if "id" in one and one["id"] not in known]
    if unknown:
        hint = "send its data, or the id of a file of the class"
        raise Malformed(*(Problem("attachments", f"{identity[:60]} is no file here", hint) for identity in unknown))
    return [known[one["id"]] if "id" in one else _filed(writer, record, one, of) for one in attached]


def _filed(writer: Writer, record: type[Record], one: Mapping[str, Any], of: Mapping[str, str]) -> Mapping[str, Any]:
    if "content" not in one:
        return one
    facts = {**one, "size": measured(one["content"])}
    return entry({**facts, "id": writer.add(record, {**of, **facts})})


def entry(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file as it is named beside what it is attached to."""
    told = {name: file[name] for name in ("id", "title", "description", "size") if file.get(name) is not None}
    return {"type": "file", **told, "share_mode": "view"}
