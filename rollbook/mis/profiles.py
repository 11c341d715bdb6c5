"""What each kind of MIS can take, and how it takes it (Xporter document, "Conduct Feature Support" and the notes of
each write-back endpoint)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """What one kind of MIS takes back; `name` is how validation messages name it."""

    name: str
    spelled: tuple[str, ...] = ()
    """How records name it (`School.mis`), in small letters."""
    attendance: bool = True
    statutory_comments: bool = True
    """Whether a mark of B, K or Y7 must come with a statutory comment, which the MIS keeps."""
    conduct: bool = True
    conduct_at_once: bool = True
    """Whether conduct is also taken while the caller waits, not only by the asynchronous endpoint."""
    many_students: bool = True
    """Whether one conduct record holds several students; if not, each student gets a record of their own."""
    any_staff_role: bool = True
    """Whether staff may have any role in a conduct record; if not, they are witnesses."""
    deletes: bool = True
    """Whether people and media can be taken off a conduct record."""
    media: bool = True
    needs_status: bool = True
    """Whether a behaviour record must name its status."""
    detention: bool = True
    everything_else: bool = True
    """Photographs, tags, seating plans, attributes and sign-in names."""


ROLLBOOK = Profile("Rollbook", ("rollbook", ""))
SIMS = Profile("SIMS", ("sims", "simsnet"))
BROMCOM = Profile(
    "Bromcom",
    ("bromcom",),
    attendance=False,
    statutory_comments=False,
    conduct_at_once=False,
    many_students=False,
    any_staff_role=False,
    deletes=False,
    media=False,
    needs_status=False,
    detention=False,
)

_KNOWN = {spelled: profile for profile in (ROLLBOOK, SIMS, BROMCOM) for spelled in profile.spelled}


def profile_of(mis: str) -> Profile:
    """The profile of the MIS that a school's records name; an unknown MIS accepts no write-backs."""
    return _KNOWN.get(mis.lower()) or Profile(
        mis,
        attendance=False,
        conduct=False,
        conduct_at_once=False,
        deletes=False,
        detention=False,
        everything_else=False,
    )
