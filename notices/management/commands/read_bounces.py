"""`manage.py read_bounces [MAILBOX]`: what came back, from a mailbox file, a Maildir, or one message on standard input."""

import mailbox
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.clock import database_now
from notices.actions.bouncing import read_bounce


class Command(BaseCommand):
    help = "Read the reports of mails that came back; reading the same mailbox again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mailbox", nargs="?", help="an mbox file or a Maildir; without, one message is read")

    def handle(self, *_args: Any, **options: Any) -> None:
        counts = Counter(read_bounce(raw, now=database_now()) for raw in messages(options["mailbox"]))
        for outcome, count in counts.items():
            self.stdout.write(f"{count} {outcome.value}")


def messages(place: str | None) -> Iterator[bytes]:
    if place is None:
        yield sys.stdin.buffer.read()
        return
    path = Path(place)
    if not path.exists():
        raise CommandError(f"There is no mailbox at {place}.")
    kept: Any = mailbox.Maildir(place, create=False) if path.is_dir() else mailbox.mbox(place, create=False)
    with closing(kept) as box:
        for key in box.keys():  # noqa: SIM118 - a mailbox iterates over its messages
            yield box.get_bytes(key)
