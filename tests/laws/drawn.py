"""How many cases a law draws whose cases take long: few that hold much, the same every time.

Set ROLLBOOK_LAW_EXAMPLES for so many, drawn anew each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

ASKED = os.environ.get("ROLLBOOK_LAW_EXAMPLES", "")


def cases(usual: int) -> settings:
    """So many cases; a failing one is large, and says what is wrong as it is."""
    return settings(
        max_examples=int(ASKED or usual),
        deadline=None,
        derandomize=not ASKED,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
