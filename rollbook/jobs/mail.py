"""Letters: an e-mail is a job, so it leaves after what caused it is kept, and is tried until a mail server has it."""

from __future__ import annotations

import os
import smtplib
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from ..consent.addresses import is_address
from ..consent.desk import Desk
from ..consent.invitations import Invitation
from ..errors import Problem, RollbookError, Stop
from .queue import Job

SMTP, SENDER, ADDRESS = "ROLLBOOK_SMTP_URL", "ROLLBOOK_MAIL_FROM", "ROLLBOOK_URL"
"""The settings: the mail server (`smtp://name:password@host:587`, or `smtps://`), the address that letters come from,
and the address at which schools reach the hub (`https://hub.example.org`)."""

TIMEOUT = 6.0
"""Seconds to wait for the mail server at each step; a letter takes fewer steps than a job's lease has room for."""


class NotSent(RollbookError):
    """The mail server did not take the letter."""


@dataclass(frozen=True)
class PostOffice:
    """How letters leave: through which server, from whom; `hub` is the address that stands in their links."""

    host: str
    port: int
    secure: bool
    user: str
    password: str
    sender: str
    hub: str

    @property
    def domain(self) -> str:
        """The domain of the sender's address."""
        return self.sender.rpartition("@")[2]

    def send(self, letter: EmailMessage) -> None:
        """Hand a letter to the mail server; raises `NotSent`, which tells neither addresses nor secrets."""
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(letter)
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"{self.host} answered {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            # What a server says of a recipient holds the address, which is nobody's business here.
            raise NotSent(f"{self.host}: {type(error).__name__}") from None

    def _connected(self) -> smtplib.SMTP:
        trusted = ssl.create_default_context()
        if self.secure:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=trusted)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        server.ehlo()
        if self.user or server.has_extn("starttls"):
            # A password is never sent in clear: where the server cannot encrypt, the letter is not sent.
            server.starttls(context=trusted)
        return server


def hub_address(settings: Mapping[str, str] = os.environ) -> str:
    """The address at which schools reach the hub, without a slash at its end; empty where it is not set."""
    address = settings.get(ADDRESS, "").strip().rstrip("/")
    if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
        raise Stop(Problem(ADDRESS, "is not an address", "such as https://hub.example.org"))
    return address


def post_office(settings: Mapping[str, str] = os.environ) -> PostOffice | None:
    """How letters leave, by the settings; None where no mail server is set. Raises `Stop` for what makes no sense."""
    server = settings.get(SMTP, "").strip()
    if not server:
        return None
    sender, hub = settings.get(SENDER, "").strip(), hub_address(settings)
    parts = urlsplit(server)
    wrong: list[Problem] = []
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        wrong.append(Problem(SMTP, "is not the address of a mail server", "such as smtp://name:password@host:587"))
    if not is_address(sender):
        wrong.append(Problem(SENDER, "is not an e-mail address", "such as rollbook@hub.example.org"))
    if not hub:
        wrong.append(Problem(ADDRESS, "is missing", "letters hold links: such as https://hub.example.org"))
    if wrong:
        raise Stop(*wrong)
    secure = parts.scheme == "smtps"
    port = parts.port or (465 if secure else 587 if parts.username else 25)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return PostOffice(parts.hostname or "", port, secure, user, password, sender, hub)


class Mail:
    """Does `mail` jobs: writes the letter anew each time, under the same Message-ID, and hands it to the server."""

    def __init__(self, desk: Desk, office: PostOffice | None) -> None:
        self.desk = desk
        self.office = office

    def __call__(self, job: Job) -> None:
        """Send a letter, unless it is no longer true."""
        invitation = self.desk.invitation_by_id(job.payload["invitation"])
        if invitation is None or invitation.serial != job.payload["serial"] or not invitation.email:
            return
        if invitation.expires <= self.desk.clock():
            return
        if self.office is None:
            raise NotSent(f"no mail server is set (name one in {SMTP})")
        link = f"{self.office.hub}/authorise/{self.desk.link_of(invitation)}"
        self.office.send(letter(invitation, link, job, self.office, self.desk.registration(invitation.app).contact))


def letter(invitation: Invitation, link: str, job: Job, office: PostOffice, contact: str) -> EmailMessage:
    """The letter in which an app asks a school for its records."""
    app = plain(invitation.app.name) or invitation.app.relying_party
    school = plain(invitation.school_name)
    message = EmailMessage()
    message["Message-ID"] = f"<{job.id}@{office.domain}>"
    message["Date"] = formatdate(job.made)
    message["From"] = f"Rollbook <{office.sender}>"
    message["To"] = invitation.email
    if is_address(contact):
        message["Reply-To"] = contact
    # RFC 3834 §5: nobody's holiday notice need answer this.
    message["Auto-Submitted"] = "auto-generated"
    message["Subject"] = f"{'' if invitation.live else '[Test] '}{app} asks to read records of {school}"
    until = time.strftime("%d %B %Y", time.gmtime(invitation.expires)).lstrip("0")
    paragraphs = [
        f"Dear {plain(invitation.name) or 'colleague'},",
        f"{app} asks {school} to share records with it.",
        *(() if invitation.live else ("This is a trial: the app is not in live use yet.",)),
        "On this page you see what it asks for and why, decide what it may read and of whom, or decline:",
        link,
        f"The link works until {until}. It is for those who decide about the school's data: whoever opens it can see"
        " the names of students, staff and contacts, and decide for the school. Please do not pass it on.",
        "Nothing is shared until you agree. If you did not expect this letter, you need do nothing.",
        *((f"Questions about the app: {contact}",) if is_address(contact) else ()),
    ]
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


def plain(text: str) -> str:
    """A name as one line of a letter, whatever stands in it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]
