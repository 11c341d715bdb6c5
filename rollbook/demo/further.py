"""Further invented schools, as many as are wanted, in trusts of several: always the same ones in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from random import Random
from typing import Any

from . import words
from .schools import BRAMBLESIDE, THORNFIELD, TRUSTS, Plan, Trust
from .years import UK_LAST, UK_THIS

_STEMS = (
    *("Quill", "Tansy", "Fettle", "Wicker", "Dapple", "Pebble", "Thistle", "Bracken", "Harebell"),
    *("Sorrel", "Teasel", "Mallow", "Plover", "Curlew", "Dunnock", "Wagtail", "Linnet", "Siskin"),
    *("Sedge", "Lantern", "Merrow", "Burdock", "Cobnut", "Yarrow", "Fallow"),
)
_ENDS = ["mere", "holt", "garth", "croft", "combe", "fold"]
_SIDES = ("", "North ", "South ", "East ", "West ", "Upper ", "Lower ", "Great ", "Little ")
_KINDS = ("Learning Trust", "Schools Federation", "Education Partnership", "Academies Trust")
_SHAPES = ("SPPP", "SP", "SPP", "PPPP", "SPSPP")
"""Which schools a trust has: S a secondary, P a primary."""

_TREES = ["Hazel", "Rowan", "Willow"]
_ANIMALS = ["Badger", "Heron", "Kestrel", "Otter", "Hare", "Owl", "Vole", "Wren", "Stoat", "Newt"]
_TOWNS = ("Larkspur Vale", "Mossbridge", "Teasel-on-the-Wold", "Heron Marsh", "Nether Bramble")


def trusts(schools: int) -> tuple[Trust, ...]:
    """The trusts of a demo of so many schools: the known ones first."""
    left = schools - sum(len(trust.plans) for trust in TRUSTS)
    found: list[Trust] = []
    numbers = {"S": count(1), "P": count(1)}
    for number in count(1):
        if left <= 0:
            return (*TRUSTS, *found)
        shape = _SHAPES[(number - 1) % len(_SHAPES)][:left]
        found.append(_trust(number, [(kind, next(numbers[kind])) for kind in shape]))
        left -= len(shape)
    return TRUSTS


def _trust(number: int, members: list[tuple[str, int]]) -> Trust:
    name, identifier = f"{_name('T', number)} {_KINDS[number % len(_KINDS)]}", str(1000 + 10 * number)
    onward = next((_school_name("S", n) for kind, n in members if kind == "S"), THORNFIELD.name)
    plans = tuple(_plan(kind, n, f"{identifier}{place}", onward) for place, (kind, n) in enumerate(members, 1))
    first = plans[0].facts["identifier"]
    departments = (("Science Department", "S"), ("Humanities Department", "H")) if members[0][0] == "S" else ()
    return Trust(
        name,
        "GB",
        identifier,
        plans,
        (
            ("Fenshire County Council", "local", "999", None),
            *((what, "department", f"{first}-{letter}", first) for what, letter in departments),
        ),
        {**TRUSTS[0].office, "street": f"{1 + number % 60} Teasel Court", "telephone": _telephone(300 + number)},
    )


def _plan(kind: str, number: int, identifier: str, onward: str) -> Plan:
    model = THORNFIELD if kind == "S" else BRAMBLESIDE
    name = _school_name(kind, number)
    # What a school is like must repeat; nobody needs to be surprised by it.
    rng = Random(name)
    domain = f"{name.lower().replace(' ', '-')}.example"
    town = rng.choice(_TOWNS)
    post_code = f"LK{rng.randrange(10, 99)} {rng.randrange(1, 9)}{rng.choice('ABDEFGH')}{rng.choice('JLNPQRST')}"
    street = f"{rng.choice(words.GB.streets)}, {town}"
    return Plan(
        key=f"{'secondary' if kind == 'S' else 'primary'}{number}",
        estab=str(int(model.estab) + number),
        name=name,
        domain=domain,
        locale=words.GB,
        years=_secondary_years(rng) if kind == "S" else dict.fromkeys(range(7), rng.choice((20, 28, 43, 58))),
        form_size=model.form_size,
        forms=model.forms if kind == "S" else tuple((tree[0], f" {tree}") for tree in _TREES),
        houses=tuple(rng.sample(_ANIMALS, 4 if kind == "S" else 3)),
        first_student=model.first_student if kind == "P" else 1001 + 100 * rng.randrange(80),
        last_year=UK_LAST,
        this_year=UK_THIS,
        head=_head(rng),
        facts={
            **{k: v for k, v in model.facts.items() if k not in ("exam_centre", "telephone")},
            **_centre(kind, number),
            "telephone": _telephone(400 + number * 2 + (kind == "S")),
            "web": f"www.{domain}",
            "email": f"office@{domain}",
            "address": f"{street}, Fenshire, {post_code}",
            "identifier": identifier,
        },
        site={
            "post_code": post_code,
            "latitude": round(52.4 + rng.random() / 2, 2),
            "longitude": round(rng.random() / 2, 2),
            "opened": f"{rng.randrange(1890, 2015)}-09-0{rng.randrange(1, 9)}",
        },
        onward=onward if kind == "P" else "",
    )


def _secondary_years(rng: Random) -> dict[int, int]:
    forms = rng.randrange(3, 7)
    return {**dict.fromkeys(range(7, 12), 30 * forms), 12: 10 * forms, 13: 7 * forms}


def _centre(kind: str, number: int) -> dict[str, Any]:
    return {"exam_centre": str(99_901 + number)} if kind == "S" else {}


def _head(rng: Random) -> dict[str, str]:
    gender = rng.choice("FM")
    return {
        "title": rng.choice(("Mrs", "Ms", "Dr") if gender == "F" else ("Mr", "Dr")),
        "gender": gender,
        "forename": rng.choice(words.GB.forenames(gender)),
        "surname": rng.choice(words.GB.surnames),
    }


def _school_name(kind: str, number: int) -> str:
    if kind == "P":
        return f"{_name(kind, number)} Primary School"
    return f"{_name(kind, number)} {('Academy', 'High School', 'School')[number % 3]}"


def _name(kind: str, number: int) -> str:
    return next(islice(_names(kind), number - 1, None))


def _names(kind: str) -> Iterator[str]:
    """Every name of a kind of place, each once; those of another kind begin elsewhere."""
    shift = {"S": 0, "P": 2, "T": 4}[kind]
    for side in _SIDES:
        for turn in range(2):
            ends = _ENDS[shift:] + _ENDS[:shift]
            for at, stem in enumerate(_STEMS):
                yield f"{side}{stem}{ends[(at + turn) % 2]}"


def _telephone(number: int) -> str:
    return f"01632 960{number % 1000:03}"
