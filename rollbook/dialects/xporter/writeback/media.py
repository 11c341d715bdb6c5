"""The files that a conduct write-back brings: photographs, documents, sound."""

from __future__ import annotations

from .sections import Item, Property, Section, shown

LARGEST = 10 * 1024 * 1024
"""The largest file, in bytes."""

LONGEST_NAME, LONGEST_DESCRIPTION = 200, 500
"""Characters of a file's name and of its description."""

_PICTURES = ("jpg", "png", "gif", "bmp", "tif", "webp", "heic")
_PAPERS = ("pdf", "doc", "docx", "odt", "rtf", "txt")
_HEARD = ("mp3", "m4a", "wav", "mp4", "mov")

FORMATS = {**{name: name for name in (*_PICTURES, *_PAPERS, *_HEARD)}, "jpeg": "jpg", "tiff": "tif"}
"""The kinds of file that are taken, in each spelling; nothing that a computer would run."""

MEDIA = Section(
    "MediaFiles",
    "Files that show each. A minus before the Id takes away the file that you wrote to the record under that number.",
    (
        Property("Id", "id", "Incremental Id of the MediaFile linked to a specific Conduct record", 1, True),
        Property("ConductId", "id", "Id of the linked conduct event in this writeback", 1, True),
        Property("MediaDateTime", "datetime", "Timestamp for when media was created", "2026-11-20T12:00:00", new=True),
        Property("Description", "text", "Description of the media, at most 500 characters", "Example image", new=True),
        Property("MediaType", "text", f"Media attachment filetype: one of {', '.join(FORMATS)}", "png", new=True),
        Property("FileName", "text", "Media attachment filename", "small_tick.png", new=True),
        Property(
            "MediaBase64",
            "base64",
            f"Base64 encoded string of media attachment, of at most {LARGEST // 1024 // 1024} MB",
            "iVBORw0KGgo=",
            new=True,
        ),
    ),
)


def check(item: Item, wrong: list[str]) -> None:
    """Say what is wrong with a file that is to be kept."""
    MEDIA.complete(item, wrong)
    number, name = shown(item.get("Id", "")), item.get("FileName", "")
    format = FORMATS.get(item.get("MediaType", "").lower())
    if format is None and "MediaType" in item:
        wrong.append(f"Invalid MediaType provided: {shown(item['MediaType'])}")
    if name and not _fits(name, format):
        wrong.append(f"Invalid FileName provided: {shown(name)}")
    if len(item.get("Description", "")) > LONGEST_DESCRIPTION:
        wrong.append(
            f"Description field max character limit ({LONGEST_DESCRIPTION}) exceeded for MediaFile Id: {number}"
        )
    if len(item.get("MediaBase64", b"")) > LARGEST:
        wrong.append(f"MediaBase64 field max size limit ({LARGEST} bytes) exceeded for MediaFile Id: {number}")


def _fits(name: str, format: str | None) -> bool:
    """Whether a name is that of one file, of the kind that it is said to be."""
    ending = FORMATS.get(name.rpartition(".")[2].lower()) if "." in name else format
    plain = name.isprintable() and not set('/\\:*?"<>|') & set(name) and name.strip(". ") != ""
    return plain and len(name) <= LONGEST_NAME and (format is None or ending == format)
