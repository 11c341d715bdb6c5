"""The page of settings."""

from __future__ import annotations

from rollbook.settings import EVERY as SETTINGS

from .markdown import grid, page


def settings() -> str:
    """Every setting that the environment may say."""
    rows = [
        (
            f"`{one.name}`" + (f", `{one.file}`" if one.secret else ""),
            f"`{one.option}`" if one.option else "",
            one.kind.word,
            f"`{one.shown_default}`" if one.shown_default != "nothing" else "",
            one.about,
        )
        for one in SETTINGS
    ]
    return page(
        "Settings",
        "A hub is set up by environment variables. An option of `rollbook serve` is heeded before its variable. A "
        "secret may be in a file instead, which the variable ending in `_FILE` names (as for secrets of containers and "
        "`LoadCredential=` of systemd); it is never given as an argument, which everybody on a machine can read. "
        "`rollbook config` shows what is set, and where, and names variables that are no setting.",
        grid(("Variable", "Option", "What it says", "Without it", "What it is for"), rows),
    )
