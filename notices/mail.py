"""Handing a message to the mail server, and knowing what is known afterwards."""

import smtplib
from email.message import Message
from enum import Enum
from typing import Any

from django.core.mail import get_connection


class Handed(Enum):
    """What we know after a try. UNKNOWN: the text was on its way and no answer came."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Relay:
    """One SMTP connection, kept for many messages; `with Relay() as relay: relay.hand_over(...)`."""

    def __init__(self) -> None:
        self.backend: Any = get_connection()

    def __enter__(self) -> "Relay":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.drop()

    def drop(self) -> None:
        """Close without ceremony: what the server was told so far and not confirmed is void."""
        smtp, self.backend.connection = self.backend.connection, None
        if smtp is not None:
            smtp.close()

    def hand_over(self, message: Message, sender: str, recipient: str) -> tuple[Handed, str]:
        """Send one message to one recipient. Returns what is known and the server's words.

        Until the server asks for the text nothing can have been accepted; from then on only its answer tells.
        """
        try:
            self.backend.open()
            smtp = self.backend.connection
            for code, words in (smtp.mail(sender), smtp.rcpt(recipient)):
                if code not in (250, 251):
                    smtp.rset()
                    return (Handed.REFUSED if code >= 500 else Handed.LATER), f"{code} {words.decode(errors='replace')}"
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            return Handed.LATER, str(error)
        return self._hand_text(smtp, message)

    def _hand_text(self, smtp: smtplib.SMTP, message: Message) -> tuple[Handed, str]:
        try:
            code, words = smtp.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
        except smtplib.SMTPDataError as error:  # the server did not ask for the text
            self.drop()
            return (Handed.REFUSED if error.smtp_code >= 500 else Handed.LATER), str(error)
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            return Handed.UNKNOWN, str(error)
        said = f"{code} {words.decode(errors='replace')}"
        if code == 250:
            return Handed.ACCEPTED, said
        return (Handed.REFUSED if code >= 500 else Handed.LATER), said
