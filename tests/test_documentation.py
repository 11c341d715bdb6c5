"""The documentation as a site: served whole, cached, and nothing beside it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.gathering import expanded, linked
from rollbook.api.messages import Request, Response
from rollbook.console import Documentation

from .hub import Hub

CHROMIUM = "text/html,application/xhtml+xml,*/*;q=0.8"
PAGE = "<!doctype html><title>Docs</title><script>let a = 1</script><script src='x.js'></script><p>Hello</p>"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small site, and a secret beside it."""
    site = tmp_path / "site"
    (site / "operation").mkdir(parents=True)
    (site / "assets").mkdir()
    (site / "index.html").write_text(PAGE)
    (site / "operation/index.html").write_text(PAGE)
    (site / "assets/bundle.d7400d66.min.js").write_text("let b = 2;" * 300)
    (site / "assets/rollbook.service").write_text("[Unit]")
    (site / ".hidden").write_text("secret")
    (tmp_path / "secret.html").write_text("secret")
    return site


def ask(built: Path, path: str, method: str = "GET", **headers: str) -> Response:
    """What is answered at a path."""
    told = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return Documentation(built).handle(Request(method, path, b"", told))


def header(response: Response, name: str) -> str:
    """A header of an answer."""
    return dict(response.headers)[name.encode()].decode()


def test_a_page_is_served_with_its_own_scripts_and_no_others(built: Path) -> None:
    response = ask(built, "/docs/operation/")
    assert (response.status, response.body, header(response, "content-type")) == (
        200, PAGE.encode(), "text/html; charset=utf-8",
    )  # fmt: skip
    # echo -n 'let a = 1' | openssl dgst -sha256 -binary | base64
    assert header(response, "content-security-policy").startswith(
        "default-src 'none'; script-src 'self' 'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='; worker-src 'self'"
    )


@pytest.mark.parametrize(("path", "to"), [("/docs", "/docs/"), ("/docs/operation", "/docs/operation/")])
def test_the_address_of_a_page_ends_in_a_slash(built: Path, path: str, to: str) -> None:
    response = ask(built, path)
    assert (response.status, header(response, "location")) == (308, to)


def test_who_has_a_file_already_is_told_so(built: Path) -> None:
    first = ask(built, "/docs/")
    tag = header(first, "etag")
    again = ask(built, "/docs/", if_none_match=f'"other", W/{tag}')
    assert (again.status, again.body, header(again, "etag")) == (304, b"", tag)
    assert header(first, "cache-control") == "no-cache"
    (built / "index.html").write_text("another")
    assert ask(built, "/docs/", if_none_match=tag).status == 200


def test_what_is_named_by_what_it_holds_lasts_and_is_packed(built: Path) -> None:
    response = ask(built, "/docs/assets/bundle.d7400d66.min.js", accept_encoding="gzip")
    assert header(response, "cache-control") == "public, max-age=31536000, immutable"
    assert header(response, "content-type") == "text/javascript; charset=utf-8"
    assert isinstance(response.body, bytes)
    assert gzip.decompress(response.body) == b"let b = 2;" * 300


def test_a_file_of_no_known_kind_is_text(built: Path) -> None:
    assert header(ask(built, "/docs/assets/rollbook.service"), "content-type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/docs/../secret.html", "/docs/operation/../../secret.html", "/docs/..", "/docs/.hidden", "/docs//etc/passwd",
        "/docs/..\\secret.html", "/docs/operation/../index.html", "/docs/index.html\0", "/docs/assets/", "/docs/assets",
        "/docs/nothing", "/docs/index.html/", "/docsecret",
    ],
)  # fmt: skip
def test_nothing_beside_the_site_is_reached(built: Path, path: str) -> None:
    response = ask(built, path)
    assert response.status == 404
    assert isinstance(response.body, bytes)
    assert b"secret" not in response.body


def test_nothing_is_written_there(built: Path) -> None:
    assert ask(built, "/docs/", method="POST").status == 405


@pytest.fixture(scope="module")
def hub(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub over small schools."""
    served = Hub.copy(small_folder, tmp_path_factory.mktemp("documentation") / "hub")
    yield served
    served.close()


def test_a_hub_has_the_site_or_says_how_to_build_it(hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    handler = hub.edge.receiver.handler("/docs/")
    assert isinstance(handler, Documentation)
    monkeypatch.setattr(handler, "folder", tmp_path)
    answer = hub.ask("GET", "/docs/", None, accept=CHROMIUM)
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert b"<pre>make docs</pre>" in answer.body
    (tmp_path / "index.html").write_text(PAGE)
    assert hub.ask("GET", "/docs/", None, accept=CHROMIUM).body == PAGE.encode()
    missing = hub.ask("GET", "/docs/nothing/", None, accept=CHROMIUM)
    assert (missing.status, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_links_follow_pages_that_have_another_place_in_the_site() -> None:
    text = "[a](../../tests/examples/edfi/token.md#x) [b](../cli.md) [c](https://x.example) [d](#e)"
    assert linked(text, "docs/reference/edfi.md", "reference/edfi.md") == (
        "[a](../examples/edfi/token.md#x) [b](../cli.md) [c](https://x.example) [d](#e)"
    )
    assert linked("[a](../../../docs/cli.md)", "tests/examples/edfi/token.md", "examples/edfi/token.md") == (
        "[a](../../cli.md)"
    )
    assert linked("[a](docs/cli.md) [b](LICENSE)", "README.md", "tour.md") == "[a](cli.md) [b](LICENSE)"


def test_a_folder_in_the_navigation_is_each_of_its_pages() -> None:
    pages = expanded("examples/research/")
    assert list(pages)[:2] == ["examples/research/README.md", "examples/research/cohort.md"]
