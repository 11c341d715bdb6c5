"""Browsers that call from elsewhere: for a sandbox of the app that named the origin, and for nothing else."""

from __future__ import annotations

from click.testing import CliRunner

from rollbook.cli import main

from .hub import THORNFIELD, Answer, Hub
from .person import signed_in
from .school import PARTY, asking_app

ORIGIN = "https://app.example.org"


def _asked(hub: Hub, path: str) -> Answer:
    """What a browser is answered that asks whether its page may call."""
    return hub.ask("OPTIONS", path, None, b"", origin=ORIGIN, access_control_request_method="GET")


def test_a_page_at_a_known_origin_reads_a_sandbox_and_no_real_school(small_hub: Hub) -> None:
    app, managing = asking_app(small_hub)
    desk = small_hub.desk
    real = small_hub.token(["School", "StudentLite"], app=PARTY)
    desk.sandboxes.ask(app, "dev@app.example.org")
    small_hub.work()
    one = desk.sandboxes.of(app)[0]
    keys = desk.sandboxes.keys(app, one, "dev@app.example.org")
    token = desk.tokens.sign_in(PARTY, keys.school_secret, one.estab)[0]
    box, school = f"/api/v1/School/{one.estab}/Students?select=Id", f"/api/v1/School/{THORNFIELD}/Students?select=Id"
    # Nobody named the origin yet.
    assert "access-control-allow-origin" not in _asked(small_hub, box).headers
    assert "access-control-allow-origin" not in small_hub.get(box, token, origin=ORIGIN).headers
    dev = signed_in(small_hub, "dev@app.example.org", "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    assert "Is no scheme, host and port" in dev.send(dev.look("sandboxes"), "origin", origin="http://app.org/x").words
    assert ORIGIN in dev.send(dev.look("sandboxes"), "origin", origin=f"{ORIGIN}/").words
    asked = _asked(small_hub, box)
    assert (asked.status, asked.headers["access-control-allow-origin"]) == (204, ORIGIN)
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    for _ in range(2):
        told = small_hub.get(box, token, origin=ORIGIN)
        assert len(told.json["Students"]) == 69
        assert told.headers["access-control-allow-origin"] == ORIGIN
        assert "X-Total-Count" in told.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in told.headers
    roster = small_hub.get("/api/v2/graph/schools", origin=ORIGIN, authorization=f"Bearer {keys.pairs['edlink'][1]}")
    assert roster.headers["access-control-allow-origin"] == ORIGIN
    # A real school, a token for management, and another origin.
    assert small_hub.get(school, real).json["Students"]
    for shown in (real, managing):
        held = small_hub.get(school, shown, origin=ORIGIN)
        assert "Students" not in held.json
        assert "access-control-allow-origin" not in held.headers
    assert "access-control-allow-origin" not in small_hub.get(box, token, origin="https://evil.example").headers
    assert "access-control-allow-origin" not in small_hub.get("/console/sign-in", origin=ORIGIN).headers
    run = ["apps", "origins", PARTY]
    assert CliRunner(env=small_hub.environment).invoke(main, run).output == f"{ORIGIN}\n"
    dev.send(dev.look("sandboxes"), "no-origin")
    assert "access-control-allow-origin" not in small_hub.get(box, token, origin=ORIGIN).headers
