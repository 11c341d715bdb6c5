"""Traces: a collector on the loopback gets a span for each answer and each job, which names nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from rollbook.jobs import Job, Queue
from rollbook.jobs.worker import step
from rollbook.settings import TRACES

from .hub import THORNFIELD, Hub


class Collector:
    """A collector of OTLP over HTTP."""

    def __init__(self) -> None:
        bodies = self.bodies = list[bytes]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def spans(self) -> list[tuple[str, dict[str, str]]]:
        """The spans that came, each with its name and attributes."""
        found = list[tuple[str, dict[str, str]]]()
        for body in self.bodies:
            for part in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in part.scope_spans:
                    for one in scope.spans:
                        assert one.end_time_unix_nano >= one.start_time_unix_nano > 0
                        facts = {a.key: a.value.string_value or str(a.value.int_value) for a in one.attributes}
                        found.append((one.name, facts))
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.server.shutdown()


def test_each_answer_and_each_job_is_a_span_that_names_nobody(
    small_folder: Path, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TRACES.name, f"http://127.0.0.1:{collector.server.server_port}")
    hub = Hub.copy(small_folder, tmp_path / "hub")
    token = hub.token()
    hub.get(f"/api/v1/School/{THORNFIELD}/Students?id=9919&select=Surname", token)
    hub.get("/api/v1/nowhere/9919")
    queue = Queue(hub.store, lambda: hub.now)
    queue.add("greet", {"whom": "Zyxomma"}, key="Zyxomma")

    def greet(job: Job) -> None:
        assert job.payload == {"whom": "Zyxomma"}

    assert step(queue, {"greet": greet})
    assert hub.edge.watch is not None
    hub.edge.watch.stop()
    hub.close()
    spans = dict(collector.spans)
    asked = spans["GET xporter school.students"]
    assert asked["http.response.status_code"] == "200"
    assert (asked["rollbook.school"], asked["http.route"]) == (THORNFIELD, "school.students")
    assert len(asked["rollbook.request"]) == 16
    assert spans["job greet"] == {"rollbook.job": "greet", "rollbook.outcome": "done"}
    whole = b"".join(collector.bodies)
    for secret in (b"9919", b"Zyxomma", b"Surname", token.encode()):
        assert secret not in whole


def test_without_a_collector_nothing_of_it_is_imported(small_hub: Hub) -> None:
    watch = small_hub.edge.watch
    assert watch is not None
    assert vars(watch)["_traces"] is None
