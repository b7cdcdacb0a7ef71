"""Servers of our own below one state folder, and the application's environment on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup import ports, processes
from setup.servers import Servers
from setup.supervisor import Supervisor


@contextmanager
def embedded(supervisor: Supervisor, folder: Path, port: int) -> Iterator[dict[str, str]]:
    """PostgreSQL, Valkey and the mail server while the block runs; at its end every child stops, in order.

    Gives the environment in which the application finds them.
    """
    servers, mail_port = Servers(folder), ports.any_free_port()
    try:
        servers.start_postgres(supervisor)
        servers.start_valkey(supervisor)
        supervisor.start(processes.mail(folder, mail_port), lambda: ports.takes_mail(mail_port))
        yield processes.embedded_environment(servers, mail_port=mail_port, port=port)
    finally:
        supervisor.stop()
        servers.remove_sockets()
