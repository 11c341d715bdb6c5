"""Paths of documents, such as `$.staffs[0].staffReference`, followed."""

from __future__ import annotations

import re
from typing import Any, cast

_STEPS = re.compile(r"\.(\w+)|\[(\d+)\]")


def reference_at(body: Any, path: str) -> dict[str, Any] | None:
    """The reference at a path of a document; nothing where it leads nowhere."""
    for name, number in _STEPS.findall(path):
        try:
            body = body[name] if name else body[int(number)]
        except (KeyError, IndexError, TypeError):
            return None
    return cast("dict[str, Any]", body) if isinstance(body, dict) else None


__all__ = ["reference_at"]
