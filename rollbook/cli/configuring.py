"""`rollbook config`: every setting, what it says, and where that comes from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click

from ..errors import Problem, Stop
from ..settings import EVERY, Setting, unknown
from .common import Column, json_option, show

COLUMNS = [Column("Setting", "name"), Column("Value", "value"), Column("From", "source"), Column("What for", "about")]


@click.command()
@json_option()
def config(as_json: bool) -> None:
    """Show every setting, with its value and where it comes from.

    Of a secret it shows where it leads, or only that it is set. The exit status is 1 if a setting says what it must
    not, or a variable looks like a setting and is none.
    """
    wrong = unknown(os.environ)
    show(COLUMNS, [_row(one, os.environ, wrong) for one in EVERY], as_json=as_json)
    if wrong:
        raise Stop(*wrong)


def _row(setting: Setting[Any], environment: Mapping[str, str], wrong: list[Problem]) -> dict[str, Any]:
    try:
        value = setting.shown(environment)
    except Stop as error:
        wrong += error.problems
        value = None
    source = setting.source(environment)
    return {"name": setting.name, "value": value, "source": source, "secret": setting.secret, "about": setting.about}
