"""Profiles in requests: which one a media type names or a key must use, and what it makes of documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from ...api.messages import Request
from ...consent import Desk, Holder
from ...edfi import profiles
from ...edfi.profiles import Profile, Selection
from ...edfi.resources import RESOURCES
from ...edfi.schema import Resource
from ...errors import Malformed, NotFound, Problem, nearest
from . import problems
from .refusal import Refusal

SETTING = "Ed-Fi profiles"
"""Where a hub keeps the profiles of its operator."""

_TYPE = re.compile(r"application/vnd\.ed-fi\.(?P<resource>[^.]+)\.(?P<profile>.+)\.(?P<usage>[^.+]+)\+json", re.I)
_VENDOR = "application/vnd.ed-fi"


@dataclass(frozen=True)
class Lens:
    """A profile as one request uses it."""

    resource: Resource
    profile: str
    usage: str
    chosen: Selection

    @property
    def media_type(self) -> str:
        """What documents in this shape are called."""
        return media_type(self.resource, self.profile, self.usage)

    def shown(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the caller is shown of a document."""
        return profiles.shown(self.resource.properties, self.chosen, body)

    def merged(self, written: Any, kept: Mapping[str, Any]) -> Any:
        """A document with what the caller may write of it, and the rest as it is."""
        if not isinstance(written, dict):
            return written
        return profiles.merged(self.resource.properties, self.chosen, cast("dict[str, Any]", written), kept)

    def hides(self, name: str) -> bool:
        """Whether a query names a member that is not there."""
        found = next((one for one in self.resource.properties if one.name.lower() == name.lower()), None)
        return found is not None and not self.chosen.has(found)


def media_type(resource: Resource, profile: str, usage: str) -> str:
    """What documents of a resource are called in the shape of a profile."""
    return f"{_VENDOR}.{resource.singular.lower()}.{profile.lower()}.{usage}+json"


# ---- of an operator's own


def own(desk: Desk) -> dict[str, Profile]:
    """The profiles of this hub, by name in small letters."""
    texts = _texts(desk)
    return {one.name.lower(): one for text in texts.values() for one in profiles.read(text, RESOURCES)}


def _texts(desk: Desk) -> dict[str, str]:
    said = desk.definitions.of(SETTING)
    return msgspec.json.decode(said, type=dict[str, str]) if said else {}


def keep(desk: Desk, text: str) -> list[Profile]:
    """Keep the profiles of an XML document, in the place of those with their names."""
    made = profiles.read(text, RESOURCES)
    names = {one.name.lower() for one in made}
    # A document of several is kept under each of their names, so that one can be replaced or dropped.
    texts = {**_texts(desk), **{name: profiles.alone(text, name) for name in names}}
    desk.definitions.put(SETTING, msgspec.json.encode(texts).decode())
    return made


def drop(desk: Desk, name: str) -> None:
    """Forget a profile. Keys that must use it can no longer use what it covered."""
    texts = _texts(desk)
    if texts.pop(name.lower(), None) is None:
        raise NotFound(Problem("name", f"there is no profile {name}", nearest(name, texts)))
    desk.definitions.put(SETTING, msgspec.json.encode(texts).decode())


def named(desk: Desk, name: str) -> Profile:
    """A profile by its name; raises `Malformed` where there is none."""
    known = own(desk)
    if name.lower() not in known:
        raise Malformed(Problem("--profile", f"there is no profile {name}", nearest(name, known)))
    return known[name.lower()]


# ---- of requests


def lens(desk: Desk, holder: Holder, resource: Resource, request: Request) -> Lens | None:
    """The profile that a request uses, if any; raises where it names a wrong one, or none though it must."""
    reads = request.method == "GET"
    usage, header = ("readable", "Accept") if reads else ("writable", "Content-Type")
    said = next((t for t in _types(request.header(header.lower())) if t.lower().startswith(_VENDOR)), "")
    assigned = holder.credential.profiles
    if (not said and not assigned) or request.method == "DELETE":
        return None
    known = own(desk)
    mine = _assigned(known, assigned, resource)
    gone = [name for name in assigned if name.lower() not in known]
    if gone and not mine:
        # Nobody knows any longer what a profile that was dropped covered: closed by default.
        raise Refusal(problems.other_profile(media_type(resource, name, usage) for name in gone))
    if said:
        found = _named(said, known, resource, usage, header)
        if mine and found.profile.lower() not in {one.name.lower() for one in mine}:
            raise Refusal(problems.other_profile(media_type(resource, one.name, usage) for one in mine))
        return found
    if len(mine) > 1:
        raise Refusal(problems.other_profile(media_type(resource, one.name, usage) for one in mine))
    return _use(mine[0], resource, usage) if mine else None


def _types(header: str) -> list[str]:
    return [one.partition(";")[0].strip() for one in header.split(",")]


def _named(said: str, known: Mapping[str, Profile], resource: Resource, usage: str, header: str) -> Lens:
    match = _TYPE.fullmatch(said)
    if match is None:
        raise Refusal(problems.wrong_profile(400, f"The format of the profile-based '{header}' header was invalid."))
    if match["usage"].lower() != usage:
        other = "GET" if usage == "readable" else "PUT, POST or DELETE"
        what = f"A profile-based content type that is {match['usage'].lower()} cannot be used with {other} requests."
        raise Refusal(problems.wrong_profile(400, what))
    if match["resource"].lower() != resource.singular.lower():
        what = f"The resource specified by the profile-based content type ('{match['resource']}') does not match the"
        raise Refusal(problems.wrong_profile(400, f"{what} requested resource ('{resource.entity}')."))
    profile = known.get(match["profile"].lower())
    if profile is None:
        what = f"The profile specified by the content type in the '{header}' header is not supported by this host."
        raise Refusal(problems.wrong_profile(406 if usage == "readable" else 415, what))
    return _use(profile, resource, usage)


def _use(profile: Profile, resource: Resource, usage: str) -> Lens:
    chosen = profile.shapes.get((resource.name, usage))
    if chosen is not None:
        return Lens(resource, profile.name, usage, chosen)
    if profile.covers(resource):
        raise Refusal(problems.profile_method(profile.name, usage))
    what = f"Resource '{resource.entity}' is not accessible through the '{profile.name.lower()}' profile specified by"
    raise Refusal(problems.wrong_profile(400, f"{what} the content type."))


def _assigned(known: Mapping[str, Profile], names: tuple[str, ...], resource: Resource) -> list[Profile]:
    """The profiles that a key must use for a resource."""
    found = (known.get(name.lower()) for name in names)
    return [one for one in found if one is not None and one.covers(resource)]
