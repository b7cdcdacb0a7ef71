"""The private cluster: made once, alive again after a kill, and never opened by another version."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from setup import Stop, postgres
from setup.servers import Servers
from setup.supervisor import Supervisor


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "log", console=False)
    yield made
    made.stop()


@pytest.fixture
def servers(tmp_path: Path, supervisor: Supervisor) -> Iterator[Servers]:
    made = Servers(tmp_path)
    made.start_postgres(supervisor)
    yield made
    made.remove_sockets()


def test_rows_survive_a_killed_server(servers: Servers, supervisor: Supervisor):
    (child,) = supervisor.children
    keep(servers, "CREATE TABLE kept AS SELECT 7 AS number")

    child.process.send_signal(signal.SIGKILL)
    child.process.wait()
    supervisor.launch(child)
    answered = supervisor.wait_for(lambda: postgres.answers(servers.sockets / "postgres"), seconds=20)

    assert answered
    assert keep(servers, "SELECT number FROM kept") == 7


def keep(servers: Servers, statement: str) -> int | None:
    connection = psycopg2.connect(host=str(servers.sockets / "postgres"), user="coalition", dbname="coalition")
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    connection.close()
    return row[0] if row else None


def test_data_of_a_version_that_is_gone_is_left_alone(tmp_path: Path):
    (tmp_path / "PG_VERSION").write_text("9\n")

    with pytest.raises(Stop, match="was made by PostgreSQL 9, which is not on this machine any more"):
        postgres.choose(tmp_path)


def test_the_machines_own_postgresql_comes_before_the_wheels():
    found = postgres.candidates()

    carried = [one for one in found if "site-packages" in str(one.folder)]
    assert found[-len(carried) :] == carried
    assert all(one.major >= 15 for one in found)


def test_a_lock_file_whose_process_is_gone_is_removed(tmp_path: Path):
    (tmp_path / "postmaster.pid").write_text("2147483646\n/nowhere\n")

    postgres.clear_stale_lock(tmp_path)

    assert not (tmp_path / "postmaster.pid").exists()


def test_sockets_lie_in_a_short_path_whatever_the_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    long = tmp_path / ("long" * 30)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))

    folder = Servers(tmp_path).sockets

    assert len(str(folder / "postgres" / ".s.PGSQL.5432")) < 107
    shutil.rmtree(folder)
