"""Files that apps wrote to achievements and incidents of an invented school."""

from __future__ import annotations

import gzip
import struct
import zlib
from base64 import b64encode
from typing import Any

from ..fields import Record
from ..model.conduct import Achievement, AchievementStudent, Behaviour, BehaviourStudent
from ..model.documents import ConductMedia, DocumentType, StudentDocument
from .opened import Opened

WRITER = "5b0c2f6e-6d0a-4f0e-9a3f-0c7d1e2b4a61"
"""An app of the classroom that has been used once."""

SIDE = 12
TICK = ((1, 6), (2, 7), (3, 8), (4, 9), (5, 8), (6, 7), (7, 6), (8, 5), (9, 4), (10, 3))
CROSS = (*((n, n) for n in range(2, 10)), *((n, 11 - n) for n in range(2, 10)))

SHOWN: tuple[tuple[type[Record], type[Record], str, str, str, Any], ...] = (
    (Achievement, AchievementStudent, "achievement", "small_tick.png", "The finished model", TICK),
    (Behaviour, BehaviourStudent, "behaviour", "small_cross.png", "The wall as it was found", CROSS),
)


def put_media(opened: Opened) -> None:
    """Add a picture of an achievement and one of an incident."""
    kind = opened.put(DocumentType, code="CONDUCT", name="Conduct")
    for event, share, of, name, about, dots in SHOWN:
        rows = [row for row in opened.draft.rows.get(event, ()) if row["school"] == opened.school]
        for row in rows[-1:]:
            facts = _facts(kind, name, about, row["date"])
            picture = _drawn(dots)
            packed = gzip.compress(picture, mtime=0)
            facts |= {"size": len(picture), "compressed_size": len(packed)}
            media = opened.put(
                ConductMedia,
                **{of: row["id"]},
                **facts,
                attachment=b64encode(packed).decode(),
                writer=WRITER,
                number="1",
                taken=f"{row['date']}T12:00:00",
                format="png",
            )
            for part in [p for p in opened.draft.rows.get(share, ()) if p[of] == row["id"]]:
                opened.put(StudentDocument, student=part["student"], media=media, confidential=0, **facts)


def _facts(kind: str, name: str, about: str, day: str) -> dict[str, Any]:
    return {"type": kind, "file_name": f"{name}.gz", "summary": about, "modified": day}


def _drawn(dots: tuple[tuple[int, int], ...]) -> bytes:
    """A black drawing on white as a PNG file (ISO/IEC 15948): one byte of grey for each dot."""
    black = set(dots)
    lines = [bytes([0, *(0 if (x, y) in black else 255 for x in range(SIDE))]) for y in range(SIDE)]
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines), 0)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
