"""Assessments and their results of an invented school."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from ..model.assessment import (
    Aspect,
    AssessmentCategory,
    AssessmentResult,
    Grade,
    GradeSet,
    GradeSetHistory,
    MarkSet,
    Marksheet,
    ResultSet,
    Template,
    TemplateColumn,
)
from .attainment import Attainment
from .grading import SCALES
from .measures import CATEGORIES, DROPS, NATIONAL, US_DROPS, Measure, Sheet, measures_of, sheets_of
from .opened import Opened


def put_assessment(opened: Opened) -> None:
    """Add them."""
    setup = _Setup(opened)
    setup.put_categories()
    setup.put_scales()
    setup.put_aspects()
    setup.put_result_sets()
    for sheet in sheets_of(opened.plan):
        setup.put_template(sheet)
    attainment = Attainment(opened, setup.measures, setup.aspects, setup.result_sets)
    opened.stream(AssessmentResult, attainment.rows())


def _numbers(first: int) -> Iterator[str]:
    return map(str, count(first))


class _Setup:
    """The assessment setup of a school, as far as it has been made."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.plan = opened.plan
        self.supplier = f"{self.plan.estab[:3]} {self.plan.estab[3:]} {self.plan.name}"
        self.measures: dict[str, Measure] = {m.key: m for m in measures_of(self.plan)}
        self.categories: dict[str, str] = {}
        self.scales: dict[str, str] = {}
        self.aspects: dict[str, str] = {}
        self.result_sets: dict[str, str] = {}
        self.versions, self.grades, self.mark_sets = _numbers(97), _numbers(801), _numbers(131)
        self.templates, self.columns, self.marksheets = _numbers(1121), _numbers(13801), _numbers(5301)

    def put_categories(self) -> None:
        used = {m.category for m in self.measures.values()} | {s.category for s in sheets_of(self.plan)}
        for number, name in zip(_numbers(132), CATEGORIES, strict=False):
            if name in used:
                self.categories[name] = self.opened.put(AssessmentCategory, mis_id=number, name=name)

    def put_scales(self) -> None:
        used = {m.scale for m in self.measures.values()}
        for number, (key, scale) in zip(_numbers(74), SCALES.items(), strict=False):
            if key in used:
                self.scales[key] = self.opened.put(GradeSet, mis_id=number, name=scale.name, notes=scale.notes, exam=0)
                self.put_versions(key)

    def put_versions(self, key: str) -> None:
        for version in SCALES[key].versions:
            history = self.opened.put(
                GradeSetHistory,
                mis_id=next(self.versions),
                grade_set=self.scales[key],
                start=version.start,
                end=version.end,
            )
            for place, step in enumerate(version.steps, 1):
                self.opened.put(
                    Grade,
                    mis_id=next(self.grades),
                    version=history,
                    description=step.description,
                    value=step.value,
                    numeric_value=step.number,
                    display_order=place,
                )

    def put_aspects(self) -> None:
        for number, measure in enumerate(self.measures.values(), 701):
            self.aspects[measure.key] = self.opened.put(
                Aspect,
                mis_id=str(number),
                external_id=str(number - 609),
                kind="Integer" if measure.marks else "Grade",
                name=measure.name,
                description=measure.description or measure.name,
                supplier="National assessments" if measure in NATIONAL else self.supplier,
                grade_set=self.scales.get(measure.scale),
                exam=0,
                category=self.categories[measure.category],
                prior=int(measure in NATIONAL),
                **{stage: int(stage == measure.stage) for stage in ("ks1", "ks2", "ks3")},
            )
            if measure.marks:
                self.put_marks(measure)

    def put_marks(self, measure: Measure) -> None:
        least, most = (measure.marks.least, measure.marks.most) if measure.marks else (0, 0)
        aspect = self.aspects[measure.key]
        spans = [("2012-06-01", None, most)]
        if measure.key == "Reading":
            spans = [("2008-09-01", "2016-08-31", 180), ("2016-09-01", None, most)]
        for start, end, top in spans:
            self.opened.put(
                MarkSet, mis_id=next(self.mark_sets), aspect=aspect, start=start, end=end, least=least, most=top
            )

    def put_result_sets(self) -> None:
        for drop in US_DROPS if self.plan.american else DROPS:
            self.result_sets[drop.key] = self.opened.put(
                ResultSet,
                mis_id=drop.key,
                external_id=drop.key,
                name=drop.name,
                supplier=self.supplier,
                start=drop.start,
                end=drop.end,
                exam=0,
            )

    # ---- templates

    def put_template(self, sheet: Sheet) -> None:
        heads = self.opened.staff.teachers(sheet.subject) or self.opened.staff.teachers()
        group = self.opened.groups.years[sheet.year] if sheet.year is not None else None
        template = self.opened.put(
            Template,
            mis_id=next(self.templates),
            name=sheet.name,
            notes=sheet.notes,
            creator=heads[0].id,
            filter_group=group,
            category=self.categories[sheet.category],
        )
        for place, (heading, measure, drop, fixed) in enumerate(sheet.columns, 1):
            self.opened.put(
                TemplateColumn,
                mis_id=next(self.columns),
                template=template,
                heading=heading,
                aspect=self.aspects[measure],
                result_set=self.result_sets[drop] if drop else None,
                display_order=place,
                read_only=fixed,
            )
        for one in self.groups_of(sheet):
            self.opened.put(Marksheet, mis_id=next(self.marksheets), template=template, group=one)

    def groups_of(self, sheet: Sheet) -> list[str]:
        """The classes that are assessed on a sheet; the whole year where it belongs to no subject."""
        if sheet.subject:
            return list(self.classes(sheet.subject, sheet.year))
        return [self.opened.groups.years[sheet.year]] if sheet.year is not None else []

    def classes(self, subject: str, year: int | None) -> Iterator[str]:
        """The classes of a subject this year, in a year group or, where a class has none of its own, in any."""
        code = self.plan.year_code(year) if year is not None else ""
        for (name, written), group in self.opened.groups.teaching.items():
            mine = written.startswith(subject) if self.plan.american else _is_of(written, subject, code)
            if name == self.plan.this_year.name and mine:
                yield group


def _is_of(code: str, subject: str, year: str) -> bool:
    """Whether a class code such as `9X1/En` or `12A/Ma` is of a subject and year."""
    first, _, taught = code.partition("/")
    return taught == subject and first.startswith(year) and not first.removeprefix(year)[:1].isdigit()
