"""Lookups (school.lookuptypes, school.lookupmeta). The document gives no fields: the columns are Rollbook's."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, LastUpdated, Many, RowHash, Tally
from ...model.lookups import Lookup, LookupType
from ...scopes import S

_entries = Many("The entries of a lookup type", Lookup.type)


class LookupTypes(Table, of=LookupType, order=(LookupType.name,)):
    """The lists of words that facts are chosen from."""

    Id = LookupType.mis_id
    LookupTypeName = LookupType.name
    Description = LookupType.description
    NumberOfEntries = Tally(_entries, about="How many entries the list has")
    LastUpdated = LastUpdated(LookupType)
    RowHash = RowHash(LookupType)


lookup_types = Endpoint(
    "LookupTypes",
    "lookuptypes",
    "School",
    "The lookup types; the name of one may be asked for in LookupMeta.",
    S.School,
    (LookupTypes,),
    databases=("XodEndpointInfo",),
    filters={"LookupType": Filter("One lookup type, by its name", LookupType.name.same(Arg("LookupType")))},
)


class LookupMeta(Table, of=Lookup, order=(Lookup.type / LookupType.name, Lookup.display_order, Lookup.code)):
    """The entries of the lookup types."""

    Id = Lookup.mis_id
    LookupTypeId = Lookup.type / LookupType.mis_id
    LookupTypeName = Lookup.type / LookupType.name
    Code = Lookup.code
    Description = Lookup.description
    DisplayOrder = Lookup.display_order
    Active = Lookup.active
    LastUpdated = LastUpdated(Lookup)
    RowHash = RowHash(Lookup)


lookup_meta = Endpoint(
    "LookupMeta",
    "LookupMeta",
    "School",
    "The entries of the lookup types: codes, what they stand for, and whether they can still be chosen.",
    S.School,
    (LookupMeta,),
    databases=("XodEndpointInfo",),
    filters={
        "LookupType": Filter(
            "The entries of one lookup type, by its name", (Lookup.type / LookupType.name).same(Arg("LookupType"))
        )
    },
)

ENDPOINTS = (lookup_meta, lookup_types)
