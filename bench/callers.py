"""Who asks in the dialects that read a district: one app, one researcher, and what each shows to be admitted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from rollbook.consent import Desk
from rollbook.consent.research import KEEPERS, Caller, Portal, ResearchDesk
from rollbook.model.research import Project
from rollbook.store.sqlite import Store

from .schools import FORM, Measured

APP = "district.bench.example"
PEER_TOKEN = "bench-token-of-a-caller"
"""The typical server knows one caller, who is app and researcher."""

DAY = 86_400


@dataclass(frozen=True)
class Callers:
    """What a district's callers show: header values by dialect, and an Ed-Fi client's key and secret."""

    app: str
    """The hub id of the app."""
    researcher: str
    """The hub id of the researcher."""
    headers: dict[str, str]
    key: str
    secret: str


def make_callers(folder: Path, school: Measured) -> Callers:
    """An app to which one school granted everything, and a researcher into whose project its students are drawn."""
    with Store(folder) as store:
        desk = Desk(store)
        app, _ = desk.apps.add(APP, "Bench district")
        desk.grants.authorise(app, school.estab, ["all"])
        credential, secret = desk.credentials.add(app, "edfi", rights=["SISVendor"])
        edfi, _ = desk.tickets.exchange("edfi", credential.key, secret, DAY)
        _, edlink = desk.credentials.add(app, "edlink", district=school.district)
        roster, rostering = desk.credentials.add(app, "oneroster", district=school.district)
        users, _ = desk.tickets.exchange("oneroster", roster.key, rostering, DAY)
        research = ResearchDesk(desk)
        user = research.accounts.add_user("ada.fenn@bench.example", "Ada", "Fenn")
        with research.writing(Caller(Portal.PRIVATE, user)) as work:
            _, project = KEEPERS[Project].add(work, {"name": "Bench"})
        research.set_app(project, app)
        for form in range(math.ceil(school.students / FORM)):
            research.operator_draws(project, school.estab, f"R{form}", f"Form {form:04}")
        tokens = {"edfi": edfi, "edlink": edlink, "oneroster": users, "research": research.accounts.new_token(user)}
        headers = {dialect: f"Bearer {token}" for dialect, token in tokens.items()}
        return Callers(app.id, user.id, headers, credential.key, secret)
