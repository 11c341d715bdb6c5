"""Erasing one human, as article 17 of the GDPR has it: whatever is about them goes, and does not come back."""

from .erasing import Erased, Preview, again, end_due, erase, foretell, let_back, tidied, tidy_later
from .listing import read_list, write_list
from .returning import set_erased_aside
from .whom import alike, places

__all__ = [
    "Erased",
    "Preview",
    "again",
    "alike",
    "end_due",
    "erase",
    "foretell",
    "let_back",
    "places",
    "read_list",
    "set_erased_aside",
    "tidied",
    "tidy_later",
    "write_list",
]
