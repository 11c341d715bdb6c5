"""Photos Writeback: what students and staff look like.

The document gives it no fields. They are the columns that the Photos endpoint shows, so that what was read can be sent
back.
"""

from __future__ import annotations

import base64

from ....fields import RECORDS
from ....mis import Change
from ....mis.photos import PICTURED, PhotoEntry, Photos
from ....scopes import S
from .operation import Case, Operation
from .sections import Body, Item, Property, Section, shown, twice, without_minus

LARGEST = 2 * 1024 * 1024
"""Bytes of an image."""

SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""The first bytes of a JPEG (ITU-T T.81) and of a PNG (ISO/IEC 15948)."""

PHOTOS = Section(
    "Photos",
    "The photographs to put in and to remove, at most one for each person.",
    (
        Property("PersonId", "id", "Id of the student or member of staff; a minus removes the photo", "9919", True),
        Property("PersonType", "text", "The type of person record", "Student", True, tuple(PICTURED)),
        Property(
            "Photo",
            "base64",
            "Base64 encoded image, JPEG or PNG, at most 2 MB; mandatory unless it is removed",
            "/9j/4AAQSkZJR...UVoiWf/2Q==",
        ),
    ),
    mandatory=True,
)


def read(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The photographs of a body."""
    entries = [_entry(item, case, wrong) for item in body["Photos"] if {"PersonId", "PersonType"} <= item.keys()]
    people = twice((entry.kind, entry.person) for entry in entries)
    wrong += [f"Only write back one photo for {kind}Id: {shown(person)}" for kind, person in people]
    return None if wrong else Photos(tuple(entries))


def _entry(item: Item, case: Case, wrong: list[str]) -> PhotoEntry:
    kind, (person, gone) = item["PersonType"], without_minus(item["PersonId"])
    if case.checker.human(RECORDS[kind], person) is None:
        wrong.append(f"Invalid {kind}Id: {shown(person)}")
    if gone:
        return PhotoEntry(kind, person)
    image: bytes = item.get("Photo", b"")
    if not image and "Photo" not in item.unread:
        wrong.append("Missing mandatory field Photo")
    elif len(image) > LARGEST:
        wrong.append(f"Photo field max size limit ({LARGEST}) exceeded for {kind}Id: {shown(person)}")
    elif image and not image.startswith(SIGNATURES):
        wrong.append(f"Invalid Photo provided for {kind}Id: {shown(person)}")
    return PhotoEntry(kind, person, base64.b64encode(image).decode())


photos = Operation(
    "Photos",
    "Photos Writeback",
    "Put in, replace and remove photographs of students and staff.",
    ("writeback/photos", "writeback/photos/{estab}"),
    S.WritebackPhotos,
    (PHOTOS,),
    read,
)

OPERATIONS = (photos,)
