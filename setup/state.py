"""What Coalition keeps between two starts: its state folder, its secret, and who runs from it now."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import stat
import tempfile
from pathlib import Path

from setup import ROOT, Stop, say


def state_folder() -> Path:
    """`var/`, made if need be; for root below a closed folder a private one in the system's temporary folder.

    Raises Stop when it belongs to somebody else.
    """
    folder = ROOT / "var"
    if os.geteuid() == 0 and not reachable(ROOT):
        name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"coalition-state-{name}"
        say(f"{ROOT} is closed to other users, so the data lies in {folder}")
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
        raise Stop(f"{folder} belongs to another user. Run as that user, or move the folder away.")
    for name in ("mail", "static", "locale", "log"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    return folder


def reachable(folder: Path) -> bool:
    """Whether any user of the machine can pass through all folders down to this one."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents))


def secret_key(folder: Path) -> str:
    """The secret of this embedded set-up, made at the first start and readable by nobody else."""
    path = folder / "secret_key"
    if not path.exists():
        unfinished = folder / "secret_key.new"
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        unfinished.rename(path)
    return path.read_text()


class Running:
    """The right to run from a state folder, held by one process at a time and freed by its death."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "running.json"
        self.file = open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115 held until we end

    def take(self) -> bool:
        """Take the right; False when another process has it."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self.tell({})
        return True

    def release(self) -> None:
        """Give the right back, or never have asked."""
        self.file.close()

    def tell(self, facts: dict[str, str]) -> None:
        """Leave word of our process, address and servers for whoever comes next."""
        self.file.seek(0)
        self.file.truncate()
        json.dump({"process": str(os.getpid()), **facts}, self.file)
        self.file.flush()

    def told(self) -> dict[str, str]:
        """What the process that runs now has left word of."""
        try:
            facts = json.loads(self.path.read_text())
        except json.JSONDecodeError:
            return {}
        return facts if isinstance(facts, dict) else {}
