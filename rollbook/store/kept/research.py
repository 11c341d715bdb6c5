"""What all records of research have in common: names, numbers, and references to each other."""

from __future__ import annotations

from ...fields import Record, Ref
from ...model.research import HUB, Project, ResearchTag
from ..references import key_of
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

    def tags(self, bearer: Ref, identity: str) -> list[tuple[str, str]]:
        """The hub ids and words of the tags of a record, in order; `bearer` is the reference that leads to it."""
        rows = self._rows(
            f'SELECT id, name FROM "{ResearchTag.table}" WHERE district = {HUB} AND "{bearer.name}" = {_key(bearer)}'
            " ORDER BY position",
            (identity,),
        )
        return [(tag, name) for tag, name in rows]


def _key(ref: Ref) -> str:
    return key_of(ref.target, HUB, "?")
