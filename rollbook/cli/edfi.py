"""`rollbook edfi`: claim sets and profiles of an operator's own, which narrow keys of Ed-Fi."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Malformed, Problem
from .common import Column, data_option, json_option, open_desk, say, show

if TYPE_CHECKING:
    from ..consent import Desk


@click.group()
def edfi() -> None:
    """Manage what narrows keys of Ed-Fi: claim sets and profiles of your own."""


@edfi.group()
def claims() -> None:
    """Manage claim sets of your own: which resources a key may use, and how."""


@claims.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option()
def claims_add(file: Path, data: Path | None) -> None:
    """Add a claim set from a JSON file, as Ed-Fi's Admin API exports one, or replace the one with its name.

    Give it to an app with `rollbook apps key APP edfi --claims NAME`.
    """
    import msgspec

    from ..dialects.edfi import claiming

    try:
        said = msgspec.json.decode(file.read_bytes())
    except msgspec.DecodeError as error:
        raise Malformed(Problem(file.name, f"is not JSON: {error}")) from error
    with open_desk(data) as desk:
        one = claiming.keep(desk, said)
    say(f"{one.name}: {len(one.may)} resources")


_CLAIMS = (
    Column("Claim set", "name"),
    Column("Resources", "resources"),
    Column("Defined by", lambda row: "Ed-Fi" if row["standard"] else "you"),
)


@claims.command("list")
@json_option()
@data_option()
def claims_list(as_json: bool, data: Path | None) -> None:
    """List claim sets: Ed-Fi's, and your own."""
    from ..dialects.edfi import claiming
    from ..edfi.claims import STANDARD

    with open_desk(data) as desk:
        own = claiming.own(desk)
    rows = [
        {"name": one.name, "resources": len(one.may), "standard": one.name in STANDARD}
        for one in (*STANDARD.values(), *own.values())
    ]
    show(_CLAIMS, rows, as_json=as_json)


@claims.command("drop")
@click.argument("name")
@data_option()
def claims_drop(name: str, data: Path | None) -> None:
    """Forget a claim set of your own. Keys that name it may do nothing by it."""
    from ..dialects.edfi import claiming

    with open_desk(data) as desk:
        claiming.drop(desk, name)
    say(f"{name}: forgotten")


@edfi.group()
def profiles() -> None:
    """Manage profiles: shapes of resources with fewer members to read or to write."""


@profiles.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option()
def profiles_add(file: Path, data: Path | None) -> None:
    """Add the profiles of an XML file, as Ed-Fi defines them, or replace those with their names.

    Have an app use one with `rollbook apps key APP edfi --profile NAME`.
    """
    from ..dialects.edfi import profiling

    with open_desk(data) as desk:
        made = profiling.keep(desk, file.read_text(encoding="utf-8"))
    for one in made:
        say(f"{one.name}: {len({resource for resource, _ in one.shapes})} resources")


_PROFILES = (Column("Profile", "name"), Column("Resources", "resources"))


@profiles.command("list")
@json_option()
@data_option()
def profiles_list(as_json: bool, data: Path | None) -> None:
    """List profiles, and the resources of which each says something."""
    from ..dialects.edfi import profiling

    with open_desk(data) as desk:
        known = profiling.own(desk)
    rows = [{"name": p.name, "resources": sorted({name for name, _ in p.shapes})} for p in known.values()]
    show(_PROFILES, rows, as_json=as_json)


@profiles.command("drop")
@click.argument("name")
@data_option()
def profiles_drop(name: str, data: Path | None) -> None:
    """Forget a profile. Keys that must use it may do nothing until they get others."""
    from ..dialects.edfi import profiling

    with open_desk(data) as desk:
        profiling.drop(desk, name)
    say(f"{name}: forgotten")


def narrowed(desk: Desk, dialect: str, claims: str, namespaces: Sequence[str], profiles: Sequence[str]) -> list[str]:
    """The rights of a key that name claim sets and profiles of an operator's own, and prefixes of namespaces."""
    from ..consent.words import NAMESPACE, OWN, PROFILE

    sets = [name.strip() for name in claims.split(",") if name.strip()]
    if (sets or namespaces or profiles) and dialect != "edfi":
        raise Malformed(Problem("--claims", "is for keys of Ed-Fi only, as are --namespace and --profile"))
    if sets or profiles:
        from ..dialects.edfi import claiming, profiling

        sets = [claiming.named(desk, name).name for name in sets]
        profiles = [profiling.named(desk, name).name for name in profiles]
    if short := next((one for one in namespaces if len(one) < len("a://") or "://" not in one), None):
        raise Malformed(Problem("--namespace", f"{short} begins no namespace", "such as uri://vendor.example"))
    named = {OWN: sets, NAMESPACE: namespaces, PROFILE: profiles}
    return [f"{beginning}{name}" for beginning, names in named.items() for name in names]
