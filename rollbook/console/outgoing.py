"""The operator's pages of what goes: erasing somebody, with what goes and what stays before it, and retention rules.

They do what `rollbook people erase` and `rollbook retention` do. What takes long, such as writing files anew, is left
to a worker.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..api.messages import Response
from ..errors import Malformed, NotFound
from ..ingest.erasing import alike, erase, foretell, places, tidy_later, write_list
from ..ingest.retaining import SUBJECTS, preview, rule_of, set_rule, told
from ..jobs import Queue
from .forms import Form
from .guests import Guest, Routes
from .operating import HERE, hub_page, must_operate
from .premises import looked_at
from .researching import lines_of
from .visiting import go

ERASE, RETENTION = f"{HERE}/erase", f"{HERE}/retention"

TELL_DAYS = 30
"""For how many days apps are told, unless another number is given."""

RUNS = 50
"""How many runs of rules one page shows."""


class Outgoing:
    """The pages of what goes."""

    def __init__(self) -> None:
        self.routes = Routes(
            {
                "hub/erase": lambda guest, _: self.look(guest),
                "hub/retention": lambda guest, _: self.rules(guest),
            },
            {
                "hub/erase/person": self.erase,
                "hub/retention/set": self.set,
                "hub/retention/run": self.run,
            },
        )

    # ---- erasing somebody

    def look(self, guest: Guest, wrong: Iterable[str] = (), person: str = "", status: int = 200) -> Response:
        """Whom words may mean; or what would go with somebody, what stays, and why."""
        must_operate(guest)
        said, store = dict(guest.request.query), guest.desk.store
        text, person = said.get("q", "").strip()[:100], person or said.get("person", "").strip()[:60]
        facts: dict[str, Any] = {"text": text, "found": [], "goes": [], "wrong": tuple(wrong)}
        try:
            if person:
                facts["goes"] = [foretell(store, *one) for one in places(store, person)]
            elif text:
                facts["found"] = list(alike(store, text))
        except NotFound as error:
            facts["wrong"] = lines_of(error)
        looked_at(guest, [*(one.person for one in facts["goes"]), *(one["id"] for one in facts["found"])],
                  "the page of erasing")  # fmt: skip
        facts["erasures"] = [(district.name, one) for district in store.kept.schools.districts()
                             for one in reversed(store.kept.erasures.of_district(district.number))]  # fmt: skip
        return hub_page(guest, "erase.html", "Erasing", days=TELL_DAYS, asked=bool(text), status=status,
                        **facts)  # fmt: skip

    def erase(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Erase somebody whose name was typed, and show the proof of it, which names them no longer."""
        must_operate(guest)
        store, person = guest.desk.store, form.one("person")
        where = places(store, person)
        called = foretell(store, *where[0]).called
        wrong = [] if form.one("called").strip() == called else [f"Type the name as it is shown: {called}"]
        days = form.one("days").strip() or str(TELL_DAYS)
        if not days.isascii() or not days.isdecimal() or int(days) > 365:
            wrong.append("Days are a whole number from 0 to 365")
        if wrong:
            return self.look(guest, wrong, person, 400)
        why = form.one("why").strip()[:200]
        done = [erase(store, district, one, by=guest.email, why=why, tell_days=int(days), tidy=False)
                for district, one in where]  # fmt: skip
        tidy_later(store)
        write_list(store)
        for one in done:
            guest.desk.roles.note(guest.email, "erased somebody", about=one.id)
        return hub_page(guest, "erased.html", "Erasing", done=done)

    # ---- rules

    def rules(self, guest: Guest, wrong: Iterable[str] = ()) -> Response:
        """Each rule with how much would go by it now, what there is no rule for, and what went."""
        must_operate(guest)
        store = guest.desk.store
        rules = store.kept.retention.rules()
        rows = [{**told(store, rule), "count": preview(store, rule), "rule": rule} for rule in rules]
        ruled = {rule.what for rule in rules}
        none = [(what, subject.about) for what, subject in SUBJECTS.items() if what not in ruled]
        runs = [{**told(store, one.rule), "at": one.at[:16].replace("T", " "), "gone": one.gone}
                for one in store.kept.retention.runs(RUNS)]  # fmt: skip
        districts = [one.name for one in store.kept.schools.districts()]
        return hub_page(guest, "retention.html", "Retention", rows=rows, none=none, runs=runs, whats=[*SUBJECTS],
                        districts=districts, wrong=tuple(wrong))  # fmt: skip

    def set(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Make a rule, change one, or with no days take it away."""
        must_operate(guest)
        days, what = form.one("days").strip(), form.one("what")
        try:
            if not days.isascii() or not days.isdecimal() or len(days) > 6:
                raise Malformed("days are a whole number", hint="0 takes the rule away")
            rule = rule_of(guest.desk.store, what, int(days), form.one("district").strip(), form.one("estab").strip())
        except (Malformed, NotFound) as error:
            return self.rules(guest, lines_of(error))
        set_rule(guest.desk.store, rule, guest.email)
        guest.desk.roles.note(guest.email, "set how long something stays", about=f"{what}: {int(days)} days")
        return go(RETENTION)

    def run(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Have a worker do now what it does once a day."""
        must_operate(guest)
        Queue(guest.desk.store, guest.desk.clock).add("retention", {}, key="daily")
        guest.desk.roles.note(guest.email, "had the retention rules run")
        return guest.said("The worker does what the rules say", "What went is listed once it is done.", back=RETENTION)
