"""E-mails about one's own account: a link for another password, and that there is another one."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

from ..consent.forgetting import Remedy
from ..store.kept.accounts import Account
from .queue import Job

if TYPE_CHECKING:
    from .mail import PostOffice


def forgotten_letter(message: EmailMessage, remedy: Remedy, address: str) -> EmailMessage:
    """The e-mail for somebody who has forgotten their password; `address` is where the link leads."""
    paragraphs = ["Somebody, probably you, asked for another password for your account on Rollbook."]
    if remedy.link:
        paragraphs += [
            "With the page below you choose one:",
            address,
            "The link is for you alone, opens once, and for an hour. Please do not forward it. If your account has an"
            " authenticator app, its code is still asked for.",
        ]
    else:
        paragraphs.append(
            "Your account has no password: you sign in with an account that you have elsewhere. If you cannot, ask the"
            " people who run this hub."
        )
    paragraphs.append("If it was not you, you can ignore this e-mail: nothing has changed.")
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


def password_letter(message: EmailMessage, account: Account, job: Job, office: PostOffice) -> EmailMessage:
    """The e-mail that tells somebody that their password is another one."""
    at = datetime.fromtimestamp(job.made, UTC)
    paragraphs = [
        f"The password of {account.email} on Rollbook was changed on {at:%d %B %Y} at {at:%H:%M} UTC. Other browsers"
        " that were signed in no longer are.",
        "If that was you, there is nothing to do.",
        "If it was not, somebody else can read your e-mail or knew your password. Choose another password now, and tell"
        " the people who run this hub:",
        f"{office.hub}/console/forgotten",
    ]
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message
