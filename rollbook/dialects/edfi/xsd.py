"""XML schemas (XSD 1.0) of the documents, made from the declarations of resources.

A member of a JSON document is the element of the same name with a capital letter. The Alliance's own files group some
of these elements (a student's names are within `Name`); these say what this hub takes, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ...edfi.descriptors import DESCRIPTORS
from ...edfi.interchanges import INTERCHANGES as FILES
from ...edfi.resources import EVERY, resolvable
from ...edfi.schema import (
    Boolean,
    Collection,
    Date,
    Descriptor,
    Integer,
    Moment,
    Number,
    Object,
    Property,
    Reference,
    Target,
    Text,
)
from ...edfi.validation import DESCRIPTOR

CORE = "Ed-Fi-Core.xsd"
NAMESPACE = "http://ed-fi.org/5.2.0"
XML_SCHEMA = "http://www.w3.org/2001/XMLSchema"

_SERVED = {r.entity for r in EVERY}

INTERCHANGES: dict[str, tuple[str, ...]] = {
    "Descriptors": tuple(r.entity for r in DESCRIPTORS.values()),
    **{name: own for name, those in FILES.items() if (own := tuple(e for e in those.split() if e in _SERVED))},
}
"""The kinds of document in each of the standard's interchange files."""


@cache
def files() -> dict[str, bytes]:
    """Each schema file by its name."""
    made = {CORE: _core(), **{f"Interchange-{name}.xsd": _interchange(name) for name in sorted(INTERCHANGES)}}
    return {name: _written(schema) for name, schema in made.items()}


def _written(schema: Element) -> bytes:
    ElementTree.indent(schema)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(schema, encoding="utf-8") + b"\n"


def _schema() -> Element:
    # Prefixes are written out, since attribute values (type="xs:string") name them too.
    names = {"xmlns:xs": XML_SCHEMA, "xmlns": NAMESPACE, "targetNamespace": NAMESPACE}
    return Element("xs:schema", {**names, "elementFormDefault": "qualified", "attributeFormDefault": "unqualified"})


def _core() -> Element:
    schema, made = _schema(), dict[str, Element]()
    for resource in (*DESCRIPTORS.values(), *EVERY):
        made[resource.entity] = _complex(resource.entity, resource.properties, resource.about)
        made |= dict(_inner(resource.properties))
    schema.extend(made[name] for name in sorted(made))
    return schema


def _interchange(name: str) -> Element:
    schema = _schema()
    SubElement(schema, "xs:include", {"schemaLocation": CORE})
    kind = SubElement(SubElement(schema, "xs:element", {"name": f"Interchange{name}"}), "xs:complexType")
    choice = SubElement(kind, "xs:choice", {"maxOccurs": "unbounded"})
    for entity in INTERCHANGES[name]:
        SubElement(choice, "xs:element", {"name": entity, "type": entity})
    return schema


def _inner(properties: Iterable[Property]) -> Iterator[tuple[str, Element]]:
    """The types of the references and items among some properties, however deep."""
    for one in filter(_shown, properties):
        if isinstance(one, Reference):
            name = _reference(one.target)
            yield name, _complex(name, one.target.members, f"The natural key of a {one.target.name}")
        elif isinstance(one, Collection | Object):
            yield _item(one), _complex(_item(one), one.properties, one.about)
            yield from _inner(one.properties)


def _shown(one: Property) -> bool:
    """Whether a document can have a property: what leads to records that this hub does not keep is in none."""
    if isinstance(one, Collection | Object):
        return all(_shown(p) for p in one.properties if p.needed)
    return not isinstance(one, Reference) or resolvable(one.target)


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _reference(target: Target) -> str:
    return f"{_capital(target.name)}ReferenceType"


def _item(one: Collection | Object) -> str:
    return f"{_capital(one.item)}Type"


def _complex(name: str, properties: Iterable[Property], about: str) -> Element:
    made = Element("xs:complexType", {"name": name})
    SubElement(SubElement(made, "xs:annotation"), "xs:documentation").text = about
    sequence = SubElement(made, "xs:sequence")
    sequence.extend(_element(p) for p in properties if _shown(p))
    return made


def _element(one: Property) -> Element:
    made = Element("xs:element", {"name": _capital(one.name)})
    if not one.needed:
        made.set("minOccurs", "0")
    if isinstance(one, Collection):
        made.set("maxOccurs", "unbounded")
    SubElement(SubElement(made, "xs:annotation"), "xs:documentation").text = one.about
    if isinstance(one, Reference):
        made.set("type", _reference(one.target))
    elif isinstance(one, Collection | Object):
        made.set("type", _item(one))
    else:
        made.append(_simple(one))
    return made


def _simple(one: Property) -> Element:
    """The type of a value, with its bounds."""
    made = Element("xs:simpleType")
    restriction = SubElement(made, "xs:restriction", {"base": f"xs:{_base(one)}"})
    for facet, value in _facets(one):
        SubElement(restriction, f"xs:{facet}", {"value": str(value)})
    return made


def _base(one: Property) -> str:
    if isinstance(one, Integer):
        return "long" if one.bits == 64 else "int"
    kinds: dict[type[Property], str] = {
        Text: "string",
        Descriptor: "string",
        Number: "decimal",
        Boolean: "boolean",
        Date: "date",
        Moment: "dateTime",
    }
    return kinds.get(type(one), "time")


def _facets(one: Property) -> Iterator[tuple[str, float]]:
    if isinstance(one, Text):
        if one.least:
            yield "minLength", one.least
        yield "maxLength", one.most
    elif isinstance(one, Descriptor):
        yield "maxLength", DESCRIPTOR
    elif isinstance(one, Integer | Number):
        if one.least is not None:
            yield "minInclusive", one.least
        if one.most is not None:
            yield "maxInclusive", one.most
