"""A hook of MkDocs: brings pages from elsewhere in the project into the site, and has links follow them."""

from __future__ import annotations

import posixpath
import re
import shutil
from importlib import metadata
from pathlib import Path
from typing import TypeAlias, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent

Entry: TypeAlias = "str | list[Entry] | dict[str, Entry]"
"""What the navigation is made of: pages, lists of them, and names for either."""

MOVED = {
    "README.md": "tour.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "LICENSE": "LICENSE",
}
"""Files at the root of the project, and what they are in the site."""

FOLDERS = {"docs/": "", "tests/examples/": "examples/", "deploy/": "deploy/"}

LEFT_OUT = ("404.html", "sitemap.xml*", "assets/javascripts/lunr", "assets/**/*.map")
"""What the theme writes and nobody needs here: other languages, maps of scripts, and a page that the hub has itself."""

_FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
_LINK = re.compile(r"(\]\()([^)\s]+)(\))")
_STATUS = re.compile(r"^```(\w+) (\d+)$", re.M)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Name every page of the folders that the navigation names."""
    config.nav = [expanded(entry) for entry in cast(list[Entry], config["nav"])]
    return config


def expanded(entry: Entry) -> Entry:
    """An entry of the navigation, a folder in it given as its pages, the one about the others first."""
    if isinstance(entry, dict):
        return {name: expanded(below) for name, below in entry.items()}
    if isinstance(entry, list):
        return [expanded(one) for one in entry]
    if not entry.endswith("/"):
        return entry
    names = sorted((p.name for p in source(entry).glob("*.md")), key=lambda n: (n != "README.md", n.lower()))
    return [f"{entry}{name}" for name in names]


def source(place: str) -> Path:
    """Where a file or folder of the site lies in the project."""
    folder, inside = next((f, site) for f, site in reversed(FOLDERS.items()) if place.startswith(site))
    return ROOT / folder / place.removeprefix(inside)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is not below docs."""
    for folder in ("tests/examples", "deploy"):
        for path in sorted(p for p in (ROOT / folder).rglob("*") if p.is_file()):
            add(files, config, path)
    for name in MOVED:
        add(files, config, ROOT / name)
    return files


def add(files: Files, config: MkDocsConfig, path: Path) -> None:
    """Add a file under its name in the site."""
    place = placed(path.relative_to(ROOT).as_posix())
    assert place is not None
    files.append(File.generated(config, place, abs_src_path=str(path)))


def placed(path: str) -> str | None:
    """What a file of the project is in the site, if it is there."""
    if path in MOVED:
        return MOVED[path]
    return next((site + path.removeprefix(f) for f, site in FOLDERS.items() if path.startswith(f)), None)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Have links lead to pages of the site, and blocks be understood by what makes it."""
    own = Path(page.file.abs_src_path or "").relative_to(ROOT).as_posix()
    parts = re.split(f"({_FENCED.pattern})", markdown, flags=_FENCED.flags)
    told = "".join(part if part.startswith("```") else linked(part, own, page.file.src_uri) for part in parts)
    return _STATUS.sub(r'```\1 title="Status \2"', told)


def linked(text: str, own: str, place: str) -> str:
    """A text with links between files of the project as links between files of the site."""

    def led(found: re.Match[str]) -> str:
        path, mark, anchor = found[2].partition("#")
        if not path or "://" in path or path.startswith(("mailto:", "/")):
            return found[0]
        target = placed(posixpath.normpath(posixpath.join(posixpath.dirname(own), path)))
        if target is None:
            return found[0]
        return f"{found[1]}{posixpath.relpath(target, posixpath.dirname(place) or '.')}{mark}{anchor}{found[3]}"

    return _LINK.sub(led, text)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Have columns of numbers stand to the right by a class: pages may have no styles of their own."""
    return html.replace('style="text-align: right;"', 'class="number"')


def on_post_build(config: MkDocsConfig) -> None:
    """Remove what is not needed, and give the licence of what the theme brings."""
    licence = next(path for path in metadata.files("mkdocs-material") or () if path.name == "LICENSE")
    Path(config.site_dir, "assets/LICENSE").write_text(licence.read_text())
    for pattern in LEFT_OUT:
        for path in sorted(Path(config.site_dir).glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
