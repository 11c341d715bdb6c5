"""Files that show what was written down: kept once, and linked to each student who took part."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Iterable

from ..model.documents import ConductMedia, DocumentType, StudentDocument
from .changes import Invalid
from .events import MediaFile
from .school import Row, SchoolRecords

TYPE_CODE, TYPE_NAME = "CONDUCT", "Conduct"
"""The type that such documents are of, made where a school has none."""

_COPIED = ("type", "file_name", "size", "compressed_size", "summary", "modified")


def keep_file(school: SchoolRecords, where: Row, file: MediaFile) -> None:
    """Keep a file under an app's number of it, in the place of an earlier one, or take it away."""
    before = school.one(ConductMedia, **where)
    if file.gone:
        if before is None:
            raise Invalid(f"Invalid MediaFile Id: -{file.number}")
        school.remove(ConductMedia, before["id"])
    elif before is None:
        school.add(ConductMedia, {**where, **_facts(school, file)})
    else:
        school.change(ConductMedia, before["id"], _facts(school, file))


def link_files(school: SchoolRecords, event: Row, students: Iterable[str]) -> None:
    """Link the files of an event to those students (hub ids) who took part in it, and to nobody else."""
    wanted = list(dict.fromkeys(students))
    for file in school.find(ConductMedia, **event):
        facts = {name: file[name] for name in _COPIED}
        held = {row["student"]: row["id"] for row in school.find(StudentDocument, media=file["id"])}
        for student in wanted:
            if student in held:
                school.change(StudentDocument, held.pop(student), facts)
            else:
                school.add(StudentDocument, {**facts, "media": file["id"], "student": student, "confidential": 0})
        for identity in held.values():
            school.remove(StudentDocument, identity)


def _facts(school: SchoolRecords, file: MediaFile) -> Row:
    # The moment of compression is not part of the content: the same file is the same text.
    packed = gzip.compress(file.content, mtime=0)
    return {
        "type": _type(school),
        "file_name": f"{file.name}.gz",
        "size": len(file.content),
        "compressed_size": len(packed),
        "attachment": b64encode(packed).decode(),
        "summary": file.about,
        "modified": file.taken[:10],
        "taken": file.taken,
        "format": file.format,
    }


def _type(school: SchoolRecords) -> str:
    found = school.one(DocumentType, code=TYPE_CODE)
    return found["id"] if found else school.add(DocumentType, {"code": TYPE_CODE, "name": TYPE_NAME})
