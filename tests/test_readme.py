"""Every command that the README tells its reader to type, typed: it works, and prints what the README shows."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from .demo_data import demo_schools
from .ports import free_port

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LASTING = re.compile(r"(rollbook (serve|agent|demo --)|make demo)\b")
"""What runs until it is stopped: the reader types the next command into another terminal."""

ELSEWHERE = re.compile(r"make (?!demo)")
"""Targets that run these tests."""

REFUSED = re.compile(r'"ExceptionMessage":"')
"""What Xporter says with status 200."""

PORT = re.compile(r"(?:(?<=--port )|(?<=localhost:)|(?<=127\.0\.0\.1:))8\d{3}\b")


@dataclass(frozen=True)
class Typed:
    """A command, and what the README shows below it."""

    command: str
    shown: str


def typed(text: str) -> list[Typed]:
    """The commands of a page in order: the lines of `sh` blocks, and what follows `$` in `console` blocks."""
    return [one for kind, block in FENCE.findall(text) for one in (_script if kind == "sh" else _session)(block)]


def _script(block: str) -> Iterator[Typed]:
    for command, _ in _commands(block.splitlines(), start=""):
        yield Typed(re.sub(r"\s+# .*", "", command) if "make " in command else command, "")


def _session(block: str) -> Iterator[Typed]:
    for command, shown in _commands(block.splitlines(), start="$ "):
        yield Typed(command, "\n".join(shown))


def _commands(lines: list[str], start: str) -> Iterator[tuple[str, list[str]]]:
    """Commands with the lines below each; one goes on while its line ends in a backslash or within quotes."""
    at = 0
    while at < len(lines):
        assert lines[at].startswith(start), f"not a command: {lines[at]}"
        command, at = lines[at].removeprefix(start), at + 1
        while _open(command):
            command, at = f"{command}\n{lines[at]}", at + 1
        shown: list[str] = []
        while start and at < len(lines) and not lines[at].startswith(start):
            shown.append(lines[at])
            at += 1
        yield command, shown


def _open(command: str) -> bool:
    if command.endswith("\\"):
        return True
    return subprocess.run(["bash", "-n", "-c", command], capture_output=True, check=False).returncode != 0


def shape(shown: str) -> re.Pattern[str]:
    """What output like that shown looks like: `…` stands for anything, and lines may be broken elsewhere."""
    # A table's row of dots stands for any rows.
    text = re.sub(r"^│ … [ │]*$", "…", shown, flags=re.MULTILINE)
    words = (".*".join(map(re.escape, word.split("…"))) for word in text.split())
    return re.compile(r"\s*".join(words), re.DOTALL)


class Terminal:
    """A folder in which a reader types; variables and functions live on from one command to the next."""

    def __init__(self, folder: Path, ending: ExitStack) -> None:
        self.folder, self.ending = folder, ending
        self.ports: dict[str, str] = {}
        home = folder / "home"
        home.mkdir()
        # An error of an API is an error of the command.
        (home / ".curlrc").write_text("fail-with-body\n")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "100", "TERM": "xterm"}

    def here(self, text: str) -> str:
        """A text with free ports of this machine in the place of those that the README names."""
        return PORT.sub(lambda found: self.ports.setdefault(found[0], str(free_port())), text)

    def run(self, one: Typed) -> None:
        """Type a command, and compare."""
        command = self.here(one.command)
        if ELSEWHERE.match(command):
            self._recipe(*command.split()[1:])
        elif LASTING.match(command):
            self._start(command)
        else:
            code, printed = self._typed(command, terminal="┃" in one.shown)
            assert shape(self.here(one.shown)).search(printed), f"$ {command}\n{printed}"
            # Where something is refused, the README shows its message.
            refused = code != 0 or REFUSED.search(printed)
            assert one.shown or not refused, f"$ {command}\n{printed}"

    def _typed(self, command: str, *, terminal: bool) -> tuple[int, str]:
        script = f"source ./.state 2>/dev/null; set -a\n{command}\ncode=$?; (export -p; declare -f) >.state; exit $code"
        line = ["bash", "-c", script]
        if terminal:
            return self._at_a_terminal(line)
        done = subprocess.run(
            line,
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout

    def _at_a_terminal(self, line: list[str]) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        with subprocess.Popen(line, cwd=self.folder, env=self.environment, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            printed = b""
            with suppress(OSError):  # Linux says so when the other side has gone
                while some := os.read(ours, 65536):
                    printed += some
        os.close(ours)
        return process.returncode, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed.decode())

    def _recipe(self, *words: str) -> str:
        """What make would do, also when it is make that runs this test: the reader's knows nothing of that one."""
        told = ["make", "--dry-run", *words]
        return subprocess.run(told, cwd=ROOT, env=self.environment, check=True, text=True, capture_output=True).stdout

    def _start(self, command: str) -> None:
        if command == "make demo":
            # The recipe, with the packages of whoever runs this test.
            recipe = self._recipe(
                "-o",
                ".venv/ready",
                "-o",
                "rollbook/documentation/index.html",
                "demo",
                f"PORT={self.here('--port 8000').split()[1]}",
            )
            command = recipe.strip().replace(".venv/bin/", "")
        process = self.ending.enter_context(
            subprocess.Popen(
                shlex.split(command),
                cwd=self.folder,
                env=self.environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )
        self.ending.callback(process.terminate)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert process.poll() is None, f"$ {command}\n{first}{process.stdout.read()}"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in a folder with the demo schools, which are ready because making them takes half a minute."""
    demo_schools(1.0, tmp_path / "demo-data")
    with ExitStack() as ending:
        yield Terminal(tmp_path, ending)


@pytest.mark.slow
def test_every_command_of_the_readme_works_and_prints_what_is_shown(terminal: Terminal) -> None:
    every = typed((ROOT / "README.md").read_text())
    assert every
    for one in every:
        terminal.run(one)


@pytest.mark.slow
@pytest.mark.parametrize("page", ["sources", "mapping"])
def test_every_command_of_a_page_on_sources_works_and_prints_what_is_shown(tmp_path: Path, page: str) -> None:
    every = typed((ROOT / "docs" / f"{page}.md").read_text())
    assert every
    with ExitStack() as ending:
        bare = Terminal(tmp_path, ending)
        for one in every:
            bare.run(one)


def test_a_session_is_read_as_commands_and_what_they_print() -> None:
    session = "```console\n$ curl -s http://x \\\n    -d '{\n  1}'\n{…}\n$ ls\n```\n"
    text = session + "```sh\nf() { ls; }\nA=$(cat \\\n  x)\n```\n"
    assert typed(text) == [
        Typed("curl -s http://x \\\n    -d '{\n  1}'", "{…}"),
        Typed("ls", ""),
        Typed("f() { ls; }", ""),
        Typed("A=$(cat \\\n  x)", ""),
    ]


def test_output_of_another_shape_is_not_what_is_shown() -> None:
    like = shape('{"Students":[{"Id":"9919",…}],…}\n')
    assert like.search('{"Students":[{"Id":"9919","Name":"Graham"}],"meta":[]}')
    assert not like.search('{"Students":[{"Id":"9920","Name":"Graham"}],"meta":[]}')
