"""One thing that a source has to be told, or may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """Something that a connector has to be told of each source.

    A `secret` is shown to nobody again; one that is `renewed` is exchanged for another one at each reading. One that is
    a `file` of this machine is kept with its whole path.
    """

    name: str
    about: str
    secret: bool = False
    needed: bool = True
    file: bool = False
    renewed: bool = False
