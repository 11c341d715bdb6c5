"""Special needs, agencies, interventions and exclusions of an invented school."""

from __future__ import annotations

from .agencies import put_agencies
from .exclusions import put_exclusions
from .interventions import put_interventions
from .needs import put_needs
from .opened import Opened
from .provision import put_provision


def put_support(opened: Opened) -> None:
    """Add them."""
    outside = put_agencies(opened)
    load = put_needs(opened, outside)
    put_provision(load)
    put_interventions(load)
    put_exclusions(opened, outside)
