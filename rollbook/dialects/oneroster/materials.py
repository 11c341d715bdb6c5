"""Learning resources, and those of a class, a course or a user (OneRoster 1.2 Resources Service: five addresses)."""

from __future__ import annotations

from collections.abc import Mapping

from ...api.listing.resource import Part
from ...api.listing.resource import Resource as Listed
from ...api.listing.services import PARENT, Collections, Path
from ...fields import Many, Ref, Some
from ...model.resources import (
    ClassResource,
    ContactResource,
    CourseResource,
    Resource,
    StaffResource,
    StudentResource,
)
from .catalogue import COLLECTIONS, whole
from .properties import csv, kept, stamps, text, word

resources = Listed(
    "resources",
    "resource",
    Part(
        Resource,
        {
            **stamps(Resource, "resources"),
            "metadata": kept(Resource, "metadata"),
            "title": text(Resource.title),
            "roles": csv(Resource.roles),
            "importance": word(Resource.importance),
            "vendorResourceId": text(Resource.vendor_resource_id),
            "vendorId": text(Resource.vendor_id),
            "applicationId": text(Resource.application_id),
        },
    ),
    key="sourcedId",
)

MATERIALS: Collections = {resources.name: whole(resources)}
BEGINS: Collections = {name: COLLECTIONS[name] for name in ("classes", "courses", "users")}


def _used(resource: Ref) -> Many:
    return Many("Who uses a resource", resource)


_by_people = (
    Some(_used(one.resource), (one.who / one.who.target.fields["person"]).is_(PARENT))
    for one in (StudentResource, StaffResource, ContactResource)
)
_students, _staff, _contacts = _by_people

OLD_PATHS: Mapping[str, Path] = {
    "classes/{id}/resources": Path(
        "resources", {Resource: Some(_used(ClassResource.resource), ClassResource.group.is_(PARENT))}
    ),
    "courses/{id}/resources": Path(
        "resources", {Resource: Some(_used(CourseResource.resource), CourseResource.course.is_(PARENT))}
    ),
}
PATHS: Mapping[str, Path] = {
    **OLD_PATHS,
    "users/{id}/resources": Path("resources", {Resource: _students | _staff | _contacts}),
}
