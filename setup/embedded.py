"""Servers of our own below one state folder, and the application's environment on them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup import ports, processes
from setup.servers import Servers
from setup.supervisor import Supervisor

SOCKETS = "sockets"  # the file that remembers where the sockets of the last run were


@contextmanager
def embedded(supervisor: Supervisor, folder: Path, port: int) -> Iterator[dict[str, str]]:
    """PostgreSQL, Valkey and the mail server while the block runs; at its end every child stops, in order.

    Gives the environment in which the application finds them.
    """
    remove_left_sockets(folder)
    servers, mail_port = Servers(folder), ports.any_free_port()
    (folder / SOCKETS).write_text(str(servers.sockets))
    try:
        servers.start_postgres(supervisor)
        servers.start_valkey(supervisor)
        supervisor.start(processes.mail(folder, mail_port), lambda: ports.takes_mail(mail_port))
        yield processes.embedded_environment(servers, mail_port=mail_port, port=port)
    finally:
        supervisor.stop()
        servers.remove_sockets()


def remove_left_sockets(folder: Path) -> None:
    """A run that was killed could not remove its folder of sockets; nobody else uses it."""
    note = folder / SOCKETS
    left = Path(note.read_text()) if note.is_file() else None
    if left and left.name.startswith("coalition-") and left.is_dir() and left.stat().st_uid == os.geteuid():
        shutil.rmtree(left, ignore_errors=True)
