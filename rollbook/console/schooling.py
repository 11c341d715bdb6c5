"""The pages of a school: what it shares with which app, who saw what about a child, and who decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from ..api.messages import Response
from ..consent.choosing import Candidate, Search
from ..consent.disclosures import Disclosure, Disclosures, days
from ..consent.grants import Grant, zone_of
from ..consent.planning import told
from ..consent.receipts import PERSON, Receipt
from ..consent.receipts import who as who_did
from ..consent.roles import DECIDES, LOOKS, ROLES
from ..consent.schools import Listed
from ..errors import Malformed, NotFound, Problem, RollbookError, Unavailable
from ..jobs.mail import post_office
from .choosing import CHOICES
from .forms import Form
from .guests import Guest, Routes, nothing, school_path
from .premises import FOUND, decided_by, find, may_decide, page_of, school_at, zone_at
from .refusing import heading_of, status_of
from .researching import lines_of
from .review import Review, Stale
from .seats import Seat, seat_of, sent_again
from .seen import seen_rows
from .sheets import PDF, attached, sheet
from .visiting import go, moment_of

LATEST = 200
"""How many entries the history shows."""

_HEADS = ("Child", "Seen by", "On behalf of", "Through", "What", "Times", "First (UTC)", "Last (UTC)")

HERE = (DECIDES, LOOKS)
"""The roles that a school's people have."""


class Schooling:
    """The pages of those who look after a school's data."""

    def __init__(self) -> None:
        at = "schools/{estab}"
        self.routes = Routes(
            {
                at: self.home,
                f"{at}/apps/{{party}}": partial(self.app, ""),
                **{f"{at}/apps/{{party}}/{rest}": partial(self.app, rest) for rest in ("again", "receipt", *CHOICES)},
                f"{at}/children": self.children,
                f"{at}/children/{{mis_id}}": self.child,
                f"{at}/children/{{mis_id}}/seen.csv": self.seen,
                f"{at}/children/{{mis_id}}/seen.pdf": self.paper,
                f"{at}/history": self.history,
                f"{at}/people": self.people,
            },
            {
                f"{at}/apps/{{party}}/{{rest}}": self.decide,
                f"{at}/people/invite": self.invite,
                f"{at}/people/remove": self.remove,
            },
        )

    # ---- apps

    def home(self, guest: Guest, part: dict[str, str]) -> Response:
        """Which apps have what, since when, what they read, and what waits."""
        school = school_at(guest, part["estab"])
        sharing = guest.desk.overview.of_school(school.id, guest.desk.clock())
        zone = zone_at(guest, school)
        rows: list[dict[str, Any]] = [{"one": s, "path": school_path(school.estab, "apps", s.app.relying_party),
                 "since": moment_of(s.since, zone) if s.since else "",
                 "ended": moment_of(s.ended, zone) if s.ended else "",
                 "ends": moment_of(s.grant.ends, zone) if s.grant and s.grant.ends else "",
                 "plans": _plans(guest, s.grant),
                 "reach": school_path(school.estab, "pictures", s.app.relying_party),
                 "last": f"{s.reads.last:%d %B %Y}".lstrip("0") if s.reads.last else ""} for s in sharing]  # fmt: skip
        return page_of(guest, school, "school.html", rows=rows, waits=[r for r in rows if r["one"].waits],
                       several=school_path(school.estab, "decide"))  # fmt: skip

    def app(self, rest: str, guest: Guest, part: dict[str, str]) -> Response:
        """What an app asks for or was granted, and the pages on which people are chosen."""
        review, seat = seat_of(guest, school_at(guest, part["estab"]), part["party"])
        return _answered(guest, review, seat, rest)

    def decide(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """What a form of these pages asks for."""
        review, seat = seat_of(guest, school_at(guest, part["estab"]), part["party"])
        try:
            return _answered(guest, review, seat, part["rest"])
        except Stale:
            return sent_again(review, seat, part["rest"])

    # ---- children

    def children(self, guest: Guest, part: dict[str, str]) -> Response:
        """Find a child, to see who saw what about them."""
        school, text = school_at(guest, part["estab"]), dict(guest.request.query).get("q", "").strip()[:100]
        found = find(guest, school, Search(text, leavers=True)) if text else []
        return page_of(guest, school, "children.html", text=text, found=found, most=FOUND,
                     paths=[school_path(school.estab, "children", one.mis_id) for one in found])  # fmt: skip

    def child(self, guest: Guest, part: dict[str, str]) -> Response:
        """Who saw what about a child, and when."""
        school, said = school_at(guest, part["estab"]), dict(guest.request.query)
        child, seen = _seen(guest, school, part["mis_id"], said)
        rows = seen_rows(seen, zone_at(guest, school))
        here = school_path(school.estab, "children", child.mis_id)
        crumbs = ((school_path(school.estab, "children"), "Children"),)
        return page_of(guest, school, "child.html", crumbs, child=child, rows=rows, here=here,
                     since=said.get("since", ""), until=said.get("until", ""))  # fmt: skip

    def seen(self, guest: Guest, part: dict[str, str]) -> Response:
        """The same as a table that a spreadsheet opens, for whoever asks what is held and who had it."""
        school = school_at(guest, part["estab"])
        child, seen = _seen(guest, school, part["mis_id"], dict(guest.request.query))
        rows = [(child.name, "; ".join(dict.fromkeys(v.app_name for v in one.viewers if v.app_name)),
                 "; ".join(dict.fromkeys(v.reader for v in one.viewers if v.reader)), one.dialect,
                 "; ".join(one.words), one.times, one.first, one.last) for one in seen]  # fmt: skip
        guest.desk.roles.note(guest.email, "took the list of who saw what about a child", school.id, child.mis_id)
        return sheet(f"seen-{child.mis_id}", _HEADS, rows)

    def paper(self, guest: Guest, part: dict[str, str]) -> Response:
        """The same to be handed over: a file that prints as it is."""
        from .paper import Paper, printed  # It brings fonts and pictures with it, which nothing else needs.

        school, said = school_at(guest, part["estab"]), dict(guest.request.query)
        child, seen = _seen(guest, school, part["mis_id"], said)
        zone, made = zone_at(guest, school), guest.desk.clock()
        since, until = said.get("since", ""), said.get("until", "")
        days_ = f"Days: {since or 'the first'} to {until or 'today'}"
        paper = Paper(child.name, child.mis_id, f"{school.name or school.estab} ({school.estab})", days_,
                      datetime.fromtimestamp(made, zone_of(zone)), guest.email)  # fmt: skip
        guest.desk.roles.note(guest.email, "took the list of who saw what about a child", school.id, child.mis_id)
        return attached(f"seen-{child.mis_id}.pdf", PDF, printed(paper, seen_rows(seen, zone)))

    # ---- what was decided, and by whom

    def history(self, guest: Guest, part: dict[str, str]) -> Response:
        """What was decided, when and by whom."""
        school, desk = school_at(guest, part["estab"]), guest.desk
        zone = zone_at(guest, school)
        given = [r for g in desk.grants.all() if g.school == school.id for r in desk.receipts.of(g.id)]
        rows = [(r.at, _person(r), f"{r.app}: {r.heading}", _receipt(school, r, desk.grants.by_id(r.grant)))
                for r in given]  # fmt: skip
        rows += [(d.at, d.person, f"{d.what}{f' ({d.about})' if d.about else ''}", "")
                 for d in desk.roles.decisions(LATEST, school.id)]  # fmt: skip
        rows.sort(key=lambda row: row[0], reverse=True)
        shown = [(moment_of(at, zone), *rest) for at, *rest in rows[:LATEST]]
        return page_of(guest, school, "history.html", ((school_path(school.estab, "history"), "History"),), rows=shown)

    # ---- who looks after it

    def people(self, guest: Guest, part: dict[str, str], wrong: Iterable[str] = ()) -> Response:
        """Who has an account for the school, and who is invited."""
        school, roles = school_at(guest, part["estab"]), guest.desk.roles
        may = may_decide(guest, school)
        links = [(one, roles.path(one)) for one in roles.waiting(school.id)] if may else []
        mails = post_office() is not None
        if not mails:
            roles.note_shown([one for one, _ in links], guest.email)
        return page_of(guest, school, "people.html", ((school_path(school.estab, "people"), "People"),),
                     held=roles.held(school.id), links=links, may=may, roles=[(r, ROLES[r]) for r in HERE],
                     words=ROLES, mails=mails, base=guest.request.base, wrong=tuple(wrong),
                     here=school_path(school.estab, "people"))  # fmt: skip

    def invite(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Invite somebody to look after the school's data."""
        school = decided_by(guest, part["estab"])
        role = form.choice("role", HERE)
        try:
            guest.desk.roles.invite(form.one("email"), role, school.id, guest.email, mail=post_office() is not None)
        except Malformed as error:
            return self.people(guest, part, [str(p.what) for p in error.problems])
        return go(school_path(school.estab, "people"))

    def remove(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Take somebody's role at the school away."""
        school = decided_by(guest, part["estab"])
        role, email = form.choice("role", HERE), form.one("email")
        held = [h for h in guest.desk.roles.held(school.id) if (h.account.email, h.role) == (email, role)]
        if not held:
            raise NotFound(Problem("role", "was taken away before"))
        guest.desk.roles.take(held[0].account, role, school.id, guest.email)
        return go(school_path(school.estab, "people"))


def _answered(guest: Guest, review: Review, seat: Seat, rest: str) -> Response:
    """A page of an app, or what came of a form of it; one that is refused leads back to the app's first page."""
    try:
        return review.answer(guest.request, seat, rest)
    except (Stale, NotFound, Unavailable):
        raise
    except RollbookError as error:
        return seat.said(heading_of(error), *lines_of(error), status=status_of(error))


def _plans(guest: Guest, grant: Grant | None) -> list[str]:
    """What was decided of an app for later, in words."""
    found = guest.desk.planning.of(grant) if grant else []
    return [told(one.what, one.at, one.scopes, grant.time_zone) for one in found if grant]


def _seen(guest: Guest, school: Listed, mis_id: str, said: dict[str, str]) -> tuple[Candidate, list[Disclosure]]:
    """A child of a school, and who saw what about them under what the school granted."""
    found = find(guest, school, Search(leavers=True, ticked=frozenset((mis_id,))))
    if not found:
        raise nothing()
    ledger = Disclosures(guest.desk.store)
    named = ledger.at_school(school.district, school.id, "Student", mis_id)
    ids = frozenset(identity for one in named for identity in ledger.of_person(one))
    return found[0], ledger.often(ids, days(said.get("since", ""), said.get("until", "")), school.id)


def _person(receipt: Receipt) -> str:
    return receipt.by.partition(PERSON)[2] or {"You": "By link or e-mail"}.get(who_did(receipt.by), who_did(receipt.by))


def _receipt(school: Listed, receipt: Receipt, grant: Grant | None) -> str:
    if grant is None:
        return ""
    return f"{school_path(school.estab, 'apps', grant.app.relying_party)}/receipt?id={receipt.id}"
