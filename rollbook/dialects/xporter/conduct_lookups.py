"""The lists that achievements and behaviour are written with (school.conductlookups)."""

from __future__ import annotations

from ...api.resource import Also, Endpoint, Filter, Option, Table
from ...fields import Arg, Key, LastUpdated, RowHash
from ...model.conduct import CATEGORIES, ConductType
from ...model.conduct import ConductLookup as Entry
from ...scopes import S
from .filters import updated_since_in


class ConductTypes(
    Table,
    of=ConductType,
    only=ConductType.active.is_not(0),
    order=(ConductType.category, ConductType.display_order, ConductType.mis_id),
):
    """The kinds of achievement and incident that may be recorded."""

    Id = Key(ConductType.category, ".", ConductType.mis_id, about="CompositeId of lookup", example="Beh.7")
    Type = ConductType.category
    LocalId = ConductType.mis_id
    Description = ConductType.description
    Points = ConductType.points
    SubTypeLookup = ConductType.sub_types
    DisplayOrder = ConductType.display_order
    LastUpdated = LastUpdated(ConductType)
    RowHash = RowHash(ConductType)


class ConductLookups(
    Table, of=Entry, only=Entry.active.is_not(0), order=(Entry.kind, Entry.display_order, Entry.mis_id)
):
    """What else may be said of an achievement or incident."""

    Id = Key(Entry.kind, ".", Entry.mis_id, about="CompositeId of lookup", example="BehStuRole.1")
    LookupType = Entry.kind
    LocalId = Entry.mis_id
    Code = Entry.code
    Description = Entry.description
    DisplayOrder = Entry.display_order
    LastUpdated = LastUpdated(Entry)
    RowHash = RowHash(Entry)


conduct_lookups = Endpoint(
    "ConductLookups",
    "Conduct Lookups",
    "Students",
    "Lookup Ids for creating achievements and behaviour by write-back.",
    S.Conduct,
    (ConductTypes, ConductLookups),
    databases=("XodEndpointInfo",),
    options={
        "includeInactive": Option(
            "Include lookups that may no longer be used",
            Also(ConductType.active.is_(0), {ConductLookups: Entry.active.is_(0)}),
        )
    },
    filters={
        "conductType": Filter(
            "Lookups for achievement (Ach) or behaviour (Beh) only; those for both are shown with either",
            ConductType.category.is_(Arg("conductType")),
            kind="code",
            choices={c: c for c in CATEGORIES},
            elsewhere={ConductLookups: Entry.category.is_(Arg("conductType")) | Entry.category.unknown()},
        ),
        "updatedSince": updated_since_in(ConductTypes, ConductLookups),
    },
)

ENDPOINTS = (conduct_lookups,)
