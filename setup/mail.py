"""An SMTP server that keeps what it gets, one .eml file per message: `python -m setup.mail FOLDER PORT`.

It keeps a journal too, in the words of Postfix: what stands in it was taken, whatever the sender heard.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Writes each message whole or not at all, before the sender hears that it was taken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)
        folder.mkdir(parents=True, exist_ok=True)
        self.journal = (folder / "journal").open("ab", buffering=0)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """As every mail server, it reads ahead: what it gets at once waits until the last is answered (RFC 2920)."""
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{moment}-{next(self.numbers)}.eml"
        unfinished = self.folder / f"{name}.unfinished"
        with unfinished.open("wb") as file:
            file.write(as_delivered(envelope))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self.folder / name)
        self.note(envelope, queue=secrets.token_hex(6).upper())
        return "250 OK"

    def note(self, envelope: Envelope, queue: str) -> None:
        """One write of both lines, on the disk before the sender hears of it."""
        content = envelope.original_content or b""
        message_id = message_from_bytes(content.partition(b"\r\n\r\n")[0])["Message-ID"]
        size, count = len(content), len(envelope.rcpt_tos)
        lines = [f"{queue}: message-id={message_id}", f"{queue}: from=<>, size={size}, nrcpt={count} (queue active)"]
        self.journal.write("".join(f"{datetime.now(UTC).isoformat()} {line}\n" for line in lines).encode())
        os.fsync(self.journal.fileno())


def as_delivered(envelope: Envelope) -> bytes:
    """The message behind the envelope's addresses, as a mailbox would show it."""
    top = [f"Return-Path: <{envelope.mail_from}>", *(f"Delivered-To: {address}" for address in envelope.rcpt_tos)]
    content = envelope.original_content or b""
    return "".join(f"{line}\r\n" for line in top).encode() + content


async def serve(folder: Path, port: int) -> None:
    """Take mail on this machine's own address until somebody ends the process."""
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, enable_SMTPUTF8=True, hostname="localhost"), "127.0.0.1", port
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
