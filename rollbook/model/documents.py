"""Papers that a school keeps about people."""

from __future__ import annotations

from ..fields import Date, DateTime, Flag, Number, Ref, Text
from ..scopes import S
from .conduct import Achievement, Behaviour
from .organisation import SchoolRecord
from .people import Staff
from .students import Student


class DocumentType(SchoolRecord, scope=S.StudentFreeText, indexes=(("school", "mis_id"),)):
    """A kind of document that a school keeps."""

    mis_id = Text("Id of the document type", "32")
    name = Text("The document type name, used as a parameter in LinkedDocuments", "General Document")
    code = Text("The document type code", "GENERAL")


class LinkedDocument(SchoolRecord, abstract=True):
    """A file that is linked to somebody; its content is compressed (gzip) and encoded in base64."""

    mis_id = Text("Id of the linked document", "32")
    type = Ref("What kind of document it is", DocumentType, tells=("mis_id", "name"))
    file_name = Text("Name of the file", "Photo1.jpg.gz")
    size = Number("Original size of the attachment (bytes)", 65616)
    compressed_size = Number("Compressed size of the attachment (bytes)", 59833)
    attachment = Text("The document attachment (binary)", "H4sIAAAAAAAC/0tMSgYAwkEkNQMAAAA=")
    summary = Text("Summary of the document contents", "Inadequate Work in Class (02/11/2017)")
    modified = Date("Date the document was last modified (yyyy-MM-dd)", "2017-11-23")


class ConductMedia(LinkedDocument, scope=S.StudentFreeText, indexes=(("achievement",), ("behaviour",))):
    """A file that an app added to an achievement or incident; it is stored once and linked to each student involved."""

    achievement = Ref("The achievement that it shows", Achievement, part_of=True)
    behaviour = Ref("The incident that it shows", Behaviour, part_of=True)
    writer = Text("The app that added it", "6c4e9a44-2f1f-4c4e-9a0e-0d8b6a3f5b1c")
    number = Text("The app's number for it, within the record", "1")
    taken = DateTime("When it was made", "2026-11-20T12:00:00")
    format = Text("What kind of file it is", "png")


class StudentDocument(
    LinkedDocument,
    scope=S.StudentFreeText,
    indexes=(("school", "mis_id"), ("student", "modified"), ("media",)),
):
    """A document that is linked to a student."""

    student = Ref(
        "Who the document is about", Student, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id")
    )
    media = Ref("The file of a conduct record that it shows, if any", ConductMedia, part_of=True)
    confidential = Flag("Boolean indicating whether the document is confidential", 1)


class StaffDocument(LinkedDocument, scope=S.StaffFreeText, indexes=(("school", "mis_id"), ("staff", "modified"))):
    """A document that is linked to a member of staff."""

    staff = Ref("Who the document is about", Staff, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id"))
