"""The files of the set-up agree with each other."""

import re
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest

from setup import ROOT, ports, processes
from setup.lock import PAIRS


@pytest.mark.parametrize("name", PAIRS.values())
def test_every_package_is_pinned_and_hashed_and_no_registry_is_named(name: str):
    text = (ROOT / name).read_text()
    packages = re.findall(r"^[a-z].*?(?=^[a-z]|\Z)", text, flags=re.MULTILINE | re.DOTALL)

    assert packages
    assert all("==" in package and "--hash=sha256:" in package for package in packages)
    assert not re.search(r"://|--index|--find-links", text)


def test_psycopg_3_is_not_installed_beside_psycopg2():
    assert not re.search(r"^psycopg(\[|==|-binary)", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)


def test_the_procfile_starts_what_make_run_starts():
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    written = {name: re.sub(r"\$\{[A-Z_]+:-([^}]+)\}", r"\1", line).split()[1:] for name, line in lines.items()}

    folder = Path("var")
    ours = [processes.web({}, 8000), processes.worker({}), processes.beat({}, folder)]
    for child in ours:
        assert sorted(written[child.name]) == sorted(w for w in child.command[1:] if "graceful" not in w)


def test_the_mail_server_keeps_a_message_before_it_says_so(tmp_path: Path):
    port = ports.any_free_port()
    server = subprocess.Popen([sys.executable, "-m", "setup.mail", str(tmp_path), str(port)], cwd=ROOT)
    while not ports.takes_mail(port):
        assert server.poll() is None

    with smtplib.SMTP(ports.HOST, port) as sender:
        sender.sendmail("a@demo.example", ["b@demo.example"], b"Subject: Hello\r\n\r\nBody\r\n")
        kept = [path.read_bytes() for path in tmp_path.glob("*.eml")]

    server.terminate()
    server.wait()
    assert kept == [b"Return-Path: <a@demo.example>\r\nDelivered-To: b@demo.example\r\nSubject: Hello\r\n\r\nBody\r\n"]
