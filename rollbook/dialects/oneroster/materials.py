"""Learning resources, and those of a class, a course or a user (OneRoster 1.2 Resources Service: five addresses)."""

from __future__ import annotations

from collections.abc import Mapping

from ...api.listing.resource import Part, Property
from ...api.listing.resource import Resource as Listed
from ...api.listing.services import PARENT, Collections, Path
from ...fields import Expr, Many, Record, Ref, Some
from ...model.resources import (
    ClassResource,
    ContactResource,
    CourseResource,
    Resource,
    StaffResource,
    StudentResource,
)
from .catalogue import COLLECTIONS, whole
from .properties import csv, kept, link, stamps, text, word

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

# ---- who uses them: rows of files, where the services have references


def _uses(name: str, *parts: tuple[type[Record], str, Expr, Mapping[str, Property]]) -> Listed:
    """What says that something uses a resource, by the resource of which it is and a value that leads to it."""
    made = (
        Part(
            of,
            {
                **stamps(of, name),
                leads: link(value, _LISTED[leads]),
                "resource": link(_resource_of(of), "resources"),
                **more,
            },
        )
        for of, leads, value, more in parts
    )
    return Listed(name, name.removesuffix("s"), *made, key="sourcedId")


def _resource_of(of: type[Record]) -> Ref:
    return of.refs()["resource"]


_LISTED = {"class": "classes", "course": "courses", "user": "users"}

class_resources = _uses(
    "classResources", (ClassResource, "class", ClassResource.group, {"title": text(ClassResource.title)})
)
course_resources = _uses(
    "courseResources", (CourseResource, "course", CourseResource.course, {"title": text(CourseResource.title)})
)
user_resources = _uses(
    "userResources",
    *(
        (
            one,
            "user",
            one.who / one.who.target.fields["person"],
            {"org": link(one.fields["school"], "orgs"), "class": link(one.group, "classes")},
        )
        for one in (StudentResource, StaffResource, ContactResource)
    ),
)

USES: Collections = {one.name: whole(one) for one in (class_resources, course_resources, user_resources)}
"""Collections of which only files tell."""

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
