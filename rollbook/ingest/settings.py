"""What a source has to be told before it can be read, and where its secrets are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ..errors import Malformed, Problem, nearest
from ..store.kept import Kept
from ..store.kept.feeds import Feed
from ..store.port import Store
from ..store.sealing import seal, unseal
from .places.asked import ASKED, lacking
from .renewing import KEY, exchanges
from .rows import Connector
from .setting import Setting as Setting

PATH = Setting("path", "The folder or ZIP with the source's files, or its address, sftp://… or https://…")

SEALED = "sealed"
"""What a secret is kept under, so that a listing never takes it for a text."""

SHOWN = "(secret)"
"""What is shown of a secret."""


@runtime_checkable
class Configured(Connector, Protocol):
    """A connector that needs to be told something else than a path; a reading has what it was told."""

    settings: tuple[Setting, ...]


def settings_of(connector: Connector) -> tuple[Setting, ...]:
    """What a source of a connector has to be told; of most that is a path, and what is needed to fetch from there."""
    own = connector.settings if isinstance(connector, Configured) else (PATH,)
    names = {one.name for one in own}
    return (*own, *(one for one in ASKED if one.name not in names)) if PATH.name in names else own


def missing(connector: Connector, given: Mapping[str, Any]) -> list[Setting]:
    """The settings that a source still needs."""
    every = settings_of(connector)
    needed = [one for one in every if one.needed and not given.get(one.name)]
    return [*needed, *lacking(given)] if any(one.name == PATH.name for one in every) else needed


def checked(connector: Connector, plain: Mapping[str, str], secrets: Mapping[str, str]) -> list[Problem]:
    """What is wrong with settings by their names alone, and by the way in which they were given."""
    known = {one.name: one for one in settings_of(connector)}
    strange = [
        Problem(name, f"is not a setting of {connector.name}", nearest(name, known))
        for name in (*plain, *secrets)
        if name not in known
    ]
    shown = [
        Problem(name, "is a secret, which a command line would show to others", f"--secret {name}=env:VARIABLE")
        for name in plain
        if name in known and known[name].secret
    ]
    return [*strange, *shown]


def placed(connector: Connector, given: Mapping[str, str]) -> dict[str, str]:
    """Settings where those that are files say where they are from anywhere."""
    files = {one.name for one in settings_of(connector) if one.file}
    return {name: str(Path(value).resolve()) if name in files else value for name, value in given.items()}


def secret_from(name: str, where: str) -> str:
    """A secret from where it is: `env:VARIABLE` or `file:PATH`. Raises `Malformed` where there is none."""
    kind, _, place = where.partition(":")
    if kind == "env" and os.environ.get(place):
        return os.environ[place]
    if kind == "file" and Path(place).is_file():
        return Path(place).read_text().strip()
    said = {"env": f"{place} is not set in the environment", "file": f"{place} is not a file"}
    hint = f"--secret {name}=env:VARIABLE or {name}=file:PATH"
    raise Malformed(Problem(name, said.get(kind, "does not say where the secret is"), hint))


def sealed(store: Store, name: str, secret: str) -> dict[str, str]:
    """A secret as it is kept."""
    return {SEALED: seal(_key(store), name, secret)}


def opened(store: Store, settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as a connector needs them, with their secrets. They must go nowhere else."""
    return {
        name: unseal(_key(store), name, kept[SEALED]) if isinstance(kept, Mapping) else str(kept)  # pyright: ignore[reportUnknownArgumentType]
        for name, kept in settings.items()
    }


def shown(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as anybody may see them."""
    return {name: SHOWN if isinstance(kept, Mapping) else str(kept) for name, kept in settings.items()}


def renewals(kept: Kept, connector: Connector, feed: Feed) -> dict[str, str]:
    """How the exchanges of the secrets went that the source's provider renews, in words by setting."""
    names = [one.name for one in settings_of(connector) if one.renewed and one.name in feed.settings]
    return {name: exchanges(kept, feed, name).words for name in names}


def _key(store: Store) -> bytes:
    return store.secret(KEY)
