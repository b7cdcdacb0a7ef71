"""Handing a message to the mail server, and knowing what is known afterwards."""

import re
import smtplib
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache
from typing import Any

from django.core.mail import get_connection
from django.core.mail.message import sanitize_address


class Handed(Enum):
    """What we know after a try. UNKNOWN: the text was on its way and no answer came."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNREACHED = "unreached"  # as LATER, and no other message would fare better now


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
        backend = self.backend
        for smtp in (backend.connection, backend._partial_connection):
            if smtp is not None:
                smtp.close()
        backend.connection = backend._partial_connection = None

    def hand_over(
        self,
        text: bytes,
        sender: str,
        recipient: str,
        *,
        in_time: Callable[[], bool],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> tuple[Handed, str]:
        """Send `text`, one message, to one recipient. Returns what is known and the server's words.

        Until the server asks for the text nothing can have been accepted; from then on only its answer tells.
        `in_time` is asked directly before the text leaves; if it says no, the connection is dropped. `meanwhile` is
        called once the text is on its way, before the answer is read: servers write to a disk before they answer.
        """
        try:
            envelope = [_bare(address) for address in (sender, recipient)]
        except ValueError as error:
            return Handed.REFUSED, str(error)
        answer = self._announce(*envelope)
        if answer is not None:
            return answer
        if not in_time():
            self.drop()
            return Handed.LATER, "the worker was too slow"
        return self._hand_text(text, meanwhile)

    def _announce(self, sender: str, recipient: str) -> tuple[Handed, str] | None:
        """Say from whom and to whom, on a new connection if the kept one is gone. None: the server wants the text."""
        while True:
            try:
                is_new = self.backend.open()
            except (OSError, smtplib.SMTPException) as error:
                self.drop()
                return Handed.UNREACHED, str(error)
            try:
                return self._say(self.backend.connection, sender, recipient)
            except (OSError, smtplib.SMTPException) as error:
                self.drop()
                if is_new:
                    return Handed.UNREACHED, str(error)

    def _say(self, smtp: smtplib.SMTP, sender: str, recipient: str) -> tuple[Handed, str] | None:
        smtp.ehlo_or_helo_if_needed()
        is_piped = smtp.has_extn("pipelining")
        replies = (_in_one_go if is_piped else _one_by_one)(smtp, sender, recipient)
        for is_first, wanted in ((True, 2), (False, 2), (False, 3)):
            code, said = next(replies)
            if code // 100 != wanted:
                self._take_back(smtp, replies if is_piped else iter(()))
                # It does not take mail from us: that is no fault of this message.
                return (Handed.UNREACHED if is_first else _meaning(code)), _words(code, said)
        return None

    def _take_back(self, smtp: smtplib.SMTP, replies: Iterator[tuple[int, bytes]]) -> None:
        """Have the server forget the envelope; what it says no more matters to this message."""
        if any(code // 100 == 3 for code, _said in replies):  # it waits for a text although it refused
            self.drop()
        else:
            smtp.rset()

    def _hand_text(self, text: bytes, meanwhile: Callable[[], None]) -> tuple[Handed, str]:
        smtp = self.backend.connection
        try:
            smtp.send(re.sub(rb"(?m)^\.", b"..", text).removesuffix(b"\r\n") + b"\r\n.\r\n")
            meanwhile()
            code, said = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            return Handed.UNKNOWN, str(error)
        if code // 100 not in {2, 4, 5}:
            self.drop()
            return Handed.UNKNOWN, _words(code, said)
        return (Handed.ACCEPTED if code // 100 == 2 else _meaning(code)), _words(code, said)


def _one_by_one(smtp: smtplib.SMTP, sender: str, recipient: str) -> Iterator[tuple[int, bytes]]:
    """The three commands before a text, and what the server says to each."""
    yield smtp.mail(sender)
    yield smtp.rcpt(recipient)
    yield smtp.docmd("DATA")


def _in_one_go(smtp: smtplib.SMTP, sender: str, recipient: str) -> Iterator[tuple[int, bytes]]:
    """The same to a server that reads ahead (RFC 2920): one way there and back instead of three."""
    smtp.send(f"MAIL FROM:{sender}\r\nRCPT TO:{recipient}\r\nDATA\r\n")
    for _command in range(3):
        yield smtp.getreply()


@lru_cache(maxsize=2000)  # every mail has the same sender, and a reader gets several
def _bare(address: str) -> str:
    """As it stands on an envelope: <name@domain>. Raises ValueError for what is no address."""
    return smtplib.quoteaddr(sanitize_address(address, "utf-8"))


def _meaning(code: int) -> Handed:
    return Handed.REFUSED if code // 100 == 5 else Handed.LATER


def _words(code: int, said: bytes) -> str:
    return f"{code} {said.decode(errors='replace')}"
