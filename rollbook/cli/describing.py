"""How a command is told which source is meant, how it is read and what it may say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import wraps
from typing import Any

import click

from .common import Share


def named(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the option by which commands are told which source is meant."""
    district = click.option("--district", help="Its district, where several have a source of this name.")
    return click.argument("name")(district(command))


def pairs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The values of an option that is given as NAME=VALUE, any number of times."""
    found = [(name, value) for name, equals, value in (one.partition("=") for one in given) if name and equals]
    if len(found) != len(given):
        raise click.BadParameter("must be NAME=VALUE.")
    return dict(found)


@dataclass(frozen=True)
class Wanted:
    """How a source is to be read and what it may say, as far as the command line says so."""

    path: str | None
    plain: dict[str, str]
    secrets: dict[str, str]
    precedence: int | None
    may: str | None
    most_aside: float | None
    nightly: bool
    every: str
    within: str
    zone: str

    @property
    def settings(self) -> dict[str, str]:
        """The settings that are no secrets."""
        from ..ingest.places import whole_path

        path = self.path or self.plain.get("path")
        return {**self.plain, **({"path": whole_path(path)} if path else {})}

    def changes(self, schedule: str = "") -> dict[str, Any]:
        """What is said beside settings, by field of the source, which has a `schedule` so far.

        Raises `Malformed` for what makes no sense.
        """
        from ..ingest.feeds import may_say

        said = {
            "precedence": self.precedence,
            "may": None if self.may is None else may_say(self.may),
            "most_aside": self.most_aside,
            "schedule": self._schedule(schedule),
        }
        return {name: value for name, value in said.items() if value is not None}

    def _schedule(self, before: str) -> str | None:
        """The schedule as it is to be kept; None where nothing is said of it."""
        from ..ingest import scheduling

        said: dict[str, Any] = {}
        if self.nightly or self.every:
            said = {"nightly": self.nightly, "minutes": scheduling.every(self.every) if self.every else 0}
        if self.within:
            said["window"] = scheduling.window(self.within)
        if self.zone:
            said["zone"] = scheduling.zone(self.zone)
        return replace(scheduling.Schedule.of(before), **said).kept() if said else None


def described(command: Callable[..., None]) -> Any:
    """The options that say how a source is read and what it may say, which a command gets as `wanted`."""

    @wraps(command)
    def packed(**given: Any) -> None:
        wanted = Wanted(**{one.name: given.pop(one.name) for one in fields(Wanted)})
        command(wanted=wanted, **given)

    for option in reversed(
        (
            click.option(
                "--path", help="The folder or ZIP with its files, or its address: sftp://USER@HOST/PATH, https://…"
            ),
            click.option("--set", "plain", multiple=True, callback=pairs, help="A setting, as NAME=VALUE."),
            click.option(
                "--secret",
                "secrets",
                multiple=True,
                callback=pairs,
                help="Where a secret setting is, as NAME=env:VARIABLE or NAME=file:PATH.",
            ),
            click.option(
                "--precedence",
                type=click.IntRange(0),
                help="Its place among the sources of the district; 1 comes first. Default: after all others.",
            ),
            click.option(
                "--may",
                help="The kinds and fields that it may say, such as Student,Person.home_email. Default: everything.",
            ),
            click.option(
                "--most-aside",
                type=Share(),
                help="The share of a kind's rows that may be set aside before nothing is read, such as 2%.",
            ),
            click.option("--nightly", is_flag=True, help="While the hub is served, read it every night."),
            click.option(
                "--every",
                default="",
                help="While the hub is served, read it so often: 30m, 2h, 1d, never. With --nightly, what changed is"
                " read so often, and everything at night.",
            ),
            click.option(
                "--within", default="", help="The hours in which it may be read by itself: 20:00-06:00, or always."
            ),
            click.option("--zone", default="", help="The time zone of these hours and of its night. Default: UTC."),
        )
    ):
        packed = option(packed)
    return packed
