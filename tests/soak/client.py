"""A client: it does one thing after another, judges each answer by what it knows, and looks over all at the end."""

from __future__ import annotations

import json
import random
import threading
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .wire import Answer, Counts, Line, Log, Wrong


@dataclass
class Field:
    """What all clients of a run share."""

    seed: int
    ports: Callable[[], list[int]]
    log: Log
    pause: float
    """Seconds for which a client thinks between two things, on average."""
    hooks: str = ""
    """The address at which the hub's calls are received."""
    ended: threading.Event = field(default_factory=threading.Event)
    faults: list[str] = field(default_factory=list[str])

    def fault(self, who: str, what: str) -> None:
        """Keep what was wrong."""
        self.log.put(who, "WRONG", what)
        self.faults.append(f"{who}: {what}")


class Client(ABC):
    """One of many, with a name of its own and an app of its own, or an account where people ask."""

    dialect = ""

    def __init__(self, field: Field, name: str) -> None:
        self.field, self.name = field, name
        self.dice = random.Random(f"{field.seed} {name}")
        self.line = Line(name, field.ports, field.log, self.dice)
        self.token = ""

    @property
    def counts(self) -> Counts:
        """What it asked for and got."""
        return self.line.counts

    def run(self) -> None:
        """Do things until told to end; what is wrong is kept, and the client goes on."""
        while not self.field.ended.is_set():
            self.judged(self.step)
            self.field.ended.wait(self.dice.expovariate(1 / self.field.pause))

    def judged(self, act: Callable[[], None]) -> None:
        """Do something, and keep what was wrong with it."""
        try:
            act()
        except Wrong as wrong:
            self.field.fault(self.name, str(wrong))
        except Exception:
            self.field.fault(self.name, traceback.format_exc(limit=-4))

    @abstractmethod
    def step(self) -> None:
        """Do one thing."""

    @abstractmethod
    def finish(self) -> None:
        """Look over everything, now that nobody writes and nobody is killed."""

    # ---- asking

    def sign_in(self) -> str:
        """The value of the Authorization header."""
        return self.token

    def ask(
        self,
        method: str,
        path: str,
        label: str,
        body: Any = None,
        *,
        tries: float = 1e9,
        signed: bool = True,
        **headers: str,
    ) -> Answer | None:
        """The answer to a request, which is sent until there is one, or some times."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if sent is not None:
            headers.setdefault("Content_Type", "application/json")
        if signed:
            headers["Authorization"] = self.sign_in()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.line.insist(method, path, label, sent, named, tries)

    def get(self, path: str, label: str) -> Any:
        """What a GET answers, which is 200."""
        return self.got(path, label).json

    def got(self, path: str, label: str) -> Answer:
        """The whole answer to a GET, which is 200."""
        answer = self.ask("GET", path, label)
        assert answer is not None
        expect(answer.status == 200, f"GET {path} was answered {answer.status}: {answer.body[:300]!r}")
        return answer


def expect(holds: bool, otherwise: str) -> None:
    """Say what is wrong unless something holds."""
    if not holds:
        raise Wrong(otherwise)


def same(found: Mapping[str, object], expected: Mapping[str, object], what: str) -> None:
    """Say how two mappings differ, unless they are equal."""
    if found == expected:
        return
    more, less = sorted(found.keys() - expected.keys()), sorted(expected.keys() - found.keys())
    differ = [(key, found[key], expected[key]) for key in found.keys() & expected.keys() if found[key] != expected[key]]
    counts = f"{len(more)} too many {more[:3]}, {len(less)} missing {less[:3]}, {len(differ)} differ"
    raise Wrong(f"{what}: {counts} {differ[:1]}")
