"""An SMTP server that keeps what it gets, one .eml file per message: `python -m setup.mail FOLDER PORT`."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Writes each message whole or not at all, before the sender hears that it was taken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{moment}-{next(self.numbers)}.eml"
        unfinished = self.folder / f"{name}.unfinished"
        with unfinished.open("wb") as file:
            file.write(as_delivered(envelope))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self.folder / name)
        return "250 OK"


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
