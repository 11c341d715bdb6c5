"""Answers: a Pydantic model for the columns that a caller's scopes show, made once for each set of them."""

from __future__ import annotations

from typing import Any, cast

from pydantic import AliasPath, BaseModel, ConfigDict, Field, create_model

Column = tuple[str, str, Any, str]
"""The name on the wire, where it is found, its type or an object's columns, the scopes any one of which shows it."""

NOWHERE = "_nowhere"


class Row(BaseModel):
    """Something as shown; the columns depend on the caller."""

    model_config = ConfigDict(from_attributes=True)


def model(columns: tuple[Column, ...], scopes: frozenset[str], *, hidden_as_null: bool = False) -> type[Row]:
    """The model of what these scopes show; what they do not is left out, or null."""
    fields: dict[str, Any] = {}
    for name, path, kind, needs in columns:
        seen = not needs or bool(scopes & {*needs.split()})
        if seen or hidden_as_null:
            shown: Any = kind
            if isinstance(kind, tuple):
                shown = model(cast(tuple[Column, ...], kind), scopes, hidden_as_null=hidden_as_null)
            fields[name.lstrip("_")] = (shown | None, _found_at(path if seen else NOWHERE, name))
    return create_model("Shown", __base__=Row, **fields)


def _found_at(path: str, name: str) -> Any:
    # A member that begins with an underscore is not public to Pydantic, which then has to be told its name.
    at = AliasPath(*path.split(".")) if "." in path else path
    return Field(None, validation_alias=at, serialization_alias=name if name.startswith("_") else None)
