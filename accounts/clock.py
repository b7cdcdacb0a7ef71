"""The database's clock: the one every process shares, and the only one that decides what is due."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func

Clock = Callable[[], datetime]


class DatabaseNow(Func):
    """The same as a column of a row that is read anyway, for pages that can spare no statement."""

    function = "clock_timestamp"
    output_field = DateTimeField()


def database_now() -> datetime:
    """The instant (aware, UTC) by the database's clock, moving even inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
