"""What did the embedded mail server keep? Only for the set-up that `make run` makes."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

NEWEST = 100


@dataclass(frozen=True)
class Letter:
    name: str
    to: str
    subject: str
    at: datetime | None
    text: str
    parts: list[str]


def letters(folder: Path | None, to: str = "") -> list[Letter]:
    """The newest letters, newest first; only those to an address that contains `to`, if given."""
    if folder is None or not folder.is_dir():
        return []
    newest = sorted(folder.glob("*.eml"), key=lambda path: path.name, reverse=True)
    found = (read(path) for path in newest[: NEWEST * 10])
    return [letter for letter in found if to.casefold() in letter.to.casefold()][:NEWEST]


def letter_named(folder: Path | None, name: str) -> Letter | None:
    """The letter kept under `name` (a file name without a path), or None."""
    if folder is None:
        return None
    path = folder / Path(name).name
    return read(path) if path.suffix == ".eml" and path.is_file() else None


def read(path: Path) -> Letter:
    with path.open("rb") as lines:
        message = email.message_from_binary_file(lines, _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    date = message["Date"]
    return Letter(
        name=path.name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=parsedate_to_datetime(str(date)) if date else None,
        text=body.get_content() if body else "",
        parts=[part.get_filename() or part.get_content_type() for part in message.iter_attachments()],
    )
