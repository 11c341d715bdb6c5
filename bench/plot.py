"""A picture of what grows with the schools of a hub, written as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

Row = Mapping[str, Any]

WIDE, HIGH, LEFT, TOP, GAP = 360, 200, 60, 30, 70
"""Of one panel, and the room around it."""

INKS = ("#1f5fa8", "#b3541e", "#2d7a4b", "#7a3b8f")

PANELS: tuple[tuple[str, str, Callable[[Row], float]], ...] = (
    ("The file, MB for each school", "MB", lambda row: row["file"] / row["schools"]),
    ("A backup, processor ms for each school", "ms", lambda row: 1000 * row["backup"] / row["schools"]),
    ("All students of one school, processor ms", "ms", lambda row: row["asked"]["all students of a school"]),
    ("One student, processor ms", "ms", lambda row: row["asked"]["one student, another each time"]),
    ("The server's own memory, MB", "MB", lambda row: row["served"]),
    ("Importing 1,000 students, processor s", "s", lambda row: row["imported"]),
)


def drawn(rows: Sequence[Row]) -> str:
    """Panels, two beside each other, with a line for each size of school over the number of schools."""
    high = (len(PANELS) + 1) // 2 * (HIGH + GAP) + TOP
    panels = "".join(_panel(number, panel, rows) for number, panel in enumerate(PANELS))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * (WIDE + LEFT + 20)} {high}"'
    words = "font: 12px system-ui, sans-serif; fill: #444"
    title = "<title>What grows with the schools</title>"
    return f'{head} role="img" style="{words}; background: #fff">{title}{panels}</svg>\n'


def _panel(number: int, panel: tuple[str, str, Callable[[Row], float]], rows: Sequence[Row]) -> str:
    title, unit, value = panel
    x, y = LEFT + number % 2 * (WIDE + LEFT), TOP + number // 2 * (HIGH + GAP)
    most = max(map(value, rows)) * 1.1 or 1
    lines = "".join(_line(at, size, rows, value, most) for at, size in enumerate(sorted({row["size"] for row in rows})))
    axis = f'<path d="M0 0V{HIGH}H{WIDE}" fill="none" stroke="#999"/>'
    ticks = "".join(_tick(schools) for schools in (1, 10, 100, 500))
    ends = ((10, f"{most:.3g} {unit}"), (HIGH, "0"))
    side = "".join(f'<text x="-8" y="{at}" text-anchor="end">{said}</text>' for at, said in ends)
    name = f'<text y="-10" fill="#111">{escape(title)}</text>'
    return f'<g transform="translate({x} {y})">{name}{axis}{ticks}{side}{lines}</g>'


def _across(schools: float) -> float:
    return WIDE * math.log10(schools) / math.log10(600)


def _tick(schools: int) -> str:
    x = _across(schools)
    return f'<text x="{x:.0f}" y="{HIGH + 16}" text-anchor="middle">{schools}</text>'


def _line(at: int, size: float, rows: Iterable[Row], value: Callable[[Row], float], most: float) -> str:
    ink = INKS[at % len(INKS)]
    points = [(_across(row["schools"]), HIGH * (1 - value(row) / most)) for row in rows if row["size"] == size]
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{ink}"/>' for x, y in points)
    name = f'<text x="{WIDE - 4}" y="{14 + 14 * at}" text-anchor="end" fill="{ink}">size {size:g}</text>'
    return f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="1.5"/>{dots}{name}'
