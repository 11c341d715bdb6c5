"""Pages made from templates; whatever stands in one is escaped."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape


def coded(text: str) -> Markup:
    """A text in which what stands between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


_pages = Environment(
    loader=PackageLoader("rollbook.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["coded"] = coded


def render(template: str, **facts: Any) -> str:
    """A page."""
    return _pages.get_template(template).render(**facts)
