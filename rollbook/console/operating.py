"""The pages of those who run the hub: who shares what with whom, people and their roles, jobs, and disclosures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ..api.messages import Response
from ..consent import Grant, slips
from ..consent.disclosures import Disclosure, Disclosures, days
from ..consent.roles import ROLES
from ..consent.slips import asked_by, asks
from ..errors import Conflict, Malformed, NotFound, Problem, RollbookError
from ..ingest.glance import glance
from ..jobs import Queue
from ..jobs.mail import post_office
from ..jobs.queue import Job
from ..scopes import CATALOGUE
from .forms import Form
from .guests import ROOT, Guest, Routes, nothing, school_path
from .researching import lines_of
from .seen import seen_rows
from .visiting import go

HERE = f"{ROOT}/hub"

ROOMS = (
    (HERE, "Sharing"),
    (f"{HERE}/scopes", "Scopes"),
    (f"{HERE}/people", "People"),
    (f"{HERE}/sign-in", "Signing in"),
    (f"{HERE}/sources", "Sources"),
    (f"{HERE}/jobs", "Jobs"),
    (f"{HERE}/disclosures", "Disclosures"),
    (f"{HERE}/history", "History"),
    (f"{HERE}/matches", "Matches"),
    (f"{HERE}/erase", "Erasing"),
    (f"{HERE}/retention", "Retention"),
    (f"{HERE}/settings", "Settings"),
)

MOST = 200
"""How many lines one page shows."""

KINDS = ("Student", "Staff", "Contact")

_ASKED: tuple[str, ...] = ("person", "estab", "kind", "mis_id", "since", "until")


class Operating:
    """The pages of those who run the hub."""

    def __init__(self) -> None:
        self.routes = Routes(
            {
                "hub": self.home,
                "hub/scopes": self.scopes,
                "hub/people": lambda guest, _: self.people(guest),
                "hub/sources": self.sources,
                "hub/jobs": self.jobs,
                "hub/disclosures": self.disclosures,
                "hub/history": self.history,
            },
            {
                "hub/people/invite": self.invite,
                "hub/people/take": self.take,
                "hub/jobs/again": self.again,
            },
        )

    # ---- what is shared

    def home(self, guest: Guest, _: dict[str, str]) -> Response:
        """Each app at each school: its state, how much it was granted, and what it read last."""
        text = dict(guest.request.query).get("q", "").strip()[:100]
        must_operate(guest)
        found = [g for g in guest.desk.grants.all() if _is_meant(g, text)]
        reads = guest.desk.overview.reads([g.id for g in found[:MOST]], guest.desk.clock())
        rows = [{"grant": g, "path": school_path(g.estab, "apps", g.app.relying_party), "reads": reads.get(g.id)}
                for g in found[:MOST]]  # fmt: skip
        schools = [(school_path(s.estab), s.name or s.estab) for s in guest.desk.schools.all() if s.estab]
        return hub_page(guest, "hub.html", "Sharing", rows=rows, number=len(found), text=text, schools=schools[:MOST])

    def scopes(self, guest: Guest, _: dict[str, str]) -> Response:
        """At how many schools each app holds each scope."""
        must_operate(guest)
        held: dict[tuple[str, str], int] = {}
        apps: dict[str, str] = {}
        for grant in guest.desk.grants.all():
            if grant.state == "active":
                apps[grant.app.id] = grant.app.name
                for scope in grant.scopes:
                    held[scope, grant.app.id] = held.get((scope, grant.app.id), 0) + 1
        rows = [(scope, [held.get((name, app), 0) for app in apps]) for name, scope in CATALOGUE.items()]
        return hub_page(
            guest, "scopes.html", "Scopes", apps=[*apps.values()], rows=[row for row in rows if any(row[1])]
        )

    # ---- people

    def people(self, guest: Guest, wrong: Iterable[str] = ()) -> Response:
        """Who may do what, and who is invited."""
        must_operate(guest)
        roles, mails, called = guest.desk.roles, post_office() is not None, guest.desk.roles.called()
        links = [(one, called.get(one.place, ""), "" if mails else roles.path(one)) for one in roles.waiting()]
        if not mails:
            roles.note_shown([one for one, *_ in links if one.email], guest.email)
        return hub_page(guest, "hub_people.html", "People", held=roles.held(), links=links, words=ROLES, mails=mails,
                     base=guest.request.base, wrong=tuple(wrong))  # fmt: skip

    def invite(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Invite somebody to a role."""
        must_operate(guest)
        role, roles = form.choice("role", tuple(ROLES)), guest.desk.roles
        try:
            place = roles.place(role, form.one("estab").strip(), form.one("app").strip())
            roles.invite(form.one("email"), role, place, guest.email, mail=post_office() is not None)
        except (Malformed, NotFound) as error:
            return self.people(guest, [f"{p.where}: {line}" for p, line in zip(error.problems, lines_of(error),
                                                                                strict=True)])  # fmt: skip
        return go(f"{HERE}/people")

    def take(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Take a role away."""
        must_operate(guest)
        wanted = form.one("email"), form.one("role"), form.one("place")
        held = [h for h in guest.desk.roles.held() if (h.account.email, h.role, h.place) == wanted]
        if not held:
            raise NotFound(Problem("role", "was taken away before"))
        try:
            guest.desk.roles.take(held[0].account, held[0].role, held[0].place, guest.email)
        except Conflict as error:
            return self.people(guest, lines_of(error))
        return go(f"{HERE}/people")

    # ---- sources and jobs

    def sources(self, guest: Guest, _: dict[str, str]) -> Response:
        """Where the records come from, and how each source does."""
        must_operate(guest)
        return hub_page(guest, "sources.html", "Sources", rows=glance(guest.desk.store, guest.desk.clock()))

    def jobs(self, guest: Guest, _: dict[str, str]) -> Response:
        """What is still to do, and what failed for good."""
        must_operate(guest)
        queue = Queue(guest.desk.store, guest.desk.clock)
        found = {state: queue.jobs(state) for state in ("dead", "waiting", "running")}
        about = _about(guest)
        rows = [{"job": job, "about": about(job), "due": _utc(job.ended or job.due)}
                for some in found.values() for job in some[:MOST]]  # fmt: skip
        return hub_page(
            guest, "jobs.html", "Jobs", rows=rows, counts={state: len(some) for state, some in found.items()}
        )

    def again(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Run a job that failed for good once more, or all of them."""
        must_operate(guest)
        queue, left = Queue(guest.desk.store, guest.desk.clock), list[str]()
        for identity in [form.one("id")] if form.one("id") else [job.id for job in queue.jobs("dead")]:
            try:
                queue.again(identity)
            except RollbookError as error:
                left += lines_of(error)
        guest.desk.roles.note(guest.email, "ran jobs again", about=form.one("id")[:60] or "all that had failed")
        if left:
            return guest.said("Not all could run again", *dict.fromkeys(left), status=409, back=f"{HERE}/jobs")
        return go(f"{HERE}/jobs")

    # ---- who saw what, and who decided what

    def disclosures(self, guest: Guest, _: dict[str, str]) -> Response:
        """Who saw what about anybody: by hub id, or by a school and the Id that it knows them by."""
        must_operate(guest)
        said = dict.fromkeys(_ASKED, "")
        said |= {name: value.strip()[:100] for name, value in guest.request.query if name in said}
        asked = bool(said["person"] or said["mis_id"])
        wrong, seen = list[str](), list[Disclosure]()
        try:
            seen = _looked_up(guest, said) if asked else []
        except (NotFound, Malformed) as error:
            wrong = lines_of(error)
        return hub_page(guest, "disclosures.html", "Disclosures", said=said, kinds=KINDS, rows=seen_rows(seen, "UTC"),
                        asked=asked, wrong=wrong)  # fmt: skip

    def history(self, guest: Guest, _: dict[str, str]) -> Response:
        """What people decided about accounts, roles and jobs."""
        must_operate(guest)
        called = guest.desk.roles.called()
        rows = [(_utc(d.at), d.person, d.what, called.get(d.place, d.place), d.about)
                for d in guest.desk.roles.decisions(MOST)]  # fmt: skip
        return hub_page(guest, "hub_history.html", "History", rows=rows)


def must_operate(guest: Guest) -> None:
    """What only those see who run the hub looks to others as if it were not there."""
    if not guest.standing.operates:
        raise nothing()


def _is_meant(grant: Grant, text: str) -> bool:
    words = f"{grant.app.name} {grant.app.relying_party} {grant.estab} {grant.school_name} {grant.state}"
    return text.casefold() in words.casefold()


def _looked_up(guest: Guest, said: dict[str, str]) -> list[Disclosure]:
    ledger, desk = Disclosures(guest.desk.store), guest.desk
    if said["person"]:
        ids = ledger.of_person(said["person"])
    else:
        district, school, _ = desk.schools.find(said["estab"])
        named = ledger.at_school(district, school, said["kind"], said["mis_id"])
        ids = frozenset(identity for one in named for identity in ledger.of_person(one))
    # That somebody asked who saw what about a person is itself something to know of that person.
    asks("the hub's page of disclosures")
    asked_by("", (), guest.reader)
    slips.shows(*ids)
    return ledger.often(ids, days(said["since"], said["until"]))


def _about(guest: Guest) -> Any:
    """What a job is about, by names that people know."""
    apps = {app.id: app.relying_party for app in guest.desk.apps.all()}
    grants = {grant.id: f"{grant.app.relying_party} at {grant.estab}" for grant in guest.desk.grants.all()}

    def told(job: Job) -> str:
        whom = grants.get(job.payload.get("grant") or "") or apps.get(job.payload.get("app") or "")
        said = (job.payload.get("family"), job.payload.get("delivery"), job.payload.get("source"), whom)
        return ", ".join(str(one) for one in said if one)

    return told


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def hub_page(guest: Guest, template: str, name: str, more: tuple[tuple[str, str], ...] = (), **facts: Any) -> Response:
    """A page of the hub that is called so, and whatever lies below it."""
    at = next(path for path, called in ROOMS if called == name)
    known: dict[str, Any] = {"rooms": ROOMS, "room": name, "crumbs": ((HERE, "This hub"), (at, name), *more)}
    return guest.page(template, broad=True, **known, **facts)
