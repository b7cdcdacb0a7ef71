"""The database's clock: the one every process shares, and the only one that decides what is due."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The instant (aware, UTC) by the database's clock, moving even inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
