"""Research, the API of BrainSTEM: projects, subjects and cohorts, with students under pseudonyms among the subjects."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from ...api.dated import says
from ...api.messages import Request, Response
from ...consent.research import (
    ANSWERED,
    DECIDED,
    KEEPERS,
    Caller,
    Portal,
    ResearchDesk,
    Work,
    ask_to_join,
    leave_team,
    take_back,
    write_line,
)
from ...consent.slips import asks
from ...errors import Malformed, NotFound, Problem, RollbookError, TooManyRequests, Unavailable, nearest
from . import downloading, openapi, signing_in
from .answering import find_one, read_list, read_one
from .asking import Asked, understand_query
from .bodies import REQUIRED, json_body, taken
from .catalogue import ADDRESSES, BY_RECORD, RESOURCES, Resource
from .entries import line_of
from .values import Wrong, day, items, number, text, uuid
from .wire import NotAllowed, base, failure, nothing, paged, success

__all__ = ["Research"]

READS = ("GET", "HEAD")


class Research:
    """The dialect's handler: finds what a path means, admits the caller, answers."""

    prefixes = ("/api/private/", "/api/public/", "/api/super/", "/api/token", "/api/auth/device")

    def __init__(self, desk: ResearchDesk) -> None:
        self.desk = desk

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self.route(request)
        except (Unavailable, TooManyRequests):
            raise
        except RollbookError as error:
            return self.refuse(request, error)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error in the API's own form."""
        return failure(error)

    def party(self, request: Request) -> str | None:
        """None: how often a password may be wrong is counted where passwords are kept, for each user."""
        return None

    def route(self, request: Request) -> Response:
        # Clients send a slash at the end, but for actions; documents show none. A redirect would make a POST a GET.
        steps = request.path.strip("/").split("/")[1:]
        if steps in (["token"], ["auth", "device"], ["auth", "device", "token"]):
            return signing_in.answer(self.desk.accounts, request, steps)
        if steps == ["public", "openapi.json"]:
            _allow(request, READS)
            return Response(msgspec.json.encode(openapi.document(base(request))), keep=True)
        if steps[0] not in {p.value for p in Portal}:
            raise NotFound(Problem("", "is not an address of the research API"))
        portal = Portal(steps[0])
        caller, expires = self.desk.admit(portal, _token(request))
        resource = _resource(steps[1:])
        asks(resource.name)
        rest = steps[3:]
        if resource.name == "cohort" and rest == ["draw"]:
            return self.draw(request, caller)
        if resource.name == "cohort" and rest[1:] == ["export"] and portal is not Portal.PUBLIC:
            return self.export(request, caller, rest[0])
        if resource.name == "project" and rest[1:] == ["counts"]:
            return self.counts(request, caller, rest[0])
        if not rest:
            return self.listed(request, caller, resource, expires)
        if len(rest) == 1:
            return self.single(request, caller, resource, rest[0], expires)
        if len(rest) == 2 and rest[1] in resource.actions and portal is not Portal.PUBLIC:
            return self.act(request, caller, resource, rest[0], rest[1])
        raise NotFound

    # ---- lists

    def listed(self, request: Request, caller: Caller, resource: Resource, expires: float) -> Response:
        writes = caller.portal is not Portal.PUBLIC and "add" in resource.does
        _allow(request, (*READS, "POST") if writes else READS)
        if request.method == "POST":
            return self.add(request, caller, resource)
        asked = understand_query(resource, request.query, one=False)
        reader = self.desk.reader(caller)
        rests_on = reader.rests_on()
        answer, count = read_list(reader, resource, asked)
        pages = paged(request, asked, count)
        # The addresses of other pages are told as this caller reached the hub, which is not part of the question.
        alone = pages["next"] is None and pages["previous"] is None
        return self.kept(request, caller, expires, {**answer, **pages}, rests_on, keep=alone)

    def add(self, request: Request, caller: Caller, resource: Resource) -> Response:
        values, problems = taken(resource, json_body(request.body), whole=True)
        for name, attribute in resource.attributes.items():
            if attribute.unset is not None and not attribute.read_only and attribute.shown:
                values.setdefault(name, attribute.take(attribute.unset))
        if resource.of in ANSWERED:
            self.desk.may_invite(caller)
        with self.desk.writing(caller) as work:
            work.problems += problems
            made, identity = KEEPERS[resource.of].add(work, values)
        return success(find_one(self.desk.reader(caller), BY_RECORD[made], identity), 201)

    # ---- one

    def single(self, request: Request, caller: Caller, resource: Resource, shown: str, expires: float) -> Response:
        writes = caller.portal is not Portal.PUBLIC
        change = ("PUT", "PATCH") if writes and "change" in resource.does else ()
        delete = ("DELETE",) if writes and "delete" in resource.does else ()
        _allow(request, (*READS, *change, *delete))
        identity = _identity(resource, shown)
        if request.method in change:
            return self.change(request, caller, resource, identity)
        if request.method == "DELETE":
            with self.desk.writing(caller) as work:
                KEEPERS[resource.of].remove(work, work.located(resource.of, str(identity)))
            return nothing()
        asked = understand_query(resource, request.query, one=True)
        reader = self.desk.reader(caller)
        rests_on = reader.rests_on()
        return self.kept(request, caller, expires, read_one(reader, resource, identity, asked), rests_on, keep=True)

    def change(self, request: Request, caller: Caller, resource: Resource, shown: str | int) -> Response:
        values, problems = taken(resource, json_body(request.body), whole=request.method == "PUT")
        with self.desk.writing(caller) as work:
            identity = work.located(resource.of, str(shown))
            work.problems += problems
            made, identity = KEEPERS[resource.of].change(work, identity, values)
        reader = self.desk.reader(caller)
        try:
            return success(find_one(reader, BY_RECORD[made], identity))
        except NotFound:
            # Whoever has left a project or moved a subject out of sight may not see what they changed.
            return nothing()

    def kept(
        self, request: Request, caller: Caller, expires: float, answer: object, rests_on: object, *, keep: bool
    ) -> Response:
        """An answer that stays true until what it rests on moves."""
        response = success(answer)

        def now_rests_on() -> object:
            again, _ = self.desk.admit(caller.portal, _token(request))
            return self.desk.reader(again).rests_on()

        return Response(response.body, keep=keep, until=expires, rests_on=rests_on, now_rests_on=now_rests_on)

    # ---- actions

    def act(self, request: Request, caller: Caller, resource: Resource, shown: str, action: str) -> Response:
        # Clients send GET with `load(options=...)` and PATCH with `save(options=...)`; the documents show both.
        _allow(request, ("GET", "POST", "PATCH"))
        identity = _identity(resource, shown)
        answer = read_one(self.desk.reader(caller), resource, identity, Asked())
        with self.desk.writing(caller) as work:
            located = work.located(resource.of, str(identity))
            if resource.name == "subject_log":
                how = action.partition("_")[0]
                line, problems = line_of(answer[resource.name]["type"], how, json_body(request.body))
                write_line(work, located, how, line, problems)
            else:
                _act(work, resource, located, action)
        if resource.of in ANSWERED:
            return success(answer)
        return success(read_one(self.desk.reader(caller), resource, identity, Asked()))

    def draw(self, request: Request, caller: Caller) -> Response:
        """Our own addition: a cohort of the students of a school's group, by pseudonyms."""
        _allow(request, ("POST",) if caller.portal is not Portal.PUBLIC else ())
        sent = json_body(request.body)
        cohort = RESOURCES["cohort"]
        values, problems = taken(cohort, {n: sent[n] for n in ("name", "project") if n in sent}, whole=True)
        school, group = (_word(sent, name, problems) for name in ("school", "group"))
        as_of = _day(sent, "as_of", problems)
        with self.desk.writing(caller) as work:
            work.problems += problems
            work.settle()
            made = self.desk.draw(work, values["project"], school, group, values["name"], as_of)
        answer = success(find_one(self.desk.reader(caller), cohort, made), 201)
        if not as_of:
            return answer
        return replace(answer, headers=(*answer.headers, says(as_of, self.desk.kept_since(school))))

    def counts(self, request: Request, caller: Caller, shown: str) -> Response:
        """Our own addition: how many students a project studies, for anybody to read, never fewer than a few."""
        asks("project/{id}/counts")
        writes = caller.portal is not Portal.PUBLIC
        _allow(request, (*READS, *(("POST", "DELETE") if writes else ())))
        project = str(_identity(RESOURCES["project"], shown))
        _no_parameters(request)
        if request.method in READS:
            return success({"counts": self.desk.published(caller, project)})
        problems: list[Problem] = []
        by = _words(json_body(request.body), "by", problems)
        with self.desk.writing(caller) as work:
            work.problems += problems
            if request.method == "DELETE":
                take_back(work, project)
                return nothing()
            self.desk.publish(work, project, by)
        return success({"counts": self.desk.published(caller, project)}, 201)

    def export(self, request: Request, caller: Caller, shown: str) -> Response:
        """Our own addition: a cohort's subjects as files, with what schools let the project know of students."""
        asks("cohort/{id}/export")
        _allow(request, READS)
        cohort = RESOURCES["cohort"]
        identity = _identity(cohort, shown)
        form = downloading.wanted_format(request.query)
        whole = Asked(include={"subjects": {"strain": {}}})
        found = read_one(self.desk.reader(caller), cohort, identity, whole)
        subjects = found.get("subjects", [])
        strains = {strain["id"]: strain["name"] for strain in found.get("strains", [])}
        known = self.desk.known_of(found["cohort"]["project"], [one["id"] for one in subjects])
        return downloading.download(str(identity), downloading.table(subjects, strains, known), form)


def _token(request: Request) -> str:
    kind, _, token = request.header("authorization").strip().partition(" ")
    # Older documents say `Token`.
    return token.strip() if kind.lower() in ("bearer", "token") else ""


def _resource(steps: list[str]) -> Resource:
    found = ADDRESSES.get((steps[0], steps[1])) if len(steps) > 1 else None
    if found is None:
        known = [f"{app}/{name}" for app, name in ADDRESSES]
        raise NotFound(Problem("", "Not found.", nearest("/".join(steps[:2])[:80], known)))
    return found


def _identity(resource: Resource, shown: str) -> str | int:
    try:
        return number(shown) if resource.identity.kind == "number" else uuid(shown)
    except Wrong:
        raise NotFound from None


def _allow(request: Request, allowed: tuple[str, ...]) -> None:
    if request.method not in allowed:
        raise NotAllowed(request.method, allowed)


def _word(sent: dict[str, object], name: str, problems: list[Problem]) -> str:
    value = sent.get(name)
    if value is None:
        problems.append(Problem(name, REQUIRED))
    elif not isinstance(value, str | int) or isinstance(value, bool):
        problems.append(Problem(name, "Not a valid string."))
    else:
        return str(value)
    return ""


def _day(sent: dict[str, object], name: str, problems: list[Problem]) -> str:
    try:
        return day(sent[name]) if sent.get(name) is not None else ""
    except Wrong as error:
        problems.append(Problem(name, str(error)))
        return ""


def _words(sent: dict[str, object], name: str, problems: list[Problem]) -> list[str]:
    value = sent.get(name, [])
    try:
        return [text(one, 100) for one in items(value)]
    except Wrong as error:
        problems.append(Problem(name, str(error)))
        return []


def _no_parameters(request: Request) -> None:
    problems = [Problem(name[:80], "is not a parameter") for name, _ in request.query]
    if problems:
        raise Malformed(*problems)


def _act(work: Work, resource: Resource, identity: str, action: str) -> None:
    if action == "join":
        ask_to_join(work, identity)
    elif action == "leave":
        leave_team(work, identity)
    elif resource.of in DECIDED:
        DECIDED[resource.of].decide(work, identity, accept=action == "accept")
    elif action == "cancel":
        ANSWERED[resource.of].remove(work, identity)
    else:
        ANSWERED[resource.of].answer(work, identity, accept=action == "accept")
