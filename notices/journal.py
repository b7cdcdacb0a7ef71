"""What did the mail server take? Its log, read on from where we stopped. Reads files; knows no table."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# As Postfix writes them. It names the message before it has taken it: only a queued one is on its way.
NAMED = re.compile(r"(?P<queue>[0-9A-Za-z]+): message-id=(?P<message><[^<>\s]+>)")
QUEUED = re.compile(r"(?P<queue>[0-9A-Za-z]+): from=<[^>]*>, size=\d+, nrcpt=\d+ \(queue active\)")
AT_ONCE = 4_000_000  # bytes in one go: a journal of years is read in pieces


@dataclass(frozen=True)
class Place:
    """Up to where a journal was read: which file, and how many bytes of it."""

    inode: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Noted:
    """What some lines say: {queue id: Message-ID} and the queue ids that were queued."""

    named: dict[str, str]
    queued: set[str]


def lines_since(path: Path, place: Place) -> tuple[list[str], Place]:
    """The whole lines written since `place`, at most AT_ONCE bytes, and where they end.

    A journal that was rotated away is read to its end first, as long as it lies beside the new one.
    """
    for file in _files_from(path, place):
        inode = file.stat().st_ino
        offset = place.offset if inode == place.inode and place.offset <= file.stat().st_size else 0
        with file.open("rb") as journal:
            journal.seek(offset)
            text = journal.read(AT_ONCE)
        whole = text[: text.rfind(b"\n") + 1]
        if whole or file == path:
            return whole.decode(errors="replace").splitlines(), Place(inode, offset + len(whole))
    return [], place


def _files_from(path: Path, place: Place) -> Iterator[Path]:
    """The rotated file we stopped in, if there is one, then the journal itself."""
    if path.exists() and place.inode not in {0, path.stat().st_ino}:
        beside = (other for other in path.parent.glob(f"{path.name}*") if other.is_file())
        yield from (other for other in beside if other.stat().st_ino == place.inode)
    if path.exists():
        yield path


def noted(lines: Iterable[str]) -> Noted:
    """What these lines of the journal say."""
    named, queued = {}, set()
    for line in lines:
        if found := NAMED.search(line):
            named[found["queue"]] = found["message"]
        elif found := QUEUED.search(line):
            queued.add(found["queue"])
    return Noted(named, queued)
