"""What was worked out lately, so that it need not be worked out again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The values that were asked for last, up to a number of them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value under a key, made when it is not there."""
        try:
            self._values.move_to_end(key)
        except KeyError:
            self._values[key] = make()
            if len(self._values) > self.most:
                self._values.popitem(last=False)
        return self._values[key]
