"""Recent results, kept to avoid calculating them again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, MutableMapping
from typing import Any, Generic, TypeVar

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
