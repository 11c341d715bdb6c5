"""What all records of research have in common: names, numbers, and references to each other."""

from __future__ import annotations

from ...fields import Record, Ref
from ...model.research import HUB, Project, ResearchTag, SubjectLog
from ..references import id_of, key_of
from .statements import Statements


class Research(Statements):
    """Names and numbers of research records, references to them, and their tags."""

    def numbered(self, record: type[Record], number: int) -> str | None:
        """The hub id of the user or group with a number."""
        return self._value(f'SELECT id FROM "{record.table}" WHERE district = {HUB} AND number = ?', (number,))

    def named(self, record: type[Record], name: str, project: str = "") -> list[str]:
        """The hub ids of the records of a kind with a name, those of one project where one is given."""
        within = f" AND project = {key_of(Project, HUB, '?')}" if project else ""
        values = (name, project) if project else (name,)
        rows = self._rows(f'SELECT id FROM "{record.table}" WHERE district = {HUB} AND name = ?{within}', values)
        return [identity for (identity,) in rows]

    def referred(self, ref: Ref, identity: str) -> bool:
        """Whether any record refers to one by a reference."""
        found = f'SELECT 1 FROM "{ref.owner.table}" WHERE district = {HUB} AND "{ref.name}" = {_key(ref)} LIMIT 1'
        return self._row(found, (identity,)) is not None

    def projects(self, place: Ref, identity: str) -> dict[str, str]:
        """The projects that a record belongs to, each with the hub id of the record of its place."""
        rows = self._rows(
            f'SELECT {id_of(_ref(place.owner, "project"), "p")}, p.id FROM "{place.owner.table}" p'
            f' WHERE p.district = {HUB} AND p."{place.name}" = {_key(place)}',
            (identity,),
        )
        return dict(rows)

    def of_project(self, place: Ref, project: str) -> list[str]:
        """The records of a kind that belong to a project; `place` leads to them."""
        rows = self._rows(
            f'SELECT {id_of(place, "p")} FROM "{place.owner.table}" p'
            f" WHERE p.district = {HUB} AND p.project = {_PROJECT}",
            (project,),
        )
        return [found for (found,) in rows]

    def lined_up(self, holder: Ref, member: Ref, identity: str) -> dict[str, str]:
        """What a record holds in order, each with the hub id of the record of its place."""
        rows = self._rows(
            f'SELECT {id_of(member, "p")}, p.id FROM "{member.owner.table}" p'
            f' WHERE p.district = {HUB} AND p."{holder.name}" = {_key(holder)} ORDER BY p.position',
            (identity,),
        )
        return dict(rows)

    def places(self, holder: Ref, member: Ref, identity: str, project: str) -> list[str]:
        """The hub ids of the records of a member's places in what holds such of a project."""
        rows = self._rows(
            f'SELECT p.id FROM "{member.owner.table}" p JOIN "{holder.target.table}" h ON h.district = p.district'
            f' AND h.key = p."{holder.name}" WHERE p.district = {HUB} AND p."{member.name}" = {_key(member)}'
            f" AND h.project = {_PROJECT}",
            (identity, project),
        )
        return [place for (place,) in rows]

    def entry(self, log: str, began: str) -> str:
        """The hub id of the line of a log that is of a moment; "" for none."""
        sql = f"SELECT id FROM log_entry WHERE district = {HUB} AND log = {key_of(SubjectLog, HUB, '?')} AND began = ?"
        return self._value(sql, (log, began)) or ""

    def tags(self, bearer: Ref, identity: str) -> list[tuple[str, str]]:
        """The hub ids and words of the tags of a record, in order; `bearer` is the reference that leads to it."""
        rows = self._rows(
            f'SELECT id, name FROM "{ResearchTag.table}" WHERE district = {HUB} AND "{bearer.name}" = {_key(bearer)}'
            " ORDER BY position",
            (identity,),
        )
        return [(tag, name) for tag, name in rows]


_PROJECT = key_of(Project, HUB, "?")


def _ref(record: type[Record], name: str) -> Ref:
    found = record.fields[name]
    assert isinstance(found, Ref)
    return found


def _key(ref: Ref) -> str:
    return key_of(ref.target, HUB, "?")
