"""The services: rosters, gradebooks and resources of OneRoster 1.2, and 1.1, of which all have one root."""

from __future__ import annotations

from ...api.listing.services import Scopes, Service
from . import gradebook, materials, writing
from .catalogue import COLLECTIONS, OLD_COLLECTIONS, PATHS, SCOPES
from .tokens import CORE_GRADES, CREATE, DELETE, GRADES, RESOURCES
from .wire import GRADEBOOK_ROOT, OLD_ROOT, RESOURCES_ROOT, ROOT

_CORE = dict.fromkeys(("categories", "lineItems", "results", "scoreScales"), frozenset({GRADES, CORE_GRADES}))
_MATERIALS = {"resources": frozenset({RESOURCES})}
_WRITING: dict[str, Scopes] = {
    "PUT": {"": frozenset({CREATE})},
    "POST": {"": frozenset({CREATE})},
    "DELETE": {"": frozenset({DELETE})},
}

ROSTERS = Service("rosters", ROOT, COLLECTIONS, PATHS, SCOPES)
GRADEBOOK = Service(
    "gradebook",
    GRADEBOOK_ROOT,
    gradebook.GRADEBOOK,
    gradebook.PATHS,
    {"GET": {"": frozenset({GRADES}), **_CORE}, **_WRITING},
    writing.WRITERS,
    gradebook.BEGINS,
)
MATERIALS = Service(
    "resources",
    RESOURCES_ROOT,
    materials.MATERIALS,
    materials.PATHS,
    {"GET": {"": frozenset({RESOURCES})}},
    begins=materials.BEGINS,
)
OLD = Service(
    "oneroster",
    OLD_ROOT,
    {**OLD_COLLECTIONS, **gradebook.OLD_GRADEBOOK, **materials.MATERIALS},
    {**PATHS, **gradebook.OLD_PATHS, **materials.OLD_PATHS},
    {"GET": {**SCOPES["GET"], **_CORE, **_MATERIALS}, **_WRITING},
    writing.OLD_WRITERS,
    old=True,
)

SERVICES = (ROSTERS, GRADEBOOK, MATERIALS, OLD)
"""What the dialect serves."""
