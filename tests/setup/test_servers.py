"""The tests' own servers are real ones."""

from django.core.mail import send_mail
from django.db import connection


def test_the_database_is_postgresql_spoken_to_by_psycopg2(db):
    assert connection.Database.__name__ == "psycopg2"
    assert connection.pg_version >= 150000


def test_mail_goes_over_the_wire_and_is_read_back(smtp):
    send_mail("Reúnion", "Mañana", "staff@demo.example", ["ana@demo.example"])

    (message,) = smtp.to("ana@demo.example")
    assert message["Subject"] == "Reúnion"
    assert message.get_content().strip() == "Mañana"


def test_a_process_of_its_own_finds_the_same_database(db, process_environ):
    assert connection.settings_dict["NAME"] in process_environ["DATABASE_URL"]
    assert not [name for name in process_environ if name.startswith("PG")]
