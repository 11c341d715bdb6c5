"""Who asks: a session for a request, and the token that it shows, looked up in the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session, joinedload, sessionmaker

from .tables import Caller, Grant, School, Token

sessions = sessionmaker()
writing = sessionmaker()


def connect(path: str) -> None:
    """Open the database: many readers, and one connection that writes."""
    sessions.configure(bind=create_engine(f"sqlite:///{path}"))
    writing.configure(bind=_one_writer(path))


def _one_writer(path: str) -> Engine:
    # Transactions that read first and then write fail on SQLite when another one wrote meanwhile; one connection, whose
    # transactions begin by asking for the lock, has them wait in line instead.
    engine = create_engine(f"sqlite:///{path}", pool_size=1, max_overflow=0, pool_timeout=60)

    def opened(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA busy_timeout = 30000")

    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", opened)
    event.listen(engine, "begin", begun)
    return engine


def _opened() -> Generator[Session]:
    with sessions() as session:
        yield session


def _opened_to_write() -> Generator[Session]:
    with writing() as session:
        yield session


Database = Annotated[Session, Depends(_opened)]
WritableDatabase = Annotated[Session, Depends(_opened_to_write)]
Authorization = Annotated[str, Header()]


def _digest(authorization: str) -> str:
    return hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()


def _unknown() -> HTTPException:
    return HTTPException(401, "the token is not known, or has expired")


# ---- one school


def _admitted(estab: str, session: Database, authorization: Authorization = "") -> Token:
    token = session.scalar(select(Token).where(Token.hash == _digest(authorization)).options(joinedload(Token.school)))
    if token is None or token.expires < date.today().isoformat():
        raise _unknown()
    if token.school.estab != estab:
        raise HTTPException(403, "the token is for another school")
    return token


Admitted = Annotated[Token, Depends(_admitted)]


# ---- what schools let an app read


@dataclass(frozen=True)
class Reach:
    """A caller, the schools in reach, and the scopes that all of them granted."""

    caller: Caller
    grants: tuple[Grant, ...]

    @property
    def schools(self) -> list[str]:
        """The ids of the schools."""
        return [grant.school_id for grant in self.grants]

    def school(self, number: int) -> School | None:
        """The school with a number."""
        return next((g.school for g in self.grants if g.school.estab == str(number)), None)

    @cached_property
    def scopes(self) -> frozenset[str]:
        """What every school in reach granted."""
        held = [frozenset(json.loads(grant.scopes)) for grant in self.grants]
        return frozenset[str].intersection(*held) if held else frozenset()


def _reach(session: Session, authorization: str) -> Reach:
    caller = session.get(Caller, _digest(authorization))
    if caller is None or caller.expires < date.today().isoformat():
        raise _unknown()
    grants = session.scalars(select(Grant).where(Grant.app == caller.app).options(joinedload(Grant.school)))
    return Reach(caller, tuple(grants))


def _reading(session: Database, authorization: Authorization = "") -> Reach:
    return _reach(session, authorization)


def _writing(session: WritableDatabase, authorization: Authorization = "") -> Reach:
    reach = _reach(session, authorization)
    if not reach.caller.writes:
        raise HTTPException(403, "the token lets its holder read only")
    return reach


Reading = Annotated[Reach, Depends(_reading)]
Writing = Annotated[Reach, Depends(_writing)]
