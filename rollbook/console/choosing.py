"""The pages on which a school chooses whose data an app can read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..api.messages import Response
from ..consent import Desk, Grant, slips
from ..consent.choosing import EVERYONE, Candidate, Draft, Offer, Search
from ..consent.disclosures import hub_ids
from ..consent.filtering import KINDS, Rule
from ..consent.receipts import Receipt, choice_words, rule_words
from ..consent.slips import asked_by, asks
from ..errors import Conflict
from .forms import Form
from .visiting import Visit, go, moment_of

PAGE = 60
"""How many people are on a page."""

_NAMES = {"Student": "Students", "Staff": "Staff", "Contact": "Contacts"}


@dataclass(frozen=True)
class View:
    """Which people a page shows."""

    text: str = ""
    leavers: bool = False
    ticked: bool = False
    page: int = 1

    def search(self, listed: frozenset[str]) -> Search:
        """Those who are looked for; `listed` are those who are on the list now."""
        # Somebody who is ticked and has left is shown all the same, or could not be unticked.
        return Search(self.text, self.leavers, listed if self.ticked else None)

    def query(self, page: int = 0) -> str:
        """The view as a query, at another page where one is given."""
        return urlencode(
            {"q": self.text, "leavers": int(self.leavers), "ticked": int(self.ticked), "page": page or self.page}
        )


def view_of(pairs: list[tuple[str, str]]) -> View:
    """The view that a query means; what makes no sense is passed over."""
    said = dict(pairs)
    page = said.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return View(said.get("q", "")[:100], said.get("leavers") == "1", said.get("ticked") == "1", max(number, 1))


def told(kind: str, draft: Draft, students: Draft | None = None) -> str:
    """A choice in words; contacts go with the students who are chosen."""
    rules = [rule_words(rule.by, rule.value) for rule in sorted(draft.rules)]
    follows = kind == "Contact" and students is not None and students.mode != EVERYONE
    return choice_words(kind, draft.mode, len(draft.people), rules, len(draft.without), follows=follows)


def summary(desk: Desk, grant: Grant) -> list[str]:
    """Whose data a grant shares, in words, and how many people that is today."""
    chosen = {kind: desk.choosing.chosen(grant, kind) for kind in KINDS}
    lines = [told(kind, chosen[kind], chosen["Student"]) for kind in KINDS]
    if all(draft.mode == EVERYONE for draft in chosen.values()):
        return lines
    seen = desk.choosing.would_see(grant, {})
    return [f"{line} ({len(seen[kind]):,} today)" for kind, line in zip(KINDS, lines, strict=True)]


_GROUPS = {"year": "Years", "form": "Forms", "house": "Houses", "class": "Classes", "course": "Courses"}


def _in_order(name: str) -> list[tuple[int, str]]:
    """What puts year 7 before year 10."""
    return [(int(digits or 0), letters) for letters, digits in re.findall(r"([^0-9]*)([0-9]{0,9})", name)]


def _rule(text: str) -> Rule:
    by, _, value = text.partition(":")
    return Rule(by, value)


def _decided(receipt: Receipt | None) -> str:
    """What somebody else decided, and when, in words."""
    return f"{receipt.heading}, on {moment_of(receipt.at, receipt.time_zone)}" if receipt else ""


PEOPLE = {f"people/{name.lower()}": kind for kind, name in _NAMES.items()}
"""Each page on which people are chosen, and the kind of people."""

CHOICES = ("people", *PEOPLE, *(f"{path}/preview" for path in PEOPLE))
"""The pages of a choice, below an app's."""


class Choosing:
    """Shows the draft of a choice, and changes it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        previews = {f"{path}/preview": partial(self.preview, kind) for path, kind in PEOPLE.items()}
        self.reads = {
            "people": self.kinds,
            **{path: partial(self.people, kind) for path, kind in PEOPLE.items()},
            **previews,
        }
        self.does = {path: partial(self.change, kind) for path, kind in PEOPLE.items()}

    def _drafts(self, visit: Visit) -> dict[str, Draft]:
        visit.must_be_fresh()
        drafts = self.desk.choosing.draft(visit.held)
        if len(drafts) < len(KINDS):
            raise Conflict("no choice of people is in progress", hint="start on the first page of this link")
        asks("the school's page")
        asked_by("", (), visit.reader)
        return drafts

    def _names(self, visit: Visit, kind: str, people: list[Candidate]) -> None:
        """Put down in the ledger whose names the page shows."""
        slips.shows(*hub_ids(self.desk.store, visit.held, kind, [one.mis_id for one in people]))

    def kinds(self, visit: Visit, query: list[tuple[str, str]]) -> Response:
        """What has been chosen so far, kind by kind."""
        kinds: list[dict[str, Any]] = []
        drafts = self._drafts(visit)
        seen = self.desk.choosing.would_see(visit.held, drafts)
        for kind, draft in drafts.items():
            kinds.append(
                {
                    "name": _NAMES[kind],
                    "path": _NAMES[kind].lower(),
                    "told": told(kind, draft, drafts["Student"]),
                    "nobody": draft.mode == "only" and not draft.people and not draft.rules,
                    "count": len(seen[kind]),
                }
            )
        return visit.page(
            "people.html",
            kinds=kinds,
            first=self.desk.grants.first_choice(visit.held),
            others=self.desk.choosing.others(visit.held),
            decided=_decided(self.desk.choosing.overtaken(visit.held)),
            proofs={a: visit.proof(a) for a in ("confirm", "keep")},
        )

    def people(self, kind: str, visit: Visit, query: list[tuple[str, str]]) -> Response:
        """The people of one kind who are looked for, with those ticked who are chosen so far."""
        drafts, view = self._drafts(visit), view_of(query)
        draft, path, name = drafts[kind], _NAMES[kind].lower(), _NAMES[kind]
        listed = self.desk.choosing.on_list(visit.held, kind, draft)
        found = self.desk.choosing.count(visit.held, kind, view.search(listed))
        pages = max(-(-found // PAGE), 1)
        page = min(view.page, pages)
        people = self.desk.choosing.candidates(visit.held, kind, view.search(listed), PAGE, (page - 1) * PAGE)
        self._names(visit, kind, people)
        modes = (
            (EVERYONE, "Everyone"),
            ("only", "Only the people ticked below"),
            ("except", "Everyone except the people ticked below"),
        )
        return visit.page(
            "choose.html",
            path=path,
            name=name,
            told=told(kind, draft, drafts["Student"]),
            modes=modes,
            mode=draft.mode,
            was=view.query(page),
            search=view.text,
            leavers=view.leavers,
            ticked=view.ticked,
            found=found,
            page=page,
            pages=pages,
            people=people,
            chosen=listed,
            offers=self._offers(visit, draft) if kind == "Student" else [],
            count=len(self.desk.choosing.would_see(visit.held, drafts)[kind]),
            proof=visit.proof(f"people/{path}"),
        )

    def _offers(self, visit: Visit, draft: Draft) -> list[tuple[str, list[dict[str, Any]]]]:
        """The groups by which students may be chosen, by kind; also those chosen before that are no longer there."""
        offers = self.desk.choosing.offers(visit.held)
        known = {offer.rule for offer in offers}
        offers += [Offer(rule, f"{rule.value} (no longer there)", 0) for rule in sorted(draft.rules - known)]
        offers.sort(key=lambda offer: _in_order(offer.name))
        return [
            (
                title,
                [
                    {
                        "value": f"{o.rule.by}:{o.rule.value}",
                        "name": o.name,
                        "count": o.count,
                        "on": o.rule in draft.rules,
                    }
                    for o in offers
                    if o.rule.by == by and (o.count or o.rule in draft.rules)
                ],
            )
            for by, title in _GROUPS.items()
        ]

    def preview(self, kind: str, visit: Visit, query: list[tuple[str, str]]) -> Response:
        """Exactly whom the app would see today."""
        drafts, view = self._drafts(visit), view_of(query)
        seen = self.desk.choosing.would_see(visit.held, drafts)[kind]
        pages = max(-(-len(seen) // PAGE), 1)
        page = min(view.page, pages)
        search = Search("", leavers=True, ticked=seen)
        people = self.desk.choosing.candidates(visit.held, kind, search, PAGE, (page - 1) * PAGE)
        self._names(visit, kind, people)
        return visit.page(
            "preview.html",
            path=_NAMES[kind].lower(),
            name=_NAMES[kind],
            told=told(kind, drafts[kind], drafts["Student"]),
            count=len(seen),
            rules=bool(drafts[kind].rules) or (kind == "Contact" and drafts["Student"].mode != EVERYONE),
            people=people,
            page=page,
            pages=pages,
        )

    def change(self, kind: str, visit: Visit, form: Form) -> Response:
        """Keep what is ticked on the page, then do what the button says."""
        view = view_of(parse_qsl(form.one("was"), keep_blank_values=True, max_num_fields=20))
        draft = self._drafts(visit)[kind]
        listed = self.desk.choosing.on_list(visit.held, kind, draft)
        shown, ticked = frozenset(form.all("shown")), frozenset(form.all("tick"))
        wanted = form.choice("do", ("search", "back", "next", "all", "none", "preview", "done"))
        mode = form.one("mode") or draft.mode
        rules = frozenset(map(_rule, form.all("rule"))) if form.one("rules") else draft.rules
        if mode == EVERYONE and (ticked - listed or rules - draft.rules):
            # Whoever ticks somebody means a selection, and forgot to say so above.
            mode = "only"
        found = frozenset[str]()
        if wanted in ("all", "none"):
            found = frozenset(c.mis_id for c in self.desk.choosing.candidates(visit.held, kind, view.search(listed)))
            mode = "only" if mode == EVERYONE and wanted == "all" else mode
        tick, untick = (found, found) if wanted in ("all", "none") else (ticked, shown - ticked)
        self.desk.choosing.change(
            visit.held,
            kind,
            mode,
            tick=tick if wanted != "none" else (),
            untick=untick if wanted != "all" else (),
            rules=rules,
        )
        if wanted == "done":
            return go(f"{visit.base}/people")
        if wanted == "preview":
            return go(f"{visit.base}/people/{_NAMES[kind].lower()}/preview")
        if wanted == "search":
            view = view_of([*form.values, ("page", "1")])
        page = view.page + {"next": 1, "back": -1}.get(wanted, 0)
        return go(f"{visit.base}/people/{_NAMES[kind].lower()}?{view.query(max(page, 1))}")
