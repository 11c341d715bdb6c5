"""`rollbook work`: do a hub's jobs, beside servers that only answer."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from types import FrameType

import click

from ..settings import JOBS, LOG, unknown
from .common import Application, data_option, open_store, say, warn
from .serving import log_option, metrics_option, serve_metrics


@click.command()
@data_option()
@metrics_option()
@log_option()
@click.pass_obj
def work(application: Application, data: Path | None, metrics: str | None, log: str) -> None:
    """Do a hub's jobs, and answer nobody.

    Servers do jobs besides answering, unless they were started with --jobs no. Any number of processes may work for
    one hub: each job is done by one of them, and those of one that is killed are done by another.
    """
    for problem in unknown(os.environ):
        warn(str(problem))
    # What is made over the store reads them there.
    os.environ[LOG.name], os.environ[JOBS.name] = log, "yes"
    from ..operation.logs import configure

    configure(log)
    with open_store(data) as store:
        edge = application(store)
        assert edge.watch is not None
        assert edge.beside is not None
        ended = _told_to_end()
        for one in (edge.watch, edge.beside):
            one.start()
        serve_metrics(metrics, edge.watch.looking)
        say(f"Rollbook does the jobs of {store.folder}")
        ended.wait()
        for one in (edge.beside, edge.watch):
            one.stop()
        if edge.ledger is not None:
            edge.ledger.close()


def _told_to_end() -> threading.Event:
    """What is set when the process is told to end (SIGTERM, or SIGINT from the keyboard)."""
    ended = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        ended.set()

    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, end)
    return ended
