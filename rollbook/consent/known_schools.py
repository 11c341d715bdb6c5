"""The schools of a hub as anybody may know them: the facts that public registers of schools have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..store.kept.schools import KnownSchool as KnownSchool
from ..store.port import Store


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
    """The schools of the hub that are sought, by name; none that is invented."""
    invented = {one.estab for one in store.kept.sandboxes.every()}
    return (one for one in store.kept.schools.known() if one.estab not in invented and sought.fits(one))
