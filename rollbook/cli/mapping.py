"""`rollbook sources map`: a mapping for files that no standard describes, by looking at them and asking."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Conflict, Malformed, Problem
from .common import say
from .describing import pairs
from .prompting import at_a_terminal

if TYPE_CHECKING:
    from ..ingest.mapping.plan import Part
    from ..ingest.mapping.proposing import Question
    from ..ingest.mapping.sheets import Sheet


MOST_SHOWN = 20
"""How many of the possible answers to a question are listed."""


@click.command("map")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--out", default="mapping.toml", type=click.Path(path_type=Path), help="The file to write it to.")
@click.option("--answer", "answers", multiple=True, callback=pairs, help="The answer to a question, as NAME=VALUE.")
def map_(path: Path, out: Path, answers: dict[str, str]) -> None:
    """Propose how the files of a folder, a ZIP or one file become records.

    Looks at what columns are called and what is in them. In a terminal, asks what it cannot know. Nothing is sent or
    taken in: the mapping is a text that you can read and change.
    """
    from ..ingest.mapping.looking import look
    from ..ingest.mapping.spelled import spell
    from ..ingest.mapping.written import read_plan

    if out.exists():
        raise Conflict(Problem(str(out), "is there already", "name another file with --out, or move it away"))
    connector, sheets = look(path)
    text = spell(
        _parts(sheets, answers), before=f"How {path.name} becomes a roster: docs/mapping.md says what each line means."
    )
    read_plan(out.name, text)
    out.write_text(text, "utf-8")
    say(f"{out}: written. Read it, change what is not right, then add the source:")
    words = ["rollbook", "sources", "add", "NAME", "--connector", connector, "--path", str(path)]
    say(f"  {shlex.join([*words, '--set', f'mapping={out}'])}")


def _parts(sheets: list[Sheet], answers: dict[str, str]) -> tuple[Part, ...]:
    from ..ingest.mapping.proposing import propose

    found = propose(sheets, answers)
    while found.questions and at_a_terminal():
        one = found.questions[0]
        answers = {**answers, one.name: _prompt(one)}
        found = propose(sheets, answers)
    if found.questions:
        raise Malformed(*(Problem(one.name, one.text, _hint(one)) for one in found.questions))
    return found.parts


def _prompt(one: Question) -> str:
    kind = click.Choice(one.choices) if one.choices else click.STRING
    return click.prompt(f"{one.name}\n  {one.text}", type=kind)


def _hint(one: Question) -> str:
    given = f"--answer {shlex.quote(f'{one.name}=…')}"
    more = f", and {len(one.choices) - MOST_SHOWN} more" if len(one.choices) > MOST_SHOWN else ""
    return f"{given}, one of {', '.join(one.choices[:MOST_SHOWN])}{more}" if one.choices else given
