"""What apps wrote into gradebooks, as OneRoster's gradebook service takes it (1.1, section 4; 1.2, section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...fields import Record
from ...model.assessment import Aspect, AssessmentCategory, AssessmentResult
from ..forwarding import Row, Written

Document = Mapping[str, Any]

COLLECTIONS: Mapping[type[Record], str] = {
    AssessmentCategory: "categories",
    Aspect: "lineItems",
    AssessmentResult: "results",
}
"""Where the service has what apps write."""


def documents(written: Written, version: str) -> Iterator[tuple[str, str, Document]]:
    """What has to be put for a category, a line item or a result: the path, the name of the entity, and the entity.

    What it belongs to is put before it, unless the source brought that itself: it may not have come there yet.
    """
    if written.record is AssessmentCategory:
        yield _category(written, version)
        return
    item = written if written.record is Aspect else written.refs["aspect"]
    if written is item or not _brought(item):
        if category := item.refs.get("category"):
            yield _category(category, version)
        yield _put("lineItem", item, _line_item(item, version))
    if written is not item:
        yield _put("result", written, _result(written, item))


def _brought(written: Written) -> bool:
    """Whether a source brought a record, and no app made it."""
    return written.id not in (written.row["id"], written.row.get("external_id"))


def _put(entity: str, written: Written, said: Document) -> tuple[str, str, Document]:
    there = {name: value for name, value in said.items() if value is not None}
    path = f"{COLLECTIONS[written.record]}/{written.id}"
    return path, entity, {"sourcedId": written.id, "status": "active", **there}


def _category(category: Written, version: str) -> tuple[str, str, Document]:
    row = category.row
    weight = {"weight": _number(row["weight"])} if version != "1.1" else {}
    return _put("category", category, {"title": row["name"], **weight})


def _line_item(item: Written, version: str) -> Document:
    row, newer = item.row, version != "1.1"
    return {
        "title": row["name"],
        "description": row["description"],
        "assignDate": _moment(row["assigned"]),
        "dueDate": _moment(row["due"]),
        "class": _ref(item, "group"),
        "school": _ref(item, "school") if newer else None,
        "category": _ref(item, "category"),
        "resultValueMin": _number(item.range.get("least")),
        "resultValueMax": _number(item.range.get("most")),
    }


def _result(result: Written, item: Written) -> Document:
    row = result.row
    return {
        "lineItem": {"sourcedId": item.id},
        "student": _ref(result.refs["student"], "person"),
        "scoreStatus": row["status"] or "fully graded",
        "score": _number(row["numeric_value"]),
        "textScore": row["result"],
        "scoreDate": row["date"],
        "comment": row["notes"],
    }


def _ref(written: Written, name: str) -> Row | None:
    led = written.refs.get(name)
    return {"sourcedId": led.id} if led else None


def _moment(said: str | None) -> str | None:
    return f"{said}Z" if said else None


def _number(said: Any) -> float | None:
    return None if said is None else float(said)
