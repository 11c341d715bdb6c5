"""The operator's page of how the hub is set up: each setting and where it is from, how the hub does, and versions."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version

from .. import __version__
from ..api.messages import Response
from ..errors import Problem
from ..settings import told
from .guests import Guest, Routes
from .operating import hub_page, must_operate

PARTS = ("apsw", "argon2-cffi", "authlib", "cryptography", "httpx", "jinja2", "msgspec", "psycopg", "uvicorn")
"""The libraries of whose versions those who run a hub are asked first."""

CHECKED = {
    "store": "Records can be read",
    "ledger": "Disclosures are written down",
    "worker": "Jobs are done",
    "disk": "There is room on the disk",
    "clock": "The clock has not gone back",
    "migrations": "The records have the layout that this program knows",
}


class Configured:
    """The page of how the hub is set up."""

    def __init__(self, checks: Callable[[], Mapping[str, str]]) -> None:
        self._checks = checks
        self.routes = Routes({"hub/settings": lambda guest, _: self.front(guest)}, {})

    def front(self, guest: Guest) -> Response:
        """Every setting, each check, and versions; secrets are shown to nobody."""
        must_operate(guest)
        wrong, store = list[Problem](), guest.desk.store
        rows = told(os.environ, wrong)
        checks = [(CHECKED.get(name, name), why) for name, why in self._checks().items()]
        versions = [("Rollbook", __version__), ("Python", platform.python_version()), ("Records", store.engine()),
                    ("Layout of the records", str(store.layout())), ("Data directory", str(store.folder)),
                    *((name, found) for name in PARTS if (found := _version(name)))]  # fmt: skip
        return hub_page(guest, "configured.html", "Settings", rows=rows, checks=checks, versions=versions,
                        wrong=[str(problem) for problem in wrong])  # fmt: skip


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
