"""The files of a roster: a folder or a ZIP, read into memory and never unpacked to disk."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from .rows import Problems

MOST_BYTES = 2 << 30
"""A roster of a million students is about 1 GiB; a bundle that would unpack to more than twice that is refused."""


@dataclass(frozen=True)
class Part:
    """One file of a bundle, not read yet."""

    name: str
    size: int
    within: Path | zipfile.ZipFile
    inside: str = ""

    def read(self, problems: Problems) -> bytes | None:
        """The file's bytes; nothing when they cannot be read."""
        try:
            if isinstance(self.within, Path):
                return self.within.read_bytes()
            # An archive may hold more than it declares; no more than it declares is ever read.
            with self.within.open(self.inside) as stream:
                return stream.read(self.size + 1)[: self.size]
        except (OSError, RuntimeError, zipfile.BadZipFile, NotImplementedError) as error:
            problems.add(
                self.name,
                self.name,
                f"cannot be read: {error}",
                "check that the archive is complete and has no password",
            )
            return None


def open_bundle(
    path: Path,
    problems: Problems,
    *,
    ending: str = ".csv",
    most: int = MOST_BYTES,
    known: Iterable[str] = (),
    alone: bool = False,
) -> dict[str, Part]:
    """The files of a folder or ZIP by name, including those one folder deeper; those `known` also in other case.

    If one may stand `alone`, a path may also be that of a file.
    """
    found = [_alone(path)] if alone and path.is_file() and path.name.lower().endswith(ending) else None
    found = list(_parts(path, problems, ending)) if found is None else found
    parts = [p for p in found if p.name.lower().endswith(ending) and not p.name.startswith((".", "._"))]
    parts = _as_known(parts, known, problems)
    for name, count in Counter(p.name for p in parts).items():
        if count > 1:
            problems.add(name, name, f"appears {count} times, in different folders", "keep only one of them")
    total = sum(p.size for p in parts)
    if total > most:
        problems.add(
            "size",
            path.name,
            f"would unpack to {total:,} bytes; the limit is {most:,}",
            "split it and import the parts",
        )
        return {}
    if not parts and not problems.found:
        problems.add("empty", str(path), f"contains no {ending} files", "choose the folder or ZIP that contains them")
    return {p.name: p for p in parts}


def _as_known(parts: Iterable[Part], known: Iterable[str], problems: Problems) -> list[Part]:
    """The files under the names that are known, whichever case they are written in."""
    names, found = {name.lower(): name for name in known}, list[Part]()
    for part in parts:
        name = names.get(part.name.lower(), part.name)
        if name != part.name:
            problems.meant[part.name, f"was read as {name}"] += 0
        found.append(replace(part, name=name))
    return found


def _alone(path: Path) -> Part:
    return Part(path.name, path.stat().st_size, path)


def _parts(path: Path, problems: Problems, ending: str) -> Iterable[Part]:
    if path.is_dir():
        return _in_folder(path, ending)
    try:
        return _in_zip(zipfile.ZipFile(path))
    except FileNotFoundError:
        problems.add("path", str(path), "does not exist", "choose a folder or a ZIP")
    except (OSError, zipfile.BadZipFile) as error:
        problems.add("path", str(path), f"is neither a folder nor a ZIP: {error}", "choose a folder or a ZIP")
    return ()


def _in_folder(path: Path, ending: str) -> Iterator[Part]:
    inside = [*path.iterdir()]
    files = inside if any(file.suffix.lower() == ending for file in inside) else [*inside, *path.glob("*/*")]
    for file in sorted(files):
        if file.is_file():
            yield _alone(file)


def _in_zip(archive: zipfile.ZipFile) -> Iterator[Part]:
    for info in archive.infolist():
        inside = PurePosixPath(info.filename)
        if not info.is_dir() and "__MACOSX" not in inside.parts:
            yield Part(inside.name, info.file_size, archive, info.filename)
