"""Health, diet, meals, applications, consents, tags and attributes of an invented school."""

from __future__ import annotations

from .applications import put_applications
from .attributes import put_attributes
from .clinics import put_clinics
from .consents import put_consents
from .health import put_health
from .meals import put_meals
from .opened import Opened
from .remembered import put_remembered
from .tags import put_tags


def put_welfare(opened: Opened) -> None:
    """Add them."""
    put_remembered(opened)
    asthmatic = put_health(opened)
    put_clinics(opened, asthmatic)
    put_meals(opened)
    put_consents(opened)
    put_applications(opened)
    put_tags(opened)
    put_attributes(opened)
