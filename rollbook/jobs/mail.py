"""E-mail: each is a job, so it is sent only after its cause is stored, and retried until a mail server accepts it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from ..consent.addresses import is_address
from ..consent.desk import Desk
from ..consent.grants import zone_of
from ..consent.invitations import Invitation
from ..consent.receipts import Receipt, words
from ..consent.research import PATH, ResearchDesk, asked_to, rights_of, standing_invitation
from ..consent.roles import ROLES, SIGN_UP, AccountLink
from ..errors import Problem, RollbookError, Stop
from ..settings import ADDRESS, SENDER, SMTP
from ..store.kept.projects import Invited
from .account_letters import forgotten_letter, password_letter
from .queue import Job

TIMEOUT = 6.0
"""Seconds to wait for the mail server at each step; an e-mail takes fewer steps than a job's lease has room for."""


class NotSent(RollbookError):
    """The mail server did not accept the e-mail."""


@dataclass(frozen=True)
class PostOffice:
    """How e-mail is sent: through which server and from whom; `hub` is the address in its links."""

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
        """Hand an e-mail to the mail server; raises `NotSent`, which shows neither addresses nor secrets."""
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


def hub_address() -> str:
    """The address at which schools reach the hub, without a slash at its end; empty where it is not set."""
    address = ADDRESS.get().rstrip("/")
    if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
        raise Stop(Problem(ADDRESS.name, "is not an address", "such as https://hub.example.org"))
    return address


def post_office() -> PostOffice | None:
    """How e-mail is sent, by the settings; None if no mail server is set. Raises `Stop` for invalid settings."""
    server = SMTP.get()
    if not server:
        return None
    sender, hub = SENDER.get(), hub_address()
    parts = urlsplit(server)
    wrong: list[Problem] = []
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        wrong.append(Problem(SMTP.name, "is not the address of a mail server", "such as smtp://name:password@host:587"))
    if not is_address(sender):
        wrong.append(Problem(SENDER.name, "is not an e-mail address", "such as rollbook@hub.example.org"))
    if not hub:
        wrong.append(
            Problem(ADDRESS.name, "is missing", "e-mails contain links to it: such as https://hub.example.org")
        )
    if wrong:
        raise Stop(*wrong)
    secure = parts.scheme == "smtps"
    port = parts.port or (465 if secure else 587 if parts.username else 25)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return PostOffice(parts.hostname or "", port, secure, user, password, sender, hub)


class Mail:
    """Does `mail` jobs: writes the e-mail again each time, under the same Message-ID, and hands it to the server."""

    def __init__(self, desk: Desk, office: PostOffice | None) -> None:
        self.desk = desk
        self.office = office

    def __call__(self, job: Job) -> None:
        """Send an e-mail, unless it is no longer true."""
        kinds = {"receipt": self._receipt, "invitation": self._invitation, "membership": self._membership}
        kinds |= {"account": self._account, "forgotten": self._forgotten, "password": self._password}
        made = kinds[job.payload["letter"]](job)
        if made is not None:
            if self.office is None:
                raise NotSent(f"no mail server is set (name one in {SMTP.name})")
            self.office.send(made(self.office))

    def _invitation(self, job: Job) -> Callable[[PostOffice], EmailMessage] | None:
        invitation = self.desk.invitations.by_id(job.payload["invitation"])
        if invitation is None or invitation.serial != job.payload["serial"] or not invitation.email:
            return None
        if invitation.expires <= self.desk.clock():
            return None
        link = f"/authorise/{self.desk.invitations.link(invitation)}"
        contact, agreed = self.desk.registrations.of(invitation.app).contact, self.desk.invitations.lives_on(invitation)
        write = fresh_link if agreed else letter
        return lambda office: write(invitation, office.hub + link, job, office, contact)

    def _membership(self, job: Job) -> Callable[[PostOffice], EmailMessage] | None:
        answerer = job.payload.get("to", "")
        invited = standing_invitation(self.desk.store.kept, job.payload["invitation"], answerer)
        if invited is None:
            return None
        link = f"{PATH}{ResearchDesk(self.desk).joining.link(invited.id, answerer)}"
        return lambda office: membership_letter(invited, office.hub + link, job, office)

    def _account(self, job: Job) -> Callable[[PostOffice], EmailMessage] | None:
        link = self.desk.roles.by_id(job.payload["link"])
        if link is None:
            return None
        path, called = self.desk.roles.path(link), self.desk.roles.called().get(link.place, "")
        return lambda office: account_letter(link, called, office.hub + path, job, office)

    def _forgotten(self, job: Job) -> Callable[[PostOffice], EmailMessage] | None:
        remedy = self.desk.forgetting.remedy(job.payload["to"])
        if remedy is None:
            return None
        path = self.desk.roles.path(remedy.link) if remedy.link else ""
        subject = "Choose another password for Rollbook"
        return lambda office: forgotten_letter(begun(remedy.account.email, subject, job, office), remedy,
                                               office.hub + path)  # fmt: skip

    def _password(self, job: Job) -> Callable[[PostOffice], EmailMessage] | None:
        account = self.desk.accounts.by_id(job.payload["account"])
        if account is None:
            return None
        subject = "Your password for Rollbook was changed"
        return lambda office: password_letter(begun(account.email, subject, job, office), account, job, office)

    def _receipt(self, job: Job) -> Callable[[PostOffice], EmailMessage] | None:
        receipt = self.desk.receipts.by_id(job.payload["receipt"])
        if receipt is None:
            return None
        link = self.desk.invitations.link_for(receipt.grant, job.payload["to"])
        path = f"/authorise/{link}" if link else ""
        return lambda office: receipt_letter(receipt, job.payload["to"], office.hub + path if path else "", job, office)


def begun(to: str, subject: str, job: Job, office: PostOffice, contact: str = "") -> EmailMessage:
    """An e-mail with all but what it says."""
    message = EmailMessage()
    message["Message-ID"] = f"<{job.id}@{office.domain}>"
    message["Date"] = formatdate(job.made)
    message["From"] = f"Rollbook <{office.sender}>"
    message["To"] = to
    if is_address(contact):
        message["Reply-To"] = contact
    # RFC 3834 §5: nobody's holiday notice need answer this.
    message["Auto-Submitted"] = "auto-generated"
    message["Subject"] = subject
    return message


def letter(invitation: Invitation, link: str, job: Job, office: PostOffice, contact: str) -> EmailMessage:
    """The e-mail in which an app asks a school for its records."""
    app = plain(invitation.app.name) or invitation.app.relying_party
    school = plain(invitation.school_name)
    subject = f"{'' if invitation.live else '[Test] '}{app} asks for access to records of {school}"
    message = begun(invitation.email, subject, job, office, contact)
    until = _day(invitation.expires, invitation.time_zone)
    paragraphs = [
        f"Dear {plain(invitation.name) or 'colleague'},",
        f"{app} asks {school} to share records with it.",
        *(() if invitation.live else ("This is a trial: the app is not in live use yet.",)),
        "The page below shows what the app asks for and why. There you decide what to share and whose data to include,"
        " or decline:",
        link,
        f"You can agree until {until}. If you do, keep this e-mail: the same link shows what you share, and lets you"
        " share less or stop at any time.",
        "The link is for the people who decide about the school's data. Anyone who opens it can see the names of"
        " students, staff and contacts, and can decide for the school. Please do not forward it.",
        "Nothing is shared until you agree. If you did not expect this e-mail, you can ignore it.",
        *((f"Questions about the app: {contact}",) if is_address(contact) else ()),
    ]
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


def membership_letter(invited: Invited, link: str, job: Job, office: PostOffice) -> EmailMessage:
    """The e-mail in which somebody is invited to a research project, by themselves or with a group, or to a group."""
    asked, by = plain(asked_to(invited, "the research project "), 400), plain(invited.by)
    message = begun(invited.email, f"{by} invites you to {plain(asked_to(invited), 400)}", job, office, invited.address)
    until = f" You can accept until {invited.last_day}." if invited.last_day else ""
    who = "Its members" if invited.team else "You"
    paragraphs = [
        f"{by} invites you to {asked}. {who} would be able to {rights_of(invited)}.",
        f"The page below lets you accept or decline.{until}",
        link,
        "The link is for you alone: whoever has it can open an account under your address. Please do not forward it.",
        "If you did not expect this e-mail, you can ignore it.",
    ]
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


def account_letter(link: AccountLink, called: str, address: str, job: Job, office: PostOffice) -> EmailMessage:
    """The e-mail that invites somebody to an account with a role, or lets them choose another password."""
    where = f": {plain(called)}" if called else ""
    subject = f"Your invitation to Rollbook{where}" if link.role else "Choose another password for Rollbook"
    asked = f"{plain(link.made_by)} invites you to Rollbook, as somebody who {ROLES.get(link.role, '')}{where}."
    if link.made_by == SIGN_UP:
        subject = "Your account for building apps on Rollbook"
        asked = "Somebody, probably you, wants to build an app on Rollbook with this address. The page below opens the"
        asked += " account, or takes the one that you have."
    message = begun(link.email, subject, job, office)
    paragraphs = [
        asked if link.role else "With the page below you can choose another password for your account.",
        address,
        "The link is for you alone, opens once, and for a week. Please do not forward it.",
        "If you did not expect this e-mail, you can ignore it.",
    ]
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


def fresh_link(invitation: Invitation, link: str, job: Job, office: PostOffice, contact: str) -> EmailMessage:
    """The e-mail with another link to what a school shares already."""
    app = plain(invitation.app.name) or invitation.app.relying_party
    school = plain(invitation.school_name)
    message = begun(invitation.email, f"Your new link: what {school} shares with {app}", job, office)
    paragraphs = [
        f"Dear {plain(invitation.name) or 'colleague'},",
        f"Here is a new link to the page that shows what {school} shares with {app}:",
        link,
        "Earlier links no longer work. With this one you can see what is shared, share less or stop at any time. Until"
        f" {_day(invitation.expires, invitation.time_zone)} you can also share more, or choose other people.",
        "The link is for the people who decide about the school's data. Please do not forward it.",
        "If nobody at your school asked for this link, somebody has opened an old one. Nothing has changed by that.",
    ]
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


def receipt_letter(receipt: Receipt, to: str, link: str, job: Job, office: PostOffice) -> EmailMessage:
    """The e-mail that tells a school what it agreed to, changed or ended, and how to change or end it."""
    app, school = plain(receipt.app), plain(receipt.school)
    message = begun(to, f"Receipt: {school} and {app}, {_day(receipt.at, receipt.time_zone)}", job, office)
    at = datetime.fromtimestamp(receipt.at, zone_of(receipt.time_zone))
    said = f"{receipt.heading}. This is your receipt, dated {_day(receipt.at, receipt.time_zone)}, {at:%H:%M}."
    paragraphs = [said, f"School: {school} ({receipt.estab})\nApp: {app}"]
    if receipt.email:
        paragraphs[1] += f"\nInvitation sent to: {receipt.email}"
    if receipt.note:
        paragraphs.append(f"{receipt.note}.")
    if receipt.dropped:
        paragraphs.append("No longer shared:\n" + _listed(words(name) for name in receipt.dropped))
    if receipt.event == "ended":
        paragraphs.append(f"{app} can no longer read any records of {school}.")
    else:
        if receipt.event == "paused":
            paragraphs.append("Nothing is shared while it is paused. When sharing is resumed, this is what is shared:")
        paragraphs.append(f"What {app} can read:\n" + _listed(receipt.reads or ("Nothing",)))
        paragraphs.append(f"What {app} can change:\n" + _listed(receipt.writes or ("Nothing",)))
        paragraphs.append("Whose data:\n" + _listed(receipt.people))
        until = _day(receipt.ends, receipt.time_zone) if receipt.ends is not None else ""
        paragraphs.append(f"Sharing ends on {until}." if until else "Sharing goes on until you end it.")
    if link:
        paragraphs += ["See, change or end what you share at any time:", link]
        paragraphs.append("The link is for the people who decide about the school's data. Please do not forward it.")
    else:
        paragraphs.append(f"To change or end it, contact the people who run the hub at {office.hub}.")
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {plain(line, 400)}" for line in lines)


def _day(seconds: float, zone: str) -> str:
    return f"{datetime.fromtimestamp(seconds, zone_of(zone)):%d %B %Y}".lstrip("0")


def plain(text: str, longest: int = 120) -> str:
    """A name as one line of an e-mail, whatever it contains."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest]
