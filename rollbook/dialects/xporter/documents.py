"""Linked documents (school.linkeddocuments, school.linkeddocumenttypes, school.linkeddocumentmeta and staff's)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table, Union
from ...fields import Arg, Coalesce, Field, Key, LastUpdated, Literal
from ...model.documents import ConductMedia, DocumentType, StaffDocument, StudentDocument
from ...model.people import Staff as Employee
from ...model.students import Student
from ...scopes import S


class DocumentTypes(Table, of=DocumentType, order=(DocumentType.mis_id,)):
    """The kinds of document that the school keeps."""

    Id = DocumentType.mis_id
    DocumentTypeName = DocumentType.name
    Code = DocumentType.code


linked_document_types = Endpoint(
    "LinkedDocumentTypes",
    "LinkedDocumentTypes",
    "School",
    "The kinds of document; one of their names, or Ids, is asked for in LinkedDocuments and StaffLinkedDocuments.",
    S.StudentFreeText,
    (DocumentTypes,),
)


class StudentAttachments(
    Table,
    of=StudentDocument,
    name="DocumentAttachments",
    order=(StudentDocument.student / Student.mis_id, StudentDocument.modified, StudentDocument.mis_id),
):
    """Documents of the chosen type that are linked to the chosen students."""

    Id = StudentDocument.mis_id
    StudentId = StudentDocument.student / Student.mis_id
    FileName = StudentDocument.file_name
    DocumentTypeName = StudentDocument.type / DocumentType.name
    Size = StudentDocument.size
    CompressedSize = StudentDocument.compressed_size
    Attachment = Coalesce(StudentDocument.attachment, StudentDocument.media / ConductMedia.attachment)
    Summary = StudentDocument.summary
    LastModified = StudentDocument.modified
    Confidential = StudentDocument.confidential


class StaffAttachments(
    Table,
    of=StaffDocument,
    name="DocumentAttachments",
    order=(StaffDocument.staff / Employee.mis_id, StaffDocument.modified, StaffDocument.mis_id),
):
    """Documents of the chosen type that are linked to the chosen members of staff."""

    Id = StaffDocument.mis_id
    StaffId = StaffDocument.staff / Employee.mis_id
    FileName = StaffDocument.file_name
    DocumentTypeName = StaffDocument.type / DocumentType.name
    Size = StaffDocument.size
    CompressedSize = StaffDocument.compressed_size
    Attachment = StaffDocument.attachment
    Summary = StaffDocument.summary
    LastModified = StaffDocument.modified


def _filters(of: type[StudentDocument | StaffDocument], whose: str, whom: Field) -> dict[str, Filter]:
    """What must be said, since attachments are large; the document names the type by its Id and by its name."""
    person = of.student / whom if issubclass(of, StudentDocument) else of.staff / whom
    return {
        "DocumentTypeId": Filter(
            "The document type, by its Id",
            (of.type / DocumentType.mis_id).is_(Arg("DocumentTypeId")),
            required=True,
            unless="DocumentTypeName",
        ),
        "DocumentTypeName": Filter(
            "The document type, by its name",
            (of.type / DocumentType.name).same(Arg("DocumentTypeName")),
            required=True,
            unless="DocumentTypeId",
        ),
        whose: Filter(f"CSV of the {whose}", person.one_of(Arg(whose)), kind="list", required=True),
        "DateFrom": Filter(
            "Documents modified on this day or later", of.modified.since(Arg("DateFrom")), kind="date", required=True
        ),
        "DateTo": Filter(
            "Documents modified on this day or earlier", of.modified.until(Arg("DateTo")), kind="date", required=True
        ),
    }


_WHEN = {"DateFrom": "2025-09-01", "DateTo": "2026-11-20"}

linked_documents = Endpoint(
    "LinkedDocuments",
    "LinkedDocuments",
    "School",
    "Documents of a type that are linked to students, with their content: gzip, in base64.",
    S.StudentFreeText,
    (StudentAttachments,),
    example={"DocumentTypeName": "General Document", "StudentIds": "9919,9920,9921", **_WHEN},
    filters=_filters(StudentDocument, "StudentIds", Student.mis_id),
)

staff_linked_documents = Endpoint(
    "StaffLinkedDocuments",
    "StaffLinkedDocuments",
    "Staff",
    "Documents of a type that are linked to members of staff, with their content: gzip, in base64.",
    S.StaffFreeText,
    (StaffAttachments,),
    example={"DocumentTypeName": "General Document", "StaffIds": "1,2,3", **_WHEN},
    filters=_filters(StaffDocument, "StaffIds", Employee.mis_id),
)

_TYPE = "Who the document is about, Student or Staff"


class StudentDocumentMeta(Table, of=StudentDocument, name="DocumentAttachmentMeta", order=(StudentDocument.mis_id,)):
    """Documents that are linked to students, without their content."""

    Id = Key("Student.", StudentDocument.mis_id, about="Unique Id of the document", example="Student.32")
    DocumentId = StudentDocument.mis_id
    PersonType = Literal("Student", _TYPE, S.StudentFreeText)
    PersonId = StudentDocument.student / Student.mis_id
    FileName = StudentDocument.file_name
    DocumentTypeId = StudentDocument.type / DocumentType.mis_id
    DocumentTypeName = StudentDocument.type / DocumentType.name
    Size = StudentDocument.size
    CompressedSize = StudentDocument.compressed_size
    Summary = StudentDocument.summary
    LastModified = StudentDocument.modified
    LastUpdated = LastUpdated(StudentDocument)


class StaffDocumentMeta(Table, of=StaffDocument, name="DocumentAttachmentMeta", order=(StaffDocument.mis_id,)):
    """Documents that are linked to members of staff, without their content."""

    Id = Key("Staff.", StaffDocument.mis_id, about="Unique Id of the document", example="Staff.7")
    DocumentId = StaffDocument.mis_id
    PersonType = Literal("Staff", _TYPE, S.StaffFreeText)
    PersonId = StaffDocument.staff / Employee.mis_id
    FileName = StaffDocument.file_name
    DocumentTypeId = StaffDocument.type / DocumentType.mis_id
    DocumentTypeName = StaffDocument.type / DocumentType.name
    Size = StaffDocument.size
    CompressedSize = StaffDocument.compressed_size
    Summary = StaffDocument.summary
    LastModified = StaffDocument.modified
    LastUpdated = LastUpdated(StaffDocument)


linked_document_meta = Endpoint(
    "LinkedDocumentMeta",
    "linkeddocumentmeta",
    "School",
    "The documents linked to each person, without their content. The document gives no fields: these are Rollbook's.",
    S.StudentFreeText | S.StaffFreeText,
    (Union("DocumentAttachmentMeta", (StudentDocumentMeta, StaffDocumentMeta)),),
)

ENDPOINTS = (linked_document_meta, linked_document_types, linked_documents, staff_linked_documents)
