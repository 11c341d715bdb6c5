"""An answer that says no, raised where it is known and told once."""

from __future__ import annotations

from .problems import Answer


class Refusal(Exception):
    """The request is refused, in Ed-Fi's own words; `allowed` are the methods that the address answers."""

    def __init__(self, answer: Answer, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(answer.detail)
        self.answer = answer
        self.allowed = allowed
