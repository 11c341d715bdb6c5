"""Settings of a data directory."""

from __future__ import annotations

from .statements import Statements


class Settings(Statements):
    """Settings of a data directory."""

    def get(self, name: str) -> str | None:
        """A setting."""
        return self._value("SELECT value FROM setting WHERE name = ?", (name,))

    def put(self, name: str, value: str) -> None:
        """Change a setting."""
        self._do(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )
