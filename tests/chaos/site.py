"""The servers of a run, and how they are brought down."""

import signal
import socket
from pathlib import Path

from setup import ports, postgres
from setup.servers import Servers, valkey_answers
from setup.supervisor import Child, Supervisor


class Site:
    """PostgreSQL, whose commits survive its crash, and Valkey, whose contents do not."""

    def __init__(self, folder: Path) -> None:
        self.supervisor = Supervisor(folder / "log", console=False)
        self.servers = Servers(folder, throw_away=True)
        self.servers.start_postgres(self.supervisor)
        self.servers.start_valkey(self.supervisor)

    def environment(self, folder: Path, plans_every: float) -> dict[str, str]:
        """`plans_every`: seconds between two ticks of the planner."""
        return {
            "CHAOS_PLANS_EVERY": str(plans_every),
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "EMAIL_URL": f"smtp://{ports.HOST}:1",  # every form has a mail server of its own
            "SECRET_KEY": "a-secret-that-only-this-run-knows-and-nobody-else-ever",
            "ALLOWED_HOSTS": "testserver",
            "BASE_URL": f"http://{ports.HOST}",
            "COALITION_EMBEDDED": "1",
            "COALITION_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        }

    def crash_postgres(self) -> None:
        """As `pg_ctl stop -m immediate`, and at once started again."""
        server = self.child("postgres")
        self.end(server, signal.SIGQUIT)
        self.supervisor.launch(server)
        self.supervisor.wait_for(lambda: postgres.answers(self.servers.sockets / "postgres"), seconds=60)

    def stop_broker(self) -> None:
        """Everything in it is gone, and so is it."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.servers.sockets / "valkey.sock"))
            connection.sendall(b"FLUSHALL\r\n")
            connection.recv(5)
        self.end(self.child("valkey"), signal.SIGKILL)

    def start_broker(self) -> None:
        self.supervisor.launch(self.child("valkey"))
        self.supervisor.wait_for(lambda: valkey_answers(self.servers.sockets / "valkey.sock"), seconds=30)

    def child(self, name: str) -> Child:
        return next(child for child in self.supervisor.children if child.name == name)

    def end(self, child: Child, number: int) -> None:
        assert child.process
        child.process.send_signal(number)
        child.process.wait()

    def stop(self) -> None:
        self.supervisor.stop()
        self.servers.remove_sockets()
