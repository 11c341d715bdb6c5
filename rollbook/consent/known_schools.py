"""The schools of a hub as anybody may know them: the facts that public registers of schools have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..store.sqlite import Store


@dataclass(frozen=True)
class KnownSchool:
    """A school's public facts; nothing about its people."""

    estab: str
    name: str
    phase: str | None
    governance: str | None
    address: str | None
    post_code: str | None
    telephone: str | None
    web: str | None


@dataclass(frozen=True)
class Sought:
    """What a school is sought by; an empty text seeks by nothing."""

    words: str = ""
    """Each must be in the name, the address or the number."""
    post_code: str = ""
    telephone: str = ""
    authority: str = ""
    """The first three digits of the establishment number."""
    number: str = ""
    """The last four digits of the establishment number."""

    def by_anything(self) -> bool:
        """Whether anything was said."""
        return any((self.words, self.post_code, self.telephone, self.authority, self.number))

    def fits(self, school: KnownSchool) -> bool:
        """Whether a school is one of those sought."""
        said = " ".join((school.name, school.address or "", school.estab)).lower()
        where = _bare(f"{school.address or ''}{school.post_code or ''}")
        return (
            all(word in said for word in self.words.lower().split())
            and _bare(self.post_code) in where
            and _bare(self.telephone) in _bare(school.telephone or "")
            and school.estab.startswith(self.authority)
            and school.estab.endswith(self.number)
        )


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).lower()


def seek(store: Store, sought: Sought) -> Iterator[KnownSchool]:
    """The schools of the hub that are sought, by name."""
    rows = store.records.execute(
        "SELECT s.estab, s.name, s.phase, s.governance, s.address,"
        " (SELECT p.post_code FROM site p WHERE p.district = s.district AND p.school = s.id"
        " AND p.post_code IS NOT NULL ORDER BY p.is_main DESC LIMIT 1),"
        " s.telephone, s.web FROM school s WHERE s.estab IS NOT NULL AND s.name IS NOT NULL ORDER BY s.name, s.estab"
    )
    yield from (school for school in (KnownSchool(*row) for row in rows.fetchall()) if sought.fits(school))
