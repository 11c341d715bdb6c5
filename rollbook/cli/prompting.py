"""What `rollbook sources add` asks somebody at a terminal for, one thing after the other, or refuses to go without."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Malformed, Problem, nearest
from .common import say

if TYPE_CHECKING:
    from ..ingest import Connector


@dataclass(frozen=True)
class Given:
    """What was said of a source on the command line, or is still missing."""

    name: str
    district: str
    connector: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]


def whole(given: Given, data: Path | None) -> Given:
    """What was given, with what is missing asked for, or refused with all that is missing."""
    lacking = _lacking(given)
    while lacking and at_a_terminal():
        given = _asked(given, lacking[0], data)
        lacking = _lacking(given)
    if lacking:
        raise Malformed(*(Problem(name, "is missing", hint) for name, hint in lacking))
    return given


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _lacking(given: Given) -> list[tuple[str, str]]:
    """What is missing, with how it is given; settings are known once there is a connector."""
    from ..connectors import CONNECTORS

    needs = [
        ("name", given.name, "a word for it, such as sis"),
        ("district", given.district, "--district NAME"),
        ("connector", given.connector, f"--connector, one of {', '.join(_offered())}"),
    ]
    lacking = [(name, hint) for name, value, hint in needs if not value]
    if not given.connector:
        return lacking if given.settings.get("path") else [*lacking, ("path", "--path PATH")]
    if given.connector not in _offered():
        raise Malformed(Problem("connector", f"{given.connector} is not known", nearest(given.connector, _offered())))
    return [*lacking, *_unset(CONNECTORS[given.connector], given)]


def _unset(connector: Connector, given: Given) -> list[tuple[str, str]]:
    from ..ingest.authorising import token_setting
    from ..ingest.settings import checked, missing

    if wrong := checked(connector, given.settings, given.secrets):
        raise Malformed(*wrong)
    later = token_setting(connector)
    found = [one for one in missing(connector, {**given.settings, **given.secrets}) if one is not later]
    return [(one.name, f"{how_given(one.name, secret=one.secret)}: {one.about}") for one in found]


def how_given(name: str, *, secret: bool) -> str:
    """How a setting is given on the command line."""
    return "--path PATH" if name == "path" else f"--secret {name}=env:VARIABLE" if secret else f"--set {name}=VALUE"


def _offered() -> list[str]:
    from ..connectors import CONNECTORS
    from ..store.kept.feeds import AGENT

    return [name for name in CONNECTORS if name != AGENT]


def _asked(given: Given, lacking: tuple[str, str], data: Path | None) -> Given:
    from ..connectors import CONNECTORS
    from ..ingest.settings import settings_of

    name, hint = lacking
    if name == "connector":
        say("docs/providers.md says which connector reads which system; a folder of OneRoster files, oneroster-csv.")
        return replace(given, connector=click.prompt("Connector", type=click.Choice(_offered())))
    if name == "name":
        return replace(given, name=click.prompt("Name, such as sis"))
    if name == "district":
        return replace(given, district=_district(data))
    if name == "path":
        return replace(given, settings={**given.settings, name: _path()})
    known = {one.name: one for one in settings_of(CONNECTORS[given.connector])}
    about = known[name].about if name in known else hint
    if name in known and known[name].secret:
        where = click.prompt(f"{about} (env:VARIABLE or file:PATH)")
        return replace(given, secrets={**given.secrets, name: where})
    return replace(given, settings={**given.settings, name: click.prompt(about)})


def _district(data: Path | None) -> str:
    """The district; of those that the hub holds, the only one is offered."""
    from ..store.opening import holds, opened
    from .common import data_folder, database

    folder, known = data_folder(data), list[str]()
    if holds(folder, database()):
        with opened(folder, database()) as store:
            known = [one.name for one in store.kept.schools.districts() if one.name]
    offered = known[0] if len(known) == 1 else None
    return click.prompt(f"District ({', '.join(known)}, or another)" if len(known) > 1 else "District", default=offered)


def _path() -> str:
    """Where the source's files are: what is no address has to be there."""
    from ..ingest.places import is_address, whole_path
    from ..ingest.settings import PATH

    while True:
        path = whole_path(click.prompt(PATH.about))
        if is_address(path) or Path(path).exists():
            return path
        say(f"{path} does not exist.")


def with_host_key(given: Given) -> Given:
    """What was given, with the key of the SFTP server that the files are on: somebody has to say that it is theirs."""
    from ..ingest.places import Address, host_key, is_address

    path = given.settings.get("path", "")
    if not (is_address(path) and Address.of(path).scheme == "sftp") or given.settings.get("host-key"):
        return given
    host = Address.of(path).host
    kind, fingerprint = host_key(Address.of(path))
    said = f"{host} shows the {kind} key {fingerprint}"
    if not (at_a_terminal() and click.confirm(f"{said}. Does whoever runs it say that it is theirs?", err=True)):
        hint = f"if whoever runs the server says that it is theirs: --set host-key={fingerprint}"
        raise Malformed(Problem("host-key", f"is not known; {said}", hint))
    return replace(given, settings={**given.settings, "host-key": fingerprint})
