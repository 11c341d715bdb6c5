"""Recent results, kept to avoid calculating them again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, MutableMapping
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")


def once(known: MutableMapping[object, Any], key: object, make: Callable[[], Value]) -> Value:
    """What is known under a key, made when it is not there; whoever holds `known` decides how long that is true."""
    if key not in known:
        known[key] = make()
    return known[key]


class Recent(Generic[Value]):
    """The values that were asked for last, up to a number of them; serves any number of threads.

    Two threads that ask for the same at once may both make it; both are given the one that is kept.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value under a key, made when it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        made = make()
        with self._lock:
            value = self._values.setdefault(key, made)
            if len(self._values) > self.most:
                self._values.popitem(last=False)
            return value


class Forgetting(Protocol):
    """Whatever keeps what was told of people in memory, and can let go of it."""

    def forget(self) -> None:
        """Let go of everything, now or when it is next used."""
        ...


_HOLDERS: WeakSet[Forgetting] = WeakSet()


def holds(one: Forgetting) -> None:
    """From now on something keeps what was told of people."""
    _HOLDERS.add(one)


def forget_everybody() -> None:
    """Let everything go that is kept of people: somebody of them has been erased."""
    for one in list(_HOLDERS):
        one.forget()


OVERHEAD = 300
"""About how many bytes an entry of `Finished` takes beside what is said and made."""


class Finished(Generic[Value]):
    """What was made of texts that were met last, within a bound of bytes; serves any number of threads.

    It is for what depends on the text and on who makes it (`by`) alone, so that it can be given to anybody who has the
    same text. A value takes about `times` as many bytes as its text.
    """

    def __init__(self, bound: int, times: int) -> None:
        self.bound = bound
        self.held = 0
        """How many bytes are kept, about."""
        self._times = times + 1
        self._lock = threading.Lock()
        self._values: OrderedDict[tuple[Hashable, bytes], Value] = OrderedDict()
        holds(self)

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._values.clear()
            self.held = 0

    def get(self, by: Hashable, text: bytes, make: Callable[[bytes], Value]) -> Value:
        """What is made of a text."""
        key = by, text
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        made = make(text)
        with self._lock:
            if key not in self._values:
                self._put(key, made)
            return self._values.get(key, made)

    def _put(self, key: tuple[Hashable, bytes], made: Value) -> None:
        self._values[key] = made
        self.held += self._size(key[1])
        while self.held > self.bound:
            (_, text), _ = self._values.popitem(last=False)
            self.held -= self._size(text)

    def _size(self, text: bytes) -> int:
        return len(text) * self._times + OVERHEAD
