"""lightbeam, a real client of Ed-Fi's API, as `make clients` installs it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

PLACE = Path(__file__).parent.parent / ".clients" / "edfi" / "bin"
PATIENCE = 300

Document = dict[str, Any]


def installed() -> bool:
    """Whether it is there."""
    return (PLACE / "lightbeam").exists()


@dataclass(frozen=True)
class Sender:
    """lightbeam pointed at one server."""

    folder: Path
    url: str
    key: str
    secret: str

    def send(self, documents: dict[str, Iterable[Document]]) -> float:
        """Send documents by resource; gives the seconds from the command's start to its end."""
        self.folder.mkdir(exist_ok=True)
        for old in self.folder.glob("*.jsonl"):
            old.unlink()
        for name, rows in documents.items():
            (self.folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        (self.folder / "lightbeam.yaml").write_text(json.dumps(self._settings()))
        command = [str(PLACE / "lightbeam"), "send", "-c", "lightbeam.yaml", "--results-file", "results"]
        around = {"PATH": f"{PLACE}:{os.environ['PATH']}", "HOME": str(self.folder), "PYTHONWARNINGS": "ignore"}
        began = perf_counter()
        done = subprocess.run(
            command, cwd=self.folder, env=around, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        took = perf_counter() - began
        self._check(done)
        return took

    def _check(self, done: subprocess.CompletedProcess[str]) -> None:
        results = self.folder / "results"
        told: dict[str, Any] = json.loads(results.read_text()) if results.exists() else {}
        if done.returncode or told.get("total_records_failed") or told.get("total_records_skipped"):
            raise RuntimeError(f"lightbeam did not send everything:\n{done.stderr[-2000:]}")

    def _settings(self) -> Document:
        return {
            "data_dir": "./",
            "state_dir": "./state",
            "edfi_api": {
                "base_url": self.url,
                "version": 3,
                "mode": "shared_instance",
                "client_id": self.key,
                "client_secret": self.secret,
            },
            "connection": {"verify_ssl": True},
        }
