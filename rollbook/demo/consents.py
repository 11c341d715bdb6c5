"""What the parents of an invented school's students agreed to."""

from __future__ import annotations

from ..model.agreement import ConsentType, ParentalConsent
from .health import known_now
from .opened import Opened

ASKED = (
    ("Photographs within School", 0.94),
    ("Data Exchange", 0.97),
    ("Photographs on the School Website", 0.83),
    ("Local Visits on Foot", 0.96),
    ("Internet Access", 0.98),
    ("Cashless Catering by Fingerprint", 0.74),
    ("Transport by Minibus", 0.91),
)
"""What is asked, and the share of parents who agree."""


def put_consents(opened: Opened) -> None:
    """Add what is asked, and for each student what was agreed to; a few forms never came back."""
    rng = opened.chance_of("consents")
    asked = [(opened.put(ConsentType, description=words), share) for words, share in ASKED]
    for place in known_now(opened):
        if rng.random() < 0.03:
            continue
        for kind, share in asked:
            if rng.random() < share:
                opened.put(ParentalConsent, student=place.id, kind=kind)
