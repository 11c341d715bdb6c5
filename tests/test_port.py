"""The store is the only place with SQL: nothing above it holds a statement, or executes one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import rollbook

HOME = Path(rollbook.__file__).parent

SQL = re.compile(
    r"\b(?:SELECT|WHERE|JOIN|GROUP BY|ORDER BY|ON CONFLICT)\s"
    r"|^\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE \S+ SET|DELETE FROM|REPLACE INTO|WITH (?:RECURSIVE )?\w+.* AS \()"
    r"|^\s*(?:CREATE (?:\w+ )*(?:TABLE|INDEX|VIEW|TRIGGER)|ALTER TABLE|DROP \w+|PRAGMA|SAVEPOINT|ATTACH)\s"
    r"|^\s*(?:BEGIN|COMMIT|ROLLBACK)(?: \w+)?;?$",
    re.DOTALL,
)
"""What makes a text a statement, or a part of one: written in capitals, as no English is."""


@pytest.fixture(scope="module")
def above_the_store() -> dict[str, ast.Module]:
    """Every file but those of the store, by its path."""
    every = {path.relative_to(HOME).as_posix(): path for path in sorted(HOME.rglob("*.py"))}
    above = {name: path for name, path in every.items() if not name.startswith("store/")}
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in above.items()}


def texts(tree: ast.Module) -> Iterator[str]:
    """The texts that a file holds, less what documents it; what a text is filled with is left out."""
    documenting = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in documenting:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "_" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def executes(tree: ast.Module) -> bool:
    """Whether anything in a file is asked to execute something."""
    return any(isinstance(n, ast.Attribute) and n.attr in ("execute", "executemany") for n in ast.walk(tree))


def imported(tree: ast.Module) -> set[str]:
    """The packages of others that a file imports from."""
    plain = {name.name for n in ast.walk(tree) if isinstance(n, ast.Import) for name in n.names}
    named = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and not n.level}
    return {name.partition(".")[0] for name in plain | named}


def test_nothing_above_the_store_holds_a_statement(above_the_store: dict[str, ast.Module]) -> None:
    holding = {name for name, tree in above_the_store.items() if any(SQL.search(text) for text in texts(tree))}
    assert holding == set()


def test_nothing_above_the_store_executes_a_statement(above_the_store: dict[str, ast.Module]) -> None:
    assert {name for name, tree in above_the_store.items() if executes(tree)} == set()


def test_nothing_above_the_store_knows_a_database(above_the_store: dict[str, ast.Module]) -> None:
    databases = {"apsw", "sqlite3", "psycopg"}
    assert {name for name, tree in above_the_store.items() if imported(tree) & databases} == set()


def test_a_statement_is_told_from_english_and_from_a_method_of_http() -> None:
    statements = (
        "SELECT 1",
        " WHERE id IN (SELECT value FROM json_each(?))",
        "INSERT INTO job VALUES (?)",
        "INSERT OR REPLACE INTO feed VALUES (?)",
        'UPDATE "grant" SET state = ?',
        "DELETE FROM refusal WHERE district = ?",
        "PRAGMA user_version",
        "BEGIN IMMEDIATE",
        "CREATE UNIQUE INDEX one ON two (three)",
    )
    assert [text for text in statements if not SQL.search(text)] == []
    english = ("DELETE", "Select a school", "Update the agent", "WITH", "BEGIN:VCARD", "INSERT a card", "selected from")
    assert [text for text in english if SQL.search(text)] == []
