"""Has anything changed? The content of all tables in one statement, asked for only after a statement that writes."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection

BOOKKEEPING = {"django_session", "usersessions_usersession"}  # what signing in keeps for itself
READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "DECLARE", "SET CONSTRAINTS")


def snapshot() -> dict[str, str]:
    """{table: number of its rows and a hash of their content}."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - BOOKKEEPING)
    parts = [
        f"SELECT '{table}', count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"  # noqa: S608
        f" FROM {connection.ops.quote_name(table)} t"
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


class Writes:
    """Notes whether any statement did more than read; give it to `connection.execute_wrapper`."""

    seen = False

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.seen = self.seen or not sql.lstrip("( ").startswith(READS)
        return execute(sql, *rest)
