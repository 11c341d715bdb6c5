"""Traces for OpenTelemetry: a span for each answer and each job, sent to a collector, and naming nobody.

Answers are noted by the event loop's thread and made spans of by another one, so an answer waits for none of it. Where
no collector is named, nothing of OpenTelemetry is imported.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from .. import __version__, figures
from ..api.watching import Seen
from ..errors import Stop

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

MOST = 20_000
"""How many answers wait to be made spans of; where more come, the oldest are left out."""

SERVED = "rollbook"
"""What the service is called in traces."""

Noted = tuple[float, float, Seen]
"""When an answer ended (seconds since 1970), how many seconds it took, and what was asked."""


class Tracing:
    """Spans of a process, which go to a collector some at a time; `exporter` is another way than OTLP over HTTP."""

    def __init__(self, collector: str, exporter: SpanExporter | None = None) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.trace import SpanKind, Status, StatusCode
        except ImportError as missing:
            hint = "install it with: pip install 'rollbook[otel]'"
            raise Stop("traces need OpenTelemetry, which is not installed", hint=hint) from missing
        self._kinds, self._failed = SpanKind, Status(StatusCode.ERROR)
        about = Resource.create({"service.name": SERVED, "service.version": __version__})
        self._provider = TracerProvider(resource=about)
        sent = exporter or OTLPSpanExporter(f"{collector.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(sent))
        self._tracer = self._provider.get_tracer("rollbook", __version__)
        self._waiting: deque[Noted] = deque(maxlen=MOST)
        figures.tell(self.job)

    def note(self, one: Noted) -> None:
        """An answer was given."""
        self._waiting.append(one)

    def flush(self) -> None:
        """Make spans of what was noted."""
        while self._waiting:
            self._answer(*self._waiting.popleft())

    def stop(self) -> None:
        """Send what there is, and end."""
        self.flush()
        figures.tell(None)
        self._provider.shutdown()

    def _answer(self, ended: float, seconds: float, seen: Seen) -> None:
        route = seen.route
        if route is None:
            return
        facts: dict[str, Any] = {
            "http.request.method": seen.method,
            "http.response.status_code": seen.status,
            "http.route": route.endpoint,
            "rollbook.dialect": route.dialect,
            "rollbook.app": route.app,
            "rollbook.school": route.school,
            "rollbook.request": seen.id.decode(),
        }
        name = f"{seen.method} {route.dialect} {route.endpoint}".strip()
        self._span(name, self._kinds.SERVER, facts, ended, seconds, failed=seen.status >= 500)

    def job(self, kind: str, outcome: str, seconds: float) -> None:
        """A job ended; a reading of a source is one."""
        facts = {"rollbook.job": kind, "rollbook.outcome": outcome}
        self._span(f"job {kind}", self._kinds.INTERNAL, facts, time.time(), seconds, failed=outcome != "done")

    def _span(self, name: str, kind: Any, facts: dict[str, Any], ended: float, seconds: float, *, failed: bool) -> None:
        known = {what: value for what, value in facts.items() if value != ""}
        span = self._tracer.start_span(name, kind=kind, attributes=known, start_time=int((ended - seconds) * 1e9))
        if failed:
            span.set_status(self._failed)
        span.end(int(ended * 1e9))
