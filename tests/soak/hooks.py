"""The calls that a hub has made to its apps."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty
from urllib.parse import parse_qs, urlsplit

from ..receiver import Receiver


@dataclass
class Hooks:
    """What a real receiver was told."""

    receiver: Receiver
    done: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    """The webhook ids under which each call came, by what it was promised for."""
    outcomes: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    changed: Counter[str] = field(default_factory=Counter[str])
    """How often each subscriber was told of changes."""

    def hear(self) -> None:
        """Take in what has come by now."""
        while True:
            try:
                _, path, headers, _ = self.receiver.got.get(timeout=0.05)
            except Empty:
                return
            parts = urlsplit(path)
            query = {name: value for name, (value, *_) in parse_qs(parts.query).items()}
            if parts.path == "/changed":
                self.changed[query["who"]] += 1
                continue
            self.done.setdefault(query["id"], Counter())[headers["webhook-id"]] += 1
            if parts.path == "/done":
                self.outcomes.setdefault(query["id"], set()).add(query.get("XodCompleted", ""))

    def hear_until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Whether something holds within some seconds, while what comes is taken in."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.hear()
            if holds():
                return True
            time.sleep(0.2)
        return holds()

    @property
    def repeats(self) -> int:
        """How many calls came again."""
        return sum(sum(ids.values()) - 1 for ids in self.done.values())
