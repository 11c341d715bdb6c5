"""The bench compares like with like."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.client import content
from bench.reading import Sizes, check_agreement, hub_path, open_field, sockets_for


@pytest.mark.slow
def test_the_servers_that_are_compared_tell_the_same_rows(tmp_path: Path) -> None:
    with ExitStack() as stack:
        field = open_field(stack, tmp_path, Sizes(small=30, large=40))
        assert check_agreement(field) == 30 + 30 + 1
        path = hub_path(field.small)
        hub = stack.enter_context(field.asking(field.small))
        answer = hub.raw(path)
        bare = sockets_for(stack, field, "list", {path: answer})
        assert bare.raw(path) == answer
        assert len(hub.json(path)["Students"]) == 30
        assert bare.time(path).size == len(answer) - answer.index(b"\r\n\r\n") - 4
        assert content(answer).startswith(b'{"Students":[')
