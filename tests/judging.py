"""What judges documents of OpenAPI, and bodies by a schema of theirs.

Those who judge in Python are imported when they are first asked: with them come forty grammars of web addresses, whose
making takes every process that collects tests five seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator


def check_document(document: Any) -> None:
    """Raise what is wrong with a document of OpenAPI, of any version."""
    from openapi_spec_validator import validate

    validate(document)


def faults(schema: Any, body: Any, *, old: bool = False) -> Iterator[str]:
    """What is wrong with a body and where, by a schema of OpenAPI 3.1, or of an `old` document, of 3.0."""
    if old:
        from openapi_schema_validator import OAS30Validator

        told: Any = OAS30Validator(schema)
        return (f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in told.iter_errors(body))
    found = Draft202012Validator(schema).iter_errors(body)
    return (f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in found)
