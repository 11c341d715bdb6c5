"""Photographs (school.photos)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table, Union
from ...fields import ALWAYS, Arg, Called, Key, LastUpdated, Literal, RowHash
from ...model.people import Staff, StaffPhoto
from ...model.students import Student, StudentPhoto
from ...scopes import S
from .filters import updated_since_in


class StudentPhotos(
    Table,
    of=StudentPhoto,
    name="Photos",
    only=(StudentPhoto.who / Student.on_roll).is_("OnRoll"),
    order=(StudentPhoto.who, StudentPhoto.mis_id),
    key=Key("Student.", StudentPhoto.mis_id),
):
    """Photographs of students on roll."""

    Id = StudentPhoto.mis_id
    PersonId = StudentPhoto.who / Student.mis_id
    PersonType = Literal("Student", "The type of person record", S.Photos)
    PersonName = StudentPhoto.who / Student.display_name
    Photo = StudentPhoto.image
    LastUpdated = LastUpdated(StudentPhoto)
    RowHash = RowHash(StudentPhoto)


class StaffPhotos(
    Table,
    of=StaffPhoto,
    name="Photos",
    only=(StaffPhoto.who / Staff.status).is_("Current"),
    order=(StaffPhoto.who, StaffPhoto.mis_id),
    key=Key("Staff.", StaffPhoto.mis_id),
):
    """Photographs of current staff."""

    Id = StaffPhoto.mis_id
    PersonId = StaffPhoto.who / Staff.mis_id
    PersonType = Literal("Staff", "The type of person record", S.Photos)
    PersonName = StaffPhoto.who / Staff.display_name
    Photo = StaffPhoto.image
    LastUpdated = LastUpdated(StaffPhoto)
    RowHash = RowHash(StaffPhoto)


_PARTS = (StudentPhotos, StaffPhotos)

photos = Endpoint(
    "Photos",
    "Photos",
    "School",
    "Photos of students on roll and current staff, which the Student and Staff endpoints also show when they are "
    "asked to.",
    S.Photos,
    (Union("Photos", _PARTS),),
    filters={
        "id": Filter(
            "Specific Id of Student or Staff record; both, unless PersonType says which",
            ALWAYS,
            elsewhere={
                StudentPhotos: Called((Student.mis_id,), Arg("id"), StudentPhoto.who),
                StaffPhotos: Called((Staff.mis_id,), Arg("id"), StaffPhoto.who),
            },
        ),
        "PersonType": Filter(
            "Filter to Staff or Student",
            ALWAYS,
            kind="code",
            choices={"Student": "Student", "Staff": "Staff"},
            elsewhere={t: t.columns["PersonType"].is_(Arg("PersonType")) for t in _PARTS},
        ),
        "updatedSince": updated_since_in(*_PARTS),
    },
)

ENDPOINTS = (photos,)
