"""Invite a school or schools: SchoolRegister, with the school objects of the vendor's guide "Inviting Schools"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from ...api.messages import Request, Response
from ...consent import App, Desk
from ...consent.addresses import is_address, line_problems
from ...consent.invitations import Invitation
from ...consent.registering import Registration
from ...errors import Conflict, Malformed, NotFound, Problem, nearest
from ...jobs import PostOffice
from ...scopes import CATALOGUE
from .bodies import read_body, text_of
from .wire import success

MOST = 500
"""How many schools may be invited at a time."""

TYPES = ("Live", "Test")

INVITED = "OK"
"""The status of a school that has been invited: the one that public clients of the service take for success."""

NOT_FOUND = "School not found in EduBase"
"""What the service says of a school that it does not know; EduBase is the register of schools in England."""

FIELDS = (
    "Estab",
    "LeaCode",
    "DfesCode",
    "SchoolName",
    "SchoolContact",
    "SchoolContactFirstName",
    "SchoolContactLastName",
    "SchoolContactEmail",
    "SchoolContactPhone",
    "SchoolTechnicalContactName",
    "SchoolTechnicalContactEmail",
    "SchoolTechnicalContactPhone",
    "PartnerApplicationId",
    "PartnerName",
    "PartnerRegisteredEmail",
    "ScopesToAuthorise",
    "AuthParams",
    "WeAcceptGroupcallUsagePolicy",
)
"""The fields of a school; `Estab` is Rollbook's own, for `LeaCode` and `DfesCode` in one."""


@dataclass(frozen=True)
class Wanted:
    """One school to be invited, as it was asked for."""

    estab: str
    email: str
    name: str
    scopes: tuple[str, ...]
    said: dict[str, Any]


class Inviting:
    """Invites schools: nothing of a request that cannot be understood, else each school for itself."""

    def __init__(self, desk: Desk, office: PostOffice | None) -> None:
        self.desk = desk
        self.office = office

    def __call__(self, request: Request, app: App) -> Response:
        """Answer SchoolRegister: what came of each school, in the order in which they were named."""
        registration = self.desk.registrations.of(app)
        kind, wanted = understood(read_body(request), registration)
        if not registration.asks:
            raise Conflict(
                "the app has not said which scopes it needs", hint="the operator sets them with `rollbook apps ask`"
            )
        if kind == "Live" and not registration.live:
            raise Conflict("the app is registered as Test", hint="send RegistrationType Test until it is live")
        return success({"Schools": [self._invite(app, kind, one) for one in wanted]})

    def _invite(self, app: App, kind: str, one: Wanted) -> dict[str, Any]:
        try:
            district, _, _ = self.desk.schools.find(one.estab)
        except NotFound:
            district = 0
        if not district or district in self.desk.sandboxes.districts():
            return {**one.said, "Estab": one.estab, "Status": "NotFound", "Message": NOT_FOUND}
        live = kind == "Live"
        try:
            self.desk.invitations.may_ask(app, one.estab, live=live)
        except Conflict as error:
            told = str(error)
            return {**one.said, "Estab": one.estab, "Status": "AlreadyInvited", "Message": told[:1].upper() + told[1:]}
        post = self.office is not None
        made = self.desk.invitations.make(
            app, one.estab, email=one.email, name=one.name, live=live, scopes=one.scopes, mail=post
        )
        return {**one.said, "Estab": one.estab, "Status": INVITED, "Message": self._told(made)}

    def _told(self, made: Invitation) -> str | None:
        if self.office is None:
            return "No e-mail was sent: the hub has no mail server. Its operator can pass on the link."
        if not made.email:
            return "No e-mail was sent: the hub has no address for the school. Its operator can pass on the link."
        return None


def understood(body: dict[str, Any], registration: Registration) -> tuple[str, list[Wanted]]:
    """What a request asks for; raises `Malformed` with every problem."""
    said = {name.lower(): value for name, value in body.items()}
    wrong: list[Problem] = []
    kind = next((t for t in TYPES if str(said.get("registrationtype", "")).lower() == t.lower()), "")
    if not kind:
        wrong.append(Problem("RegistrationType", "must be Live or Test"))
    schools = said.get("schools")
    if not isinstance(schools, list) or not schools:
        wrong.append(Problem("Schools", "must be a list of schools"))
        schools = []
    if len(cast(list[Any], schools)) > MOST:
        raise Malformed(Problem("Schools", f"has more than {MOST} schools", "send several requests"))
    wanted = [_wanted(f"Schools[{n}]", one, registration, wrong) for n, one in enumerate(cast(list[Any], schools))]
    numbers = [w.estab for w in wanted if w.estab]
    twice = sorted({n for n in numbers if numbers.count(n) > 1})
    wrong += [Problem("Schools", f"{estab} is listed twice") for estab in twice]
    if wrong:
        raise Malformed(*wrong[:50])
    return kind, wanted


def _wanted(where: str, school: Any, registration: Registration, wrong: list[Problem]) -> Wanted:
    if not isinstance(school, dict):
        wrong.append(Problem(where, "is not an object"))
        return Wanted("", "", "", (), {})
    names = {n.lower(): n for n in FIELDS}
    found = {str(n).lower(): v for n, v in cast(dict[str, Any], school).items()}
    wrong += [Problem(f"{where}.{n[:60]}", "is not known", nearest(n[:60], FIELDS)) for n in found if n not in names]
    texts = {n: _text(f"{where}.{names[n]}", n, found[n], wrong) for n in names if n in found}
    estab = texts.get("estab") or texts.get("leacode", "") + texts.get("dfescode", "")
    if not (estab.isascii() and estab.isalnum()):
        wrong.append(Problem(where, "has no number", "send LeaCode and DfesCode, such as 328 and 1102"))
    email = texts.get("schoolcontactemail", "")
    if email and not is_address(email):
        wrong.append(Problem(f"{where}.SchoolContactEmail", "is not an e-mail address"))
    party = texts.get("partnerapplicationid") or registration.app.relying_party
    if party.lower() != registration.app.relying_party.lower():
        wrong.append(Problem(f"{where}.PartnerApplicationId", "is not the app that the token is for"))
    scopes = _scopes(f"{where}.ScopesToAuthorise", found.get("scopestoauthorise"), registration, wrong)
    name = f"{texts.get('schoolcontactfirstname', '')} {texts.get('schoolcontactlastname', '')}".strip()
    return Wanted(estab, email, name, scopes, {names[n]: v for n, v in found.items() if n in names})


# What a school's own words are not: lists, and what only the vendor's service knows.
_OTHERWISE = ("scopestoauthorise", "authparams", "weacceptgroupcallusagepolicy")


def _text(where: str, name: str, value: Any, wrong: list[Problem]) -> str:
    if name in _OTHERWISE or value is None:
        return ""
    text = text_of(value)
    if text is None:
        wrong.append(Problem(where, "must be a string"))
        return ""
    wrong += line_problems(where, text)
    return text.strip()


def _scopes(where: str, value: Any, registration: Registration, wrong: list[Problem]) -> tuple[str, ...]:
    """The scopes that are asked of one school, some of those that the app asks for; none where all are meant."""
    if value is None:
        return ()
    listed: list[Any] = value.split(",") if isinstance(value, str) else cast(list[Any], value)
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):  # pyright: ignore[reportUnnecessaryIsInstance]
        wrong.append(Problem(where, "must be a list of scopes or a comma-separated string"))
        return ()
    return tuple(_known(where, [str(one).strip() for one in listed if str(one).strip()], registration, wrong))


def _known(where: str, names: Iterable[str], registration: Registration, wrong: list[Problem]) -> Iterable[str]:
    asked, known = {n.lower(): n for n in registration.scopes}, {n.lower() for n in CATALOGUE}
    for name in names:
        if name.lower() in asked:
            yield asked[name.lower()]
        elif name.lower() in known:
            wrong.append(Problem(where, f"{name} is not a scope that the app requests", nearest(name, asked.values())))
        else:
            wrong.append(Problem(where, f"{name[:60]} is not a scope", nearest(name[:60], asked.values())))
