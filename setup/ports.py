"""Free ports, and the one the user asked for."""

from __future__ import annotations

import http.client
import os
import socket

from setup import Stop, say

FIRST_CHOICE = 8000
HOST = "127.0.0.1"


def wanted_port() -> int:
    """The port of PORT, else 8000. Raises Stop when PORT is no port number."""
    asked = os.environ.get("PORT", str(FIRST_CHOICE)).strip()
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= 65535:
        raise Stop(f"PORT must be a number from 1 to 65535, and “{asked}” is not. Example: PORT=9000 make run")
    return int(asked)


def choose_port(wanted: int) -> int:
    """The wanted port if it is free, else the next free one, said aloud."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if is_free(port):
            if port != wanted:
                say(f"Port {wanted} is taken; using {port} instead.")
            return port
    port = any_free_port()
    say(f"Port {wanted} and those after it are taken; using {port} instead.")
    return port


def is_free(port: int) -> bool:
    """Whether we could listen there, which is also false for a port that is not ours to take."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def page_answers(port: int, host: str) -> bool:
    """Whether the first page comes, redirects on this machine followed; not a server error, not silence."""
    path = "/"
    for _ in range(4):
        connection = http.client.HTTPConnection(HOST, port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        path = answer.headers.get("Location", "")
        if answer.status < 300 or not path.startswith("/"):
            return answer.status < 500
    return False


def takes_mail(port: int) -> bool:
    """Whether an SMTP server greets us there."""
    try:
        with socket.create_connection((HOST, port), timeout=5) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False
