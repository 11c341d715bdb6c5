"""Cohorts of research projects with their subjects, as BrainSTEM's clients ask for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from .admission import Database, Reading
from .tables import MEMBER, PROJECT, Grant, Student, Study, StudySubject, Subject


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value or {}


Text = Annotated[str, BeforeValidator(_or_empty)]


class SubjectRow(BaseModel):
    """A subject as shown."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    description: Text
    projects: list[str]
    strain: str
    sex: str
    genetic_line: Text
    subject_identifier: Text
    supplier: None = None
    birth_date: str | None
    death_date: str | None
    extra_fields: Annotated[dict[str, Any], BeforeValidator(_parsed)]
    procedures: list[str] = []
    subjectlogs: list[str] = []
    tags: list[str]
    name_used_in_storage: str | None


class CohortRow(BaseModel):
    """A cohort as shown."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    description: Text
    project: str
    subjects: list[str]
    tags: list[str]


class Meta(BaseModel):
    """Where the page stands."""

    page: int
    per_page: int
    total_results: int
    total_pages: int


class Page(BaseModel):
    """A page of cohorts, and the subjects that they hold."""

    cohorts: list[CohortRow]
    subjects: list[SubjectRow]
    meta: Meta
    count: int
    next: str | None = None
    previous: str | None = None


_ADAPTER = TypeAdapter(Page)

router = APIRouter()


def _seen(session: Session, subjects: Iterable[str], projects: list[str]) -> set[str]:
    """The subjects who may be seen: those who stand for a student while the school grants the project's app that."""
    grants = session.scalars(
        select(Grant).where(Grant.app.in_(select(PROJECT.c.app).where(PROJECT.c.id.in_(projects))))
    )
    schools = [g.school_id for g in grants if {"Student", "StudentLite"} & {*json.loads(g.scopes)}]
    found = session.scalars(
        select(Subject.id)
        .outerjoin(Student, Student.id == Subject.of_student)
        .where(Subject.id.in_(list(subjects)), Subject.of_student.is_(None) | Student.school_id.in_(schools))
    )
    return set(found)


@router.get("/research/cohorts")
def list_cohorts(
    reach: Reading, session: Database, limit: Annotated[int, Query(le=100)] = 20, offset: int = 0
) -> Response:
    """The cohorts of the caller's projects, with their subjects beside."""
    if not reach.caller.user_id:
        raise HTTPException(403, "the token is not a researcher's")
    mine = list(session.scalars(select(MEMBER.c.project_id).where(MEMBER.c.user_id == reach.caller.user_id)))
    where = Study.project_id.in_(mine)
    count = session.scalar(select(func.count()).select_from(Study).where(where)) or 0
    cohorts = list(
        session.scalars(
            select(Study)
            .where(where)
            .order_by(Study.name)
            .limit(limit)
            .offset(offset)
            .options(
                selectinload(Study.tagged),
                selectinload(Study.lined)
                .selectinload(StudySubject.subject)
                .options(selectinload(Subject.places), selectinload(Subject.tagged)),
            )
        )
    )
    lined = {place.subject_id: place.subject for cohort in cohorts for place in cohort.lined}
    seen = _seen(session, lined, mine)
    page = Page(
        cohorts=[_cohort(cohort, seen) for cohort in cohorts],
        subjects=[SubjectRow.model_validate(subject) for identity, subject in lined.items() if identity in seen],
        meta=Meta(
            page=offset // limit + 1, per_page=limit, total_results=count, total_pages=max(1, -(-count // limit))
        ),
        count=count,
    )
    return Response(_ADAPTER.dump_json(page), media_type="application/json")


def _cohort(cohort: Study, seen: set[str]) -> CohortRow:
    subjects = [place.subject_id for place in cohort.lined if place.subject_id in seen]
    return CohortRow(
        id=cohort.id,
        name=cohort.name,
        description=cohort.description or "",
        project=cohort.project_id,
        subjects=subjects,
        tags=[tag.name for tag in cohort.tagged],
    )
