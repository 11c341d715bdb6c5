"""Settings: everything that the environment tells a hub, each declared once.

A secret may also be in a file that a variable of the same name with `_FILE` at its end names, as containers and systemd
hand over secrets. None is ever an argument of a command: everybody on a machine sees those.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from .errors import Problem, Stop

PREFIX, FILE = "ROLLBOOK_", "_FILE"

Environment = Mapping[str, str]
T = TypeVar("T", covariant=True)


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a setting may say: a word for it, and how a text is read; `read` raises `ValueError` for any other."""

    word: str
    read: Callable[[str], T]
    address: bool = False
    """Whether it leads somewhere, which may be shown also where the rest of it is secret."""


def _whole(least: int, most: int) -> Kind[int]:
    def read(text: str) -> int:
        number = int(text)
        return number if least <= number <= most else _no()

    return Kind(f"a whole number from {least} to {most}", read)


def _positive(text: str) -> float:
    number = float(text)
    return number if 0 < number < float("inf") else _no()


def _place(text: str) -> tuple[str, int]:
    """A host and a port, `127.0.0.1:9100` or `[::1]:9100`."""
    host, colon, port = text.rpartition(":")
    return (host.strip("[]"), _whole(0, 65_535).read(port)) if colon and host else _no()


def _no() -> Any:
    raise ValueError


def _one_of(*words: str) -> Kind[str]:
    return Kind(" or ".join(f"`{word}`" for word in words), lambda text: text if text in words else _no())


def _issuer(text: str) -> str:
    """A provider's name for itself, which is where it is asked: never in clear, but on the machine itself."""
    parts = urlsplit(text)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))
    return text if safe and parts.hostname and not parts.query and not parts.fragment else _no()


TEXT = Kind("text", str)
FOLDER = Kind("a directory", Path)
DATABASE_URL = Kind("an address, such as postgresql://user@host/rollbook", str, address=True)
URL = Kind("an address, such as https://hub.example.org", str)
MAIL_SERVER = Kind("an address, such as smtp://name:password@mail.example.org:587", str, address=True)
MAIL_ADDRESS = Kind("an e-mail address", str)
ISSUER = Kind("an address of https, such as https://accounts.google.com", _issuer)
HOSTS = Kind("hosts, with commas between", str)
SECONDS = Kind("seconds", _positive)
PLACE = Kind("a host and a port, such as 127.0.0.1:9100", _place)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting: the variable's name, what it may say, what holds without it, and what it is for."""

    name: str
    kind: Kind[T]
    default: T
    about: str
    option: str = ""
    """The option of `rollbook serve` that says the same, and is heeded first."""
    secret: bool = False

    @property
    def file(self) -> str:
        """The variable that names the file with a secret."""
        return f"{self.name}{FILE}"

    def get(self, environment: Environment | None = None) -> T:
        """What it says, or its default; raises `Stop` where it says what it must not."""
        text = self.text(environment)
        return self.default if text is None else self.read(text)

    def read(self, text: str) -> T:
        """What a text says; raises `Stop` where it says nothing that this setting may say."""
        try:
            return self.kind.read(text)
        except ValueError:
            raise Stop(Problem(self.name, f"must be {self.kind.word}", f"unset, it is {self.shown_default}")) from None

    def text(self, environment: Environment | None = None) -> str | None:
        """What the environment says, or the file that it names; None where it is not set."""
        given = os.environ if environment is None else environment
        said, path = given.get(self.name, "").strip(), given.get(self.file, "") if self.secret else ""
        if said and path:
            raise Stop(Problem(self.name, f"is set, and so is {self.file}", "set one of the two"))
        return _content(self.file, path) if path else said or None

    def source(self, environment: Environment) -> str:
        """Where it comes from, in words."""
        if environment.get(self.name, "").strip():
            return "environment"
        path = environment.get(self.file, "") if self.secret else ""
        return f"file {path}" if path else "default"

    def shown(self, environment: Environment | None = None) -> str:
        """What it says as it may be shown to anybody: of a secret no more than where it leads, or that it is set."""
        text = self.text(environment)
        if text is None:
            return "" if self.secret else _written(self.default)
        self.read(text)
        if not self.secret:
            return text
        return _without_secrets(text) if self.kind.address else "set"

    @property
    def shown_default(self) -> str:
        """What holds where it is not set."""
        return _written(self.default) or "nothing"


def _content(name: str, path: str) -> str:
    try:
        text = Path(path).read_text().strip()
    except (OSError, UnicodeError):
        raise Stop(Problem(name, f"names {path}, which cannot be read", "see who may read the file")) from None
    if not text:
        raise Stop(Problem(name, f"names {path}, which is empty", "write the secret into it"))
    return text


def _written(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _without_secrets(text: str) -> str:
    """Where an address leads, without names, passwords and parameters; where that cannot be told, that it is set."""
    try:
        parts = urlsplit(text)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "set"
    return f"{parts.scheme}://{host}{parts.path}" if parts.scheme and "://" in text else "set"


def password_in(address: str) -> bool:
    """Whether an address of a database holds a password, as an address or as `name=value`."""
    try:
        held = bool(urlsplit(address).password)
    except ValueError:
        held = False
    return held or "password=" in address.lower().replace(" ", "")


def _named(name: str) -> str:
    return f"{PREFIX}{name}"


DATA = Setting(
    _named("DATA"), FOLDER, None, "The data directory; without it ./data, then ./demo-data.", option="--data"
)
DATABASE = Setting(
    _named("DATABASE"), DATABASE_URL, None,
    "The PostgreSQL database that records are kept in; without it they are kept in the data directory.",
    option="--database", secret=True,
)  # fmt: skip
REPLICA = Setting(
    _named("REPLICA"), DATABASE_URL, None,
    "A replica of that database, which answers where it has all that was written.", option="--replica", secret=True,
)  # fmt: skip
KEY = Setting(
    _named("KEY"), TEXT, None,
    "The hub's key, at least 32 characters, the same on all servers of a hub; without it the file hub.key.",
    secret=True,
)  # fmt: skip
HOST = Setting(_named("HOST"), TEXT, "127.0.0.1", "The address to listen on.", option="--host")
PORT = Setting(
    _named("PORT"), _whole(0, 65_535), 8000, "The port to listen on. 0 means any free port.", option="--port"
)
WORKERS = Setting(
    _named("WORKERS"), _whole(1, 256), 1, "How many processes answer. Use at most one for each core.",
    option="--workers",
)  # fmt: skip
JOBS = Setting(
    _named("JOBS"), _one_of("yes", "no"), "yes",
    "Whether a server does jobs besides, such as sending webhooks and reading sources; where none does, run"
    " `rollbook work`.",
    option="--jobs",
)  # fmt: skip
RATE_LIMIT = Setting(
    _named("RATE_LIMIT"), _whole(0, 1_000_000_000), 12_000,
    "Requests a minute for each token, in each process. 0 means no limit.", option="--rate-limit",
)  # fmt: skip
WRITE_WAIT = Setting(
    _named("WRITE_WAIT"), SECONDS, 5.0, "For how long a request waits for other writers before it gets 503."
)
METRICS: Setting[tuple[str, int] | None] = Setting(
    _named("METRICS"), PLACE, None,
    "An address of its own for /metrics, /healthz and /readyz, which only those who run the hub should reach.",
    option="--metrics",
)  # fmt: skip
METRICS_TOKEN = Setting(
    _named("METRICS_TOKEN"), TEXT, None,
    "A token for which /metrics is answered at the hub's own address, too, as `Authorization: Bearer TOKEN`.",
    secret=True,
)  # fmt: skip
METRICS_FOLDER = Setting(
    _named("METRICS_FOLDER"), FOLDER, None,
    "Where the processes of one server put their figures together; `rollbook serve --workers` makes one.",
)  # fmt: skip
BACKUP_PASSPHRASE = Setting(
    _named("BACKUP_PASSPHRASE"), TEXT, None,
    "The passphrase that backups are encrypted with, and opened with; without it they are not encrypted.", secret=True,
)  # fmt: skip
TRACES: Setting[str | None] = Setting(
    _named("TRACES"), URL, None,
    "The collector that traces are sent to, by OTLP over HTTP, such as http://127.0.0.1:4318 (extra `otel`).",
)  # fmt: skip
LOG = Setting(
    _named("LOG"), _one_of("problems", "text", "json"), "problems",
    "What is logged on the error stream: problems only, or every answer, too, as text or as lines of JSON.",
    option="--log",
)  # fmt: skip
ADDRESS = Setting(
    _named("URL"), URL, "", "The address at which schools reach the hub; it stands in links, and e-mail needs it."
)
SMTP = Setting(
    _named("SMTP_URL"), MAIL_SERVER, "", "The mail server (smtp or smtps); without it no e-mail is sent.", secret=True
)
SENDER = Setting(_named("MAIL_FROM"), MAIL_ADDRESS, "", "The address that e-mails come from.")
CALLBACK_ALLOW = Setting(
    _named("CALLBACK_ALLOW"), HOSTS, "",
    "Hosts that may be called although they are not on the public internet, such as receivers of webhooks.",
)  # fmt: skip
SIGN_UP = Setting(
    _named("SIGN_UP"), _one_of("off", "developers"), "off",
    "Who may open an account without being invited: nobody, or whoever builds apps. It needs a mail server.",
)  # fmt: skip
SANDBOXES = Setting(
    _named("SANDBOXES"), _whole(0, 100), 2, "How many schools of invented people an app may have. 0 means none."
)


@dataclass(frozen=True)
class Elsewhere:
    """The settings of a provider that people may sign in with instead of a password, by OpenID Connect."""

    issuer: Setting[str]
    client: Setting[str]
    secret: Setting[str]
    called: Setting[str]

    @property
    def every(self) -> tuple[Setting[str], ...]:
        """All four."""
        return self.issuer, self.client, self.secret, self.called


def _elsewhere(stem: str, which: str) -> Elsewhere:
    return Elsewhere(
        Setting(_named(f"{stem}_ISSUER"), ISSUER, "", f"The {which} provider that people may sign in with (OpenID"
                " Connect): what it calls itself, which is the address that it is asked at."),
        Setting(_named(f"{stem}_CLIENT_ID"), TEXT, "", "What that provider knows the hub by."),
        Setting(_named(f"{stem}_CLIENT_SECRET"), TEXT, "", "The secret that it gave the hub.", secret=True),
        Setting(_named(f"{stem}_NAME"), TEXT, "", "What people call it; without it, the provider's host."),
    )  # fmt: skip


PROVIDERS = (_elsewhere("OIDC", "first"), _elsewhere("OIDC_2", "second"), _elsewhere("OIDC_3", "third"))
"""Those whom people may sign in with."""

EVERY: tuple[Setting[Any], ...] = (
    DATA, DATABASE, REPLICA, KEY, HOST, PORT, WORKERS, JOBS, RATE_LIMIT, WRITE_WAIT,
    METRICS, METRICS_TOKEN, METRICS_FOLDER, TRACES, LOG, BACKUP_PASSPHRASE, ADDRESS, SMTP, SENDER, CALLBACK_ALLOW,
    *(setting for provider in PROVIDERS for setting in provider.every),
    SIGN_UP, SANDBOXES,
)  # fmt: skip
"""All of them, in the order in which they are shown."""


@dataclass(frozen=True)
class Told:
    """A setting as it may be shown: no value where it says what it must not, or its file cannot be read."""

    setting: Setting[Any]
    value: str | None
    source: str


def told(environment: Environment, wrong: list[Problem]) -> list[Told]:
    """All of them as they may be shown; what is wrong with any is added to `wrong`."""
    wrong += unknown(environment)
    return [_told(one, environment, wrong) for one in EVERY]


def _told(setting: Setting[Any], environment: Environment, wrong: list[Problem]) -> Told:
    try:
        value = setting.shown(environment)
    except Stop as error:
        wrong += error.problems
        value = None
    return Told(setting, value, setting.source(environment))


def unknown(environment: Environment, every: Iterable[Setting[Any]] = EVERY) -> list[Problem]:
    """The variables that look like settings and are none, each with the one that it is most like."""
    known = {name for one in every for name in ((one.name, one.file) if one.secret else (one.name,))}
    strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return [Problem(name, "is no setting of Rollbook", _like(name, known)) for name in strange]


def _like(name: str, known: set[str]) -> str:
    plain = name.removesuffix(FILE)
    if plain in known:
        return f"{plain} is no secret: set it directly"
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else "`rollbook config` lists them"
