"""What is measured, each declared once, and told as Prometheus reads it.

What processes have counted is put together for the whole server; what is told of the hub is read when it is asked for.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector, CollectorRegistry

from .. import __version__
from ..errors import RollbookError
from ..ingest.health import health
from ..store.port import Store
from .tallies import BUCKETS, Tally, Together, nothing

TYPE = b"text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Metric:
    """One thing that is measured: its name, what tells its samples apart, and what it is."""

    name: str
    labels: tuple[str, ...]
    about: str
    counts: bool = False


REQUESTS = Metric(
    "rollbook_requests_total", ("dialect", "endpoint", "status"),
    "Requests that were answered. An endpoint is a template without ids; status 0 is of a client that had gone.", True,
)  # fmt: skip
LATENCY = Metric(
    "rollbook_request_seconds", ("dialect",), "Seconds from a request's first byte to its answer's last (a histogram)."
)
JOBS = Metric(
    "rollbook_jobs_total", ("kind", "outcome"),
    "Jobs that were tried: done, failed (to be tried again), or dead. Of webhooks that is what receivers did.",
    True,
)  # fmt: skip
LOCK_WAITS = Metric("rollbook_store_lock_waits_total", (), "Writes that waited for others who wrote.", True)
LOCK_SECONDS = Metric("rollbook_store_lock_wait_seconds_total", (), "Seconds for which they waited.", True)
LOCK_REFUSALS = Metric("rollbook_store_lock_refusals_total", (), "Writes that waited in vain.", True)
MEMORY = Metric("rollbook_process_memory_bytes", ("pid",), "Memory of each process that answers (resident).")
PROCESSOR = Metric("rollbook_process_cpu_seconds", ("pid",), "Seconds for which it was on a processor.")
FILES = Metric("rollbook_process_open_files", ("pid",), "Files and connections that it has open.")
LEDGER_LAG = Metric(
    "rollbook_ledger_lag_seconds", (), "Seconds since disclosures were last taken from the journals into the ledger."
)
WORKER_AGE = Metric("rollbook_worker_age_seconds", (), "Seconds since a worker last came round.")
QUEUE = Metric("rollbook_queue_jobs", ("kind", "state"), "Jobs that wait, run, or have failed permanently (dead).")
QUEUE_AGE = Metric("rollbook_queue_age_seconds", ("kind",), "Seconds for which the job that is due longest has waited.")
SOURCE_AGE = Metric(
    "rollbook_source_age_seconds", ("district", "source"), "Seconds since a source was last read well, if it ever was."
)
SOURCE_FAILING = Metric(
    "rollbook_source_failing", ("district", "source"), "1 while the last readings of a source have failed, otherwise 0."
)
DISK = Metric("rollbook_disk_free_bytes", (), "Bytes that are left on the disk of the data directory.")
READY = Metric("rollbook_ready", ("check",), "1 where a check of /readyz is well, otherwise 0.")
BUILD = Metric("rollbook_build_info", ("version",), "1, under the version that answers.")

EVERY = (
    REQUESTS, LATENCY, JOBS, LOCK_WAITS, LOCK_SECONDS, LOCK_REFUSALS, MEMORY, PROCESSOR, FILES, LEDGER_LAG, WORKER_AGE,
    QUEUE, QUEUE_AGE, SOURCE_AGE, SOURCE_FAILING, DISK, READY, BUILD,
)  # fmt: skip
"""All of them, in the order in which they are told."""

Sample = tuple[tuple[str, ...], float]


def written(store: Store, together: Callable[[], Together], checks: Callable[[], dict[str, bool]]) -> bytes:
    """All that is measured, as Prometheus reads it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told([*_of_server(together()), *_of_hub(store), *_of_checks(checks())]))
    return generate_latest(registry)


class _Told(Collector):
    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> Iterable[Family]:
        return self._families


def _family(metric: Metric, samples: Iterable[Sample]) -> Family:
    kind = CounterMetricFamily if metric.counts else GaugeMetricFamily
    family = kind(metric.name.removesuffix("_total"), metric.about, labels=metric.labels)
    for labels, value in samples:
        family.add_metric(labels, value)
    return family


def _of_server(told: Together) -> Iterator[Family]:
    """What the processes of the server have counted, and are."""
    asked = ((d, e, str(status), sum(t.times)) for (d, e, status), t in sorted(told.asked.items()))
    yield _family(REQUESTS, [((d, e, status), times) for d, e, status, times in asked])
    yield _latency(told)
    yield _family(JOBS, [(labels, value) for (name, labels), value in sorted(told.counted.items()) if name == "job"])
    for metric, name in ((LOCK_WAITS, "waits"), (LOCK_SECONDS, "waited"), (LOCK_REFUSALS, "refused")):
        yield _family(metric, [((), told.counted.get((name, ()), 0.0))])
    for metric, name in ((MEMORY, "memory"), (PROCESSOR, "cpu"), (FILES, "files")):
        yield _family(metric, [((str(one.pid),), one.held[name]) for one in told.live if name in one.held])
    for metric, name in ((LEDGER_LAG, "folded"), (WORKER_AGE, "beat")):
        last = told.latest(name)
        yield _family(metric, [] if last is None else [((), max(0.0, time.time() - last))])


def _latency(told: Together) -> Family:
    family = HistogramMetricFamily(LATENCY.name, LATENCY.about, labels=LATENCY.labels)
    dialects: dict[str, Tally] = {}
    for (dialect, _, _), tally in sorted(told.asked.items()):
        dialects.setdefault(dialect, nothing()).add(tally)
    for dialect, tally in dialects.items():
        bounds = (*map(str, BUCKETS), "+Inf")
        family.add_metric([dialect], list(zip(bounds, accumulate(tally.times), strict=True)), tally.seconds)
    return family


def _of_hub(store: Store) -> Iterator[Family]:
    """What is told of the hub as a whole; what cannot be read now is left out, and /readyz says why."""
    now = store.clock()
    with suppress(RollbookError):
        queued = [one for one in store.passing.jobs.queued() if one.state != "done"]
        yield _family(QUEUE, [((one.kind, one.state), one.jobs) for one in queued])
        yield _family(QUEUE_AGE, [((one.kind,), max(0.0, now - one.due)) for one in queued if one.state == "waiting"])
    with suppress(RollbookError):
        with store.lend() as kept:
            found = [((str(f.district), f.source), health(kept, f, now)) for f in kept.feeds.every()]
        yield _family(SOURCE_AGE, [(labels, one.age) for labels, one in found if one.age is not None])
        yield _family(SOURCE_FAILING, [(labels, float(bool(one.failed))) for labels, one in found])
    yield _family(DISK, [((), shutil.disk_usage(store.folder).free)])
    yield _family(BUILD, [((__version__,), 1.0)])


def _of_checks(found: dict[str, bool]) -> Iterator[Family]:
    yield _family(READY, [((name,), float(well)) for name, well in found.items()])
