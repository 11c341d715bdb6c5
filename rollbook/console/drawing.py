"""Pictures drawn on the server: SVG in the colours of the page, with words for those who do not see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup, escape

WIDE, LEFT, ROW, LETTER = 640, 150, 26, 8

_numbers = count(1)


@dataclass(frozen=True)
class Picture:
    """A picture with the table behind it: what it shows, the drawing, the heads and the rows."""

    title: str
    about: str
    svg: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def bars(title: str, about: str, found: Sequence[tuple[str, int]], unit: str) -> Picture:
    """A bar for each name, as long as its number."""
    most, parts = max((number for _, number in found), default=0) or 1, list[str]()
    for place, (name, number) in enumerate(found):
        y, long = place * ROW, round((WIDE - LEFT - 70) * number / most, 1)
        parts.append(_text(LEFT - 8, y + 17, _short(name), "end"))
        parts.append(f'<rect class="ink" x="{LEFT}" y="{y + 4}" width="{max(long, 1)}" height="{ROW - 8}" rx="2"/>')
        parts.append(_text(LEFT + long + 8, y + 17, f"{number:,}"))
    rows = tuple((name, f"{number:,}") for name, number in found)
    return Picture(title, about, _svg(title, about, max(len(found), 1) * ROW, parts), ("", unit), rows)


def steps(title: str, about: str, found: Sequence[tuple[str, int]], unit: str) -> Picture:
    """A line through numbers of one moment after another, over the ground of none."""
    high, wide, most = 180, WIDE - 70, max((number for _, number in found), default=0) or 1
    apart = wide / max(len(found) - 1, 1)
    dots = [(round(50 + at * apart, 1), round(10 + (high - 20) * (1 - n / most), 1)) for at, (_, n) in enumerate(found)]
    parts = [f'<line class="thin" x1="50" x2="{50 + wide}" y1="{y}" y2="{y}"/>' for y in (10, high - 10)]
    parts += [_text(44, 14, f"{most:,}", "end"), _text(44, high - 6, "0", "end")]
    parts.append(f'<polyline class="line" points="{" ".join(f"{x},{y}" for x, y in dots)}"/>')
    for place in sorted({0, len(found) // 2, len(found) - 1}) if found else ():
        anchor = "start" if place == 0 else "end" if place == len(found) - 1 else "middle"
        parts.append(_text(dots[place][0], high + 12, found[place][0], anchor))
    rows = tuple((name, f"{number:,}") for name, number in found)
    return Picture(title, about, _svg(title, about, high + 20, parts), ("", unit), rows)


def grid(
    title: str, about: str, names: Sequence[str], columns: Sequence[str], shares: Sequence[Sequence[float | None]],
    told: Sequence[Sequence[str]], *, lowest: float = 0.0,
) -> Picture:  # fmt: skip
    """A square for each name and column, stronger for a greater share (0 to 1, from `lowest` on)."""
    wide, parts = (WIDE - LEFT) / max(len(columns), 1), list[str]()
    for at, column in enumerate(columns):
        if at % max(-(-len(columns) // 6), 1) == 0:
            x = LEFT + at * wide + (2 if len(columns) > 6 else 0)
            # What would stand out of the picture ends with it.
            parts.append(_text(x, 14, column) if x + LETTER * len(column) < WIDE else _text(WIDE, 14, column, "end"))
    for place, name in enumerate(names):
        y = 22 + place * ROW
        parts.append(_text(LEFT - 8, y + 17, _short(name), "end"))
        for at, share in enumerate(shares[place]):
            box = f'x="{LEFT + at * wide + 1:.1f}" y="{y + 1}" width="{wide - 2:.1f}" height="{ROW - 2}"'
            said = f"<title>{escape(name)}, {escape(columns[at])}: {escape(told[place][at])}</title>"
            if share is None:
                parts.append(f'<rect class="none" {box}>{said}</rect>')
            else:
                dark = 0.08 + 0.92 * max(0.0, min(1.0, (share - lowest) / (1 - lowest)))
                parts.append(f'<rect class="ink" fill-opacity="{dark:.2f}" {box}>{said}</rect>')
    rows = tuple((name, *cells) for name, cells in zip(names, told, strict=True))
    return Picture(title, about, _svg(title, about, 26 + len(names) * ROW, parts), ("", *columns), rows)


def _svg(title: str, about: str, high: float, parts: Sequence[str]) -> Markup:
    number = next(_numbers)
    words = f'<title id="t{number}">{escape(title)}</title><desc id="d{number}">{escape(about)}</desc>'
    head = f'<svg class="picture" role="img" aria-labelledby="t{number} d{number}" viewBox="0 0 {WIDE} {high}">'
    # Whatever was said by a record was escaped above.
    return Markup(f"{head}{words}{''.join(parts)}</svg>")  # noqa: S704


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _short(name: str) -> str:
    return name if len(name) <= 20 else f"{name[:19]}…"
