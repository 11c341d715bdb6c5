"""The pages on which a school chooses the people whom an app may read of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..api.messages import Response
from ..consent import Desk, Grant
from ..consent.choosing import EVERYONE, Draft, Search
from ..consent.filtering import KINDS
from ..errors import Conflict
from .forms import Form
from .visiting import Visit, go

PAGE = 60
"""How many people stand on a page."""

_NAMES = {"Student": "Students", "Staff": "Staff", "Contact": "Contacts"}


@dataclass(frozen=True)
class View:
    """Which people a page shows."""

    text: str = ""
    leavers: bool = False
    ticked: bool = False
    page: int = 1

    def search(self, draft: Draft) -> Search:
        """Those who are looked for."""
        # Somebody who is ticked and has left is shown all the same, or could not be unticked.
        return Search(self.text, self.leavers, draft.people if self.ticked else None)

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


def told(kind: str, draft: Draft) -> str:
    """A choice in words."""
    name, number = _NAMES[kind], len(draft.people)
    if draft.mode == EVERYONE:
        return f"{name}: everyone"
    return f"{name}: {'only the' if draft.mode == 'only' else 'everyone except the'} {number} chosen"


def summary(desk: Desk, grant: Grant) -> list[str]:
    """What a grant holds of each kind of person, in words."""
    return [told(kind, desk.chosen(grant, kind)) for kind in KINDS]


class Choosing:
    """Shows the draft of a choice, and changes it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        paths = {f"people/{name.lower()}": kind for kind, name in _NAMES.items()}
        self.reads = {"people": self.kinds, **{path: partial(self.people, kind) for path, kind in paths.items()}}
        self.does = {path: partial(self.change, kind) for path, kind in paths.items()}

    def _draft(self, visit: Visit, kind: str) -> Draft:
        draft = self.desk.draft(visit.held).get(kind)
        if draft is None:
            raise Conflict("nobody is choosing people now", hint="begin on the page of the authorisation")
        return draft

    def kinds(self, visit: Visit, query: list[tuple[str, str]]) -> Response:
        """What has been chosen so far, kind by kind."""
        kinds: list[dict[str, Any]] = []
        for kind in KINDS:
            draft = self._draft(visit, kind)
            nobody = draft.mode == "only" and not draft.people
            kinds.append(
                {"name": _NAMES[kind], "path": _NAMES[kind].lower(), "told": told(kind, draft), "nobody": nobody}
            )
        return visit.page(
            "people.html",
            kinds=kinds,
            first=self.desk.first_choice(visit.held),
            proofs={a: visit.proof(a) for a in ("confirm", "keep")},
        )

    def people(self, kind: str, visit: Visit, query: list[tuple[str, str]]) -> Response:
        """The people of one kind who are looked for, with those ticked who are chosen so far."""
        draft, view = self._draft(visit, kind), view_of(query)
        path, name = _NAMES[kind].lower(), _NAMES[kind]
        found = self.desk.count_candidates(visit.held, kind, view.search(draft))
        pages = max(-(-found // PAGE), 1)
        page = min(view.page, pages)
        people = self.desk.candidates(visit.held, kind, view.search(draft), PAGE, (page - 1) * PAGE)
        modes = (
            (EVERYONE, "Everyone"),
            ("only", "Only those ticked below"),
            ("except", "Everyone except those ticked below"),
        )
        return visit.page(
            "choose.html",
            path=path,
            name=name,
            told=told(kind, draft),
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
            chosen=draft.people,
            proof=visit.proof(f"people/{path}"),
        )

    def change(self, kind: str, visit: Visit, form: Form) -> Response:
        """Keep what is ticked on the page, then do what the button says."""
        view = view_of(parse_qsl(form.one("was"), keep_blank_values=True, max_num_fields=20))
        draft = self._draft(visit, kind)
        shown, ticked = frozenset(form.all("shown")), frozenset(form.all("tick"))
        wanted = form.choice("do", ("search", "back", "next", "all", "none", "done"))
        mode = form.one("mode") or draft.mode
        if mode == EVERYONE and ticked - draft.people:
            # Whoever ticks somebody means a selection, and forgot to say so above.
            mode = "only"
        found = frozenset[str]()
        if wanted in ("all", "none"):
            found = frozenset(c.mis_id for c in self.desk.candidates(visit.held, kind, view.search(draft)))
            mode = "only" if mode == EVERYONE and wanted == "all" else mode
        tick, untick = (found, found) if wanted in ("all", "none") else (ticked, shown - ticked)
        self.desk.change_draft(
            visit.held,
            kind,
            mode,
            tick=tick if wanted != "none" else (),
            untick=untick if wanted != "all" else (),
        )
        if wanted == "done":
            return go(f"{visit.base}/people")
        if wanted == "search":
            view = view_of([*form.values, ("page", "1")])
        page = view.page + {"next": 1, "back": -1}.get(wanted, 0)
        return go(f"{visit.base}/people/{_NAMES[kind].lower()}?{view.query(max(page, 1))}")
