"""`rollbook config`: every setting, what it says, and where that comes from."""

from __future__ import annotations

import os
from typing import Any

import click

from ..errors import Problem, Stop
from ..settings import Told, told
from .common import Column, json_option, show

COLUMNS = [Column("Setting", "name"), Column("Value", "value"), Column("From", "source"), Column("What for", "about")]


@click.command()
@json_option()
def config(as_json: bool) -> None:
    """Show every setting, with its value and where it comes from.

    Of a secret it shows where it leads, or only that it is set. The exit status is 1 if a setting says what it must
    not, or a variable looks like a setting and is none.
    """
    wrong = list[Problem]()
    show(COLUMNS, [_row(one) for one in told(os.environ, wrong)], as_json=as_json)
    if wrong:
        raise Stop(*wrong)


def _row(one: Told) -> dict[str, Any]:
    setting = one.setting
    return {"name": setting.name, "value": one.value, "source": one.source, "secret": setting.secret,
            "about": setting.about}  # fmt: skip
