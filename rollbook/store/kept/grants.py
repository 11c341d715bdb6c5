"""What schools granted to apps, from authorisation to end, with what was agreed and when it ends."""

from __future__ import annotations

from .statements import Statements

ENDED = 'EXISTS (SELECT 1 FROM ending WHERE ending."grant" = g.id AND ending.at <= hub_now())'
"""Whether the moment has come that a school named for the end of a grant `g`."""

STATE = f"CASE WHEN {ENDED} THEN 'revoked' ELSE g.state END"
"""The state of a grant `g` now: a moment that has come counts before anybody has written it down."""


class Grants(Statements):
    """What schools granted to apps, from authorisation to end, with what was agreed and when it ends."""
