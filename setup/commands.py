"""Running other people's tools quietly, and saying in one sentence what to do when one fails."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from setup import ROOT, Stop

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOG = VENV / "setup.log"
CACHE = ROOT / "var" / "cache"  # where the user has no home folder to keep one in

TOLD_ON = {
    "UV_DEFAULT_INDEX": "PIP_INDEX_URL",
    "SSL_CERT_FILE": "PIP_CERT",
    "NODE_EXTRA_CA_CERTS": "SSL_CERT_FILE",
}
NO_NETWORK = (
    "The package registry could not be reached: check the network (behind a proxy, set HTTPS_PROXY) "
    "and run the same command again."
)
NETWORK_SIGNS = (
    "dns error",
    "error sending request",
    "name resolution",
    "network is unreachable",
    "newconnectionerror",
    "connection refused",
    "timed out",
    "could not find a version that satisfies the requirement uv",
    "getaddrinfo",
    "enotfound",
    "econnrefused",
    "etimedout",
)
NO_COMPILER = (
    "No ready-made package fits this machine and it has no C compiler: install one "
    "(on Debian or Ubuntu: sudo apt-get install build-essential python3-dev libpq-dev) "
    "and run the same command again."
)
COMPILER_SIGNS = ("unable to execute", "command 'gcc'", "command 'cc'", "no such file or directory: 'gcc'")


def run(command: Sequence[object], failure: str | None = None, *, first_on_path: Path | None = None) -> int:
    """Run in the repository, the output kept in .venv/setup.log. With `failure`, raise Stop with that and what to do."""
    words, environ = [str(part) for part in command], environment()
    if first_on_path:
        environ["PATH"] = f"{first_on_path}{os.pathsep}{environ.get('PATH', '')}"
    done = subprocess.run(
        words,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if VENV.is_dir():
        with LOG.open("a") as log:
            log.write(f"$ {' '.join(words)}\n{done.stdout}\n")
    if done.returncode and failure:
        raise Stop(explain(failure, done.stdout))
    return done.returncode


def explain(failure: str, output: str) -> str:
    """What to do about a failed installation, told from what the tool printed."""
    said = output.lower()
    if any(sign in said for sign in NETWORK_SIGNS):
        return f"{failure} {NO_NETWORK}"
    if any(sign in said for sign in COMPILER_SIGNS):
        return f"{failure} {NO_COMPILER}"
    last = [line for line in output.splitlines() if line.strip()][-3:]
    return "\n".join([f"{failure} The last lines (all of them stand in .venv/setup.log):", *last])


def environment() -> dict[str, str]:
    """The caller's environment, with pip's mirror and certificate passed on to uv and npm, and caches we can write."""
    environ = dict(os.environ)
    for ours, theirs in TOLD_ON.items():
        if theirs in environ:
            environ.setdefault(ours, environ[theirs])
    if not os.access(environ.get("HOME", "/nonexistent"), os.W_OK):
        environ.setdefault("UV_CACHE_DIR", str(CACHE / "uv"))
        environ.setdefault("PIP_CACHE_DIR", str(CACHE / "pip"))
        environ.setdefault("npm_config_cache", str(CACHE / "npm"))
    return environ
