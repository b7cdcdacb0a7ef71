"""`make run`: everything that Coalition needs, then Coalition, until Ctrl-C."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

from setup import ROOT, Stop, bootstrap, ports, processes, say, state, told
from setup.commands import VENV, VENV_PYTHON
from setup.embedded import embedded
from setup.supervisor import Supervisor

REFUSED = "django.core.exceptions.ImproperlyConfigured: "
STARTED = "COALITION_STARTED"  # when the user pressed Enter, handed over to the environment's Python
PASSWORD = "coalition-demo"  # noqa: S105 of the demo data, which only the embedded set-up has
ROLES = {
    "admin": "administrator",
    "staff": "staff",
    "chair": "chair of the steering committee",
    "seat": "holds a seat on it",
    "facilitator": "facilitator",
    "member": "member organisation",
}
SOURCES = ("coalition", "accounts", "history", "notices", "members", "campaigns", "meetings", "decisions", "home")


def main() -> int:
    started = float(os.environ.pop(STARTED, time.time()))
    wanted = ports.wanted_port()
    missing = [name for name in processes.NEEDED if name not in processes.given()]
    if processes.given() and missing:
        raise Stop(
            f"{' and '.join(processes.given())} set, so no server is started here; but {' and '.join(missing)} "
            "not set. Set all five (docs/production.md says to what), or none of them."
        )
    into_environment("setup.run", started)
    folder = state.state_folder()
    running = state.Running(folder)
    if not running.take():
        raise Stop(already(running))
    supervisor = Supervisor(folder / "log", console=True)
    supervisor.obey_signals()
    run = run_embedded if missing else run_real
    run(supervisor, folder, running, ports.choose_port(wanted), started)
    say("Stopped.")
    return 0


def into_environment(module: str, started: float) -> None:
    """Make the environment if need be, and go on under its Python, as the same process."""
    bootstrap.bootstrap()
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.chdir(ROOT)
        os.environ[STARTED] = str(started)
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", module, *sys.argv[1:]])


def already(running: state.Running) -> str:
    facts = running.told()
    return (
        f"Coalition already runs from this folder: {facts.get('address', 'it is still starting')} "
        f"(process {facts.get('process', 'unknown')}). Stop that one first, or clone into a second folder."
    )


def run_embedded(supervisor: Supervisor, folder: Path, running: state.Running, port: int, started: float) -> None:
    """Our own servers, demo data at the first start, then the application."""
    with embedded(supervisor, folder, port) as environ:
        prepare(supervisor, environ, folder, "--demo-once")
        start_application(supervisor, environ, folder, port)
        address = environ["BASE_URL"] + "/"
        running.tell(
            {"address": address, **{name: environ[name] for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")}}
        )
        if not supervisor.stop_asked:
            welcome(address, time.time() - started)
        supervisor.run()


def run_real(supervisor: Supervisor, folder: Path, running: state.Running, port: int, started: float) -> None:
    """The application on the servers that the environment names; no server, no demo data of our own."""
    environ = {"COALITION_VAR": str(folder), **processes.base_environment()}
    environ.pop("COALITION_EMBEDDED", None)
    refuse_unsafe_settings(environ)
    try:
        prepare(supervisor, environ, folder)
        start_application(supervisor, environ, folder, port)
        running.tell({"address": f"http://{ports.HOST}:{port}/"})
        if not supervisor.stop_asked:
            say(f"\nCoalition listens on http://{ports.HOST}:{port}/ after {time.time() - started:.0f} s.")
            say("Put a web server with https before it; Ctrl-C stops it.")
        supervisor.run()
    finally:
        supervisor.stop()


def refuse_unsafe_settings(environ: dict[str, str]) -> None:
    """Raise Stop with the sentence of coalition/guard.py, instead of the traceback around it."""
    asked = subprocess.run(
        [sys.executable, "-c", "import coalition.settings"], cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True
    )
    if asked.returncode:
        raise Stop(asked.stderr.strip().splitlines()[-1].removeprefix(REFUSED))


def prepare(supervisor: Supervisor, environ: dict[str, str], folder: Path, *options: str) -> None:
    """Migrate, collect static files and fill in what is asked for, unless nothing changed since that was last done."""
    stamp, now = folder / "prepared", sources(environ["DATABASE_URL"] if not options else "")
    if stamp.is_file() and stamp.read_text() == now:
        return
    say("Preparing the database ...")
    stamp.unlink(missing_ok=True)
    supervisor.run_once(
        "prepare", processes.manage("prepare", *options), environ, failure="The database could not be prepared."
    )
    if not supervisor.stop_asked:
        stamp.write_text(now)


def sources(also: str) -> str:
    """A fingerprint of what preparing depends on: the program, its templates, pictures and style sheet."""
    together = hashlib.sha256(also.encode())
    for name in (*SOURCES, "templates", "static", "locale", "requirements.txt"):
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and path.suffix != ".pyc":
                about = path.stat()
                together.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return together.hexdigest()


def start_application(supervisor: Supervisor, environ: dict[str, str], folder: Path, port: int) -> None:
    """The web first, since somebody waits for its page; then worker and beat."""
    if supervisor.stop_asked:
        return
    host = environ["ALLOWED_HOSTS"].split(",")[0].strip()
    supervisor.start(processes.web(environ, port), lambda: ports.page_answers(port, host), seconds=90)
    if not supervisor.stop_asked:
        supervisor.start(processes.worker(environ))
        supervisor.start(processes.beat(environ, folder))


def welcome(address: str, seconds: float) -> None:
    """What the user has waited for: where it is, who can sign in, where the mail goes."""
    say(f"\nCoalition is ready after {seconds:.0f} s:  {address}\n")
    say(f"Sign in (password {PASSWORD}) as")
    for name, role in ROLES.items():
        say(f"  {name + '@demo.example':26} {role}")
    say(f"\nNo mail leaves this machine. What was sent is read at {address}mail/")
    say("Ctrl-C stops everything; the data stays.\n")


if __name__ == "__main__":
    told(main)
