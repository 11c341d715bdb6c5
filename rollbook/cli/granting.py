"""`rollbook apps`: apps, and what schools let them see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..errors import Conflict, Malformed, Problem
from ..scopes import CATALOGUE, readable, writable
from .common import Column, data_option, json_option, listed, open_desk, say, show
from .deciding import decide_
from .keys import drop_key, ending, key_, keys_, person_code, rotate_key, school_secret, until_option
from .planning import at_option, later, moment_at, of_a_grant, planned_

if TYPE_CHECKING:
    from ..consent import App, Desk, Grant
    from ..consent.authorising import Stranded
    from ..consent.filtering import Rule


@click.group()
def apps() -> None:
    """Manage apps, their keys, and what schools let them see."""


for _command in (key_, keys_, rotate_key, school_secret, drop_key, person_code, planned_, decide_):
    apps.add_command(_command)


_GRANTS = (
    Column("App", "app"),
    Column("School", lambda row: f"{row['estab'] or '-'} {row['school'] or ''}".strip()),
    Column("State", "state"),
    Column("May read", lambda row: listed(row["reads"], readable(CATALOGUE))),
    Column("May change", lambda row: listed(row["changes"], writable(CATALOGUE))),
    Column("People", lambda row: [f"{mode} chosen {kind}" for kind, mode in row["people"].items()] or "everybody"),
)


@apps.command("list")
@json_option()
@data_option()
def apps_list(as_json: bool, data: Path | None) -> None:
    """List apps with their grants: what each may read, and what it may change."""
    with open_desk(data) as desk:
        rows = [row for app in desk.apps.all() for row in _rows(app, desk.grants.of(app), desk.grants.stranded(app))]
    show(_GRANTS, rows, as_json=as_json)


def _rows(app: App, grants: list[Grant], stranded: list[Stranded]) -> list[dict[str, Any]]:
    """A row for each grant of an app, also of schools that are gone, or one for an app that has none."""
    none: dict[str, Any] = {
        "app": app.relying_party,
        "estab": None,
        "school": None,
        "state": None,
        "scopes": [],
        "reads": [],
        "changes": [],
        "people": {},
    }
    listed = [
        {
            "app": app.relying_party,
            "estab": grant.estab,
            "school": grant.school_name,
            "state": grant.state,
            "scopes": sorted(grant.scopes),
            "reads": readable(grant.scopes),
            "changes": writable(grant.scopes),
            "people": dict(grant.people),
        }
        for grant in grants
    ]
    gone = [
        {**none, "school": one.school, "state": _stranded(one), "scopes": sorted(one.scopes)}
        | {"reads": readable(one.scopes), "changes": writable(one.scopes)}
        for one in stranded
    ]
    return [*listed, *gone] or [none]


def _stranded(grant: Stranded) -> str:
    """The state of a grant whose school is gone, which is why nothing reads by it."""
    since = f" on {grant.gone[:10]}" if grant.gone else ""
    return f"{grant.state}, but its school was removed{since}"


@apps.command("add")
@click.argument("relying_party")
@click.option("--name", default="", help="The app's name, as people know it.")
@data_option()
def apps_add(relying_party: str, name: str, data: Path | None) -> None:
    """Add an app. Its management secret is shown once."""
    with open_desk(data) as desk:
        _, secret = desk.apps.add(relying_party, name)
    say(f"managementSecret: {secret}")


@apps.command("secret")
@click.argument("relying_party")
@until_option()
@data_option()
def apps_secret(relying_party: str, until: datetime | None, data: Path | None) -> None:
    """Give an app a new management secret. The old one stops working, at once or with --until."""
    with open_desk(data) as desk:
        say(f"managementSecret: {desk.apps.new_secret(desk.apps.named(relying_party), ending(until))}")


@apps.command("signing-secret")
@click.argument("relying_party")
@click.option("--rotate", is_flag=True, help="Make a new one. Calls are signed with both for a while.")
@until_option("calls are signed with both for a day")
@data_option()
def apps_signing_secret(relying_party: str, rotate: bool, until: datetime | None, data: Path | None) -> None:
    """Show the secret with which an app verifies the hub's calls (Standard Webhooks)."""
    with open_desk(data) as desk:
        app = desk.apps.named(relying_party)
        secret = desk.signing.rotate(app, ending(until)) if rotate else desk.signing.secret(app)
    say(f"signingSecret: {secret}")


@apps.command("grant")
@of_a_grant
@click.option("--scopes", default="", help="Scopes, separated by commas, or all.")
@click.option("--new-secret", is_flag=True, help="Replace the school secret of a grant; the old one stops working.")
@at_option()
@data_option()
def apps_grant(
    relying_party: str, estab: str, scopes: str, new_secret: bool, at: str | None, data: Path | None
) -> None:
    """Let an app read and change scopes at a school. The school secret is shown once.

    A grant that exists keeps its secret: add scopes with `apps widen`, take them away with `apps narrow`. With
    --new-secret it gets another secret, and the scopes of --scopes if you name any.
    """
    with open_desk(data) as desk:
        app = desk.apps.named(relying_party)
        standing = next((g for g in desk.grants.of(app) if g.estab == estab and g.state != "revoked"), None)
        wanted = _scopes(scopes) if scopes else standing.scopes if standing and new_secret else frozenset[str]()
        if not wanted:
            raise Malformed(Problem("--scopes", "is missing", "such as --scopes School,StudentLite"))
        if standing is not None and not new_secret:
            _must_be_same(standing, wanted)
            say(f"{relying_party} at {estab} holds these scopes already; its secret stays as it is.")
            return
        zone = desk.grants.for_nobody(app, estab).time_zone
        _, secret = desk.grants.authorise(app, estab, wanted, begins=moment_at(at, zone) if at else None)
    say(f"schoolSecret: {secret}")


def _scopes(text: str) -> frozenset[str]:
    from ..consent.grants import known_scopes

    return known_scopes(frozenset(name.strip() for name in text.split(",") if name.strip()))


def _must_be_same(grant: Grant, wanted: frozenset[str]) -> None:
    """Raise unless a grant that exists holds these scopes: its secret must not change by accident."""
    if wanted == grant.scopes:
        return
    hint = (
        "add scopes with `rollbook apps widen`, take them away with `apps narrow`, or add --new-secret to start again"
    )
    raise Conflict(
        Problem("grant", f"{grant.app.relying_party} already has one at {grant.estab}, with other scopes", hint)
    )


@apps.command("widen")
@of_a_grant
@click.option("--scopes", required=True, help="The scopes to add, separated by commas.")
@at_option()
@data_option()
def apps_widen(relying_party: str, estab: str, scopes: str, at: str | None, data: Path | None) -> None:
    """Add scopes to a grant. Its secret, tokens, people and links stay; the app's webhook is told."""
    with open_desk(data) as desk:
        grant = desk.grants.at(desk.apps.named(relying_party), estab)
        if at:
            later(desk, grant, "widen", at, _scopes(scopes) - grant.scopes)
            return
        grant = desk.grants.widen(grant, _scopes(scopes))
    say(f"{grant.app.relying_party} at {grant.estab}: {', '.join(sorted(grant.scopes))}")


@apps.command("narrow")
@of_a_grant
@click.option("--scopes", required=True, help="The scopes to keep, separated by commas.")
@at_option()
@data_option()
def apps_narrow(relying_party: str, estab: str, scopes: str, at: str | None, data: Path | None) -> None:
    """Reduce a grant to these scopes. It takes effect with the next request."""
    with open_desk(data) as desk:
        grant = desk.grants.at(desk.apps.named(relying_party), estab)
        if at:
            later(desk, grant, "narrow", at, grant.scopes - _scopes(scopes))
            return
        grant = desk.grants.narrow(grant, [s.strip() for s in scopes.split(",")])
    say(f"{grant.app.relying_party} at {grant.estab}: {', '.join(sorted(grant.scopes))}")


@apps.command("people")
@of_a_grant
@click.argument("kind", type=click.Choice(["students", "staff", "contacts"], case_sensitive=False), required=False)
@click.argument("mode", type=click.Choice(["only", "except", "all", "by", "add", "remove"]), required=False)
@click.argument("ids", nargs=-1)
@click.option(
    "--file",
    "listed",
    type=click.File(encoding="utf-8-sig"),
    help="Read Ids from a file, separated by spaces, commas or new lines. Use - for standard input.",
)
@data_option()
def apps_people(
    relying_party: str,
    estab: str,
    kind: str | None,
    mode: str | None,
    ids: tuple[str, ...],
    listed: TextIO | None,
    data: Path | None,
) -> None:
    """Choose which people an app can read about: only some, all except some, or all.

    \b
    Give people by Id, or students by year, form, house, class or course:
      students only 9919 9920
      students by year 8 9
      students only 9919 by form 9B
      students except by year 13
    A rule follows the roll: a student who joins is included, one who leaves is not.
    `add` and `remove` change the current list. Without a mode, the lists are shown.
    """
    named, rules = _people_and_rules(("by", *ids) if mode == "by" else ids)
    wanted = [*named, *(listed.read().replace(",", " ").split() if listed else ())]
    with open_desk(data) as desk:
        grant = desk.grants.at(desk.apps.named(relying_party), estab)
        if kind is None or mode is None:
            _show_people(desk, grant, kind or "")
            return
        if mode == "add":
            desk.people.amend(grant, kind, add=wanted, add_rules=rules)
        elif mode == "remove":
            desk.people.amend(grant, kind, remove=wanted, remove_rules=rules)
        else:
            desk.people.choose(grant, kind, "only" if mode == "by" else mode, wanted, rules=rules)
        say(_said(desk, desk.grants.at(grant.app, estab), kind, mode, len(wanted), rules))


def _said(desk: Desk, grant: Grant, kind: str, mode: str, named: int, rules: list[Rule]) -> str:
    """What was done, and where rules have to do with it, how many people that comes to today."""
    from ..consent.grants import human_kind

    counted = f"{named} {kind}" if named or not rules else kind
    told = " ".join(["only" if mode == "by" else mode, counted, *(f"by {rule.by} {rule.value}" for rule in rules)])
    today = f" ({len(desk.choosing.would_see(grant, {})[human_kind(kind)])} seen today)" if rules else ""
    return f"{grant.app.relying_party} at {grant.estab}: {told}{today}".replace(f" 0 {kind}", f" {kind}")


def _people_and_rules(words: Sequence[str]) -> tuple[list[str], list[Rule]]:
    """Ids, and behind the word `by` rules: each of `year`, `form` … followed by one or more names."""
    from ..consent.filtering import CHOSEN_BY, Rule

    at = words.index("by") if "by" in words else len(words)
    rules, by = list[Rule](), ""
    for word in words[at + 1 :]:
        if word in CHOSEN_BY:
            by = word
        elif by:
            rules.append(Rule(by, word))
        else:
            raise Malformed(Problem("by", f"{word} is not a kind of group", f"one of {', '.join(CHOSEN_BY)}"))
    if at < len(words) and not rules:
        raise Malformed(Problem("by", "names no group", "such as: by year 8"))
    return list(words[:at]), rules


def _show_people(desk: Desk, grant: Grant, kind: str) -> None:
    """The lists of a grant, of one kind of people or all, and how many people they come to today."""
    from ..consent.grants import human_kind

    seen = desk.choosing.would_see(grant, {})
    for choice in desk.people.of(grant):
        if kind and choice.kind != human_kind(kind):
            continue
        by = [f"by {rule.by} {rule.value}" for rule in choice.rules]
        say(" ".join([f"{choice.kind}: {choice.mode}", *choice.ids, *by]))
        if choice.without:
            say(f"{choice.kind}: not counting {' '.join(choice.without)}")
        if choice.declined:
            say(f"{choice.kind}: left out by the app itself {' '.join(choice.declined)}")
        if choice.rules:
            say(f"{choice.kind}: {len(seen[choice.kind])} seen today")


def _change_state(relying_party: str, estab: str, data: Path | None, change: Callable[[Desk, Grant], Grant]) -> None:
    with open_desk(data) as desk:
        grant = change(desk, desk.grants.at(desk.apps.named(relying_party), estab))
    say(f"{relying_party} at {estab}: {grant.state}")


@apps.command("pause")
@of_a_grant
@at_option()
@data_option()
def apps_pause(relying_party: str, estab: str, at: str | None, data: Path | None) -> None:
    """Pause a grant while the school chooses people. Its tokens are refused until it is resumed."""
    if at:
        with open_desk(data) as desk:
            later(desk, desk.grants.at(desk.apps.named(relying_party), estab), "pause", at)
        return
    _change_state(relying_party, estab, data, lambda desk, grant: desk.grants.pause(grant))


@apps.command("resume")
@of_a_grant
@at_option()
@data_option()
def apps_resume(relying_party: str, estab: str, at: str | None, data: Path | None) -> None:
    """Resume a paused grant."""
    if at:
        with open_desk(data) as desk:
            later(desk, desk.grants.at(desk.apps.named(relying_party), estab), "resume", at)
        return
    _change_state(relying_party, estab, data, lambda desk, grant: desk.grants.pause(grant, False))


@apps.command("revoke")
@of_a_grant
@click.option("--at", metavar="DATE", help="End at this time: yyyy-MM-dd or yyyy-MM-ddTHH:mm, on the school's clock.")
@click.option("--never", is_flag=True, help="Cancel the planned end.")
@data_option()
def apps_revoke(relying_party: str, estab: str, at: str | None, never: bool, data: Path | None) -> None:
    """End a grant, now or at a given time. Its secret and tokens stop working then."""
    if at and never:
        raise Malformed(Problem("--never", "cannot be combined with --at"))
    with open_desk(data) as desk:
        grant = desk.grants.at(desk.apps.named(relying_party), estab)
        if never or at:
            grant = desk.grants.revoke_at(grant, moment_at(at, grant.time_zone) if at else None)
        else:
            grant = desk.grants.revoke(grant)
    until = f" until {at}" if at and grant.state != "revoked" else ""
    say(f"{relying_party} at {estab}: {grant.state}{until}")


_VEILED = (
    Column("App", "app"),
    Column("Record", "record"),
    Column("Id", "id"),
    Column("Seen by", lambda row: "this app only" if row["shown"] else "everybody but this app"),
    Column("Since (UTC)", "since"),
)


@apps.command("veiled")
@json_option()
@data_option()
def apps_veiled(as_json: bool, data: Path | None) -> None:
    """List records that only one app sees, or that one app no longer sees.

    An app that adds a person whose number is taken by somebody it may not see gets a record of its own. An app that
    deletes a record on which hidden records depend loses sight of it; the record stays for everybody else.
    """
    with open_desk(data) as desk:
        rows = [
            {"app": one.app, "record": one.kind, "id": one.id, "shown": one.shown, "since": one.at}
            for one in desk.apps.veiled()
        ]
    show(_VEILED, rows, as_json=as_json)
