"""The two statements that run for every mail, in SQL: prepared once in a session instead of planned each time.

Sent together they are one transaction and one way to the database. `Delivery.step_to` has checked both steps.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID
from weakref import WeakSet

from django.db import connection

from notices.models import Delivery

# The condition says whether the row is still ours to write, instead of a lock, a look and a write.
FINISH = """
UPDATE notices_delivery SET state = %s, reason = %s, settled_at = %s, settled_by_id = NULL, send_at = %s,
    lease_until = NULL
WHERE id = %s AND lease_token = %s AND state = ANY(%s) RETURNING id
"""
# Never waits: who holds a row that is reserved for us is about to cancel it, or to give it another hour.
TAKE = """
UPDATE notices_delivery SET state = %s, reason = %s, settled_at = %s, settled_by_id = NULL, attempts = %s,
    lease_until = %s, sent_to = %s
WHERE id = (SELECT id FROM notices_delivery WHERE id = %s AND lease_token = %s AND state IN ('planned', 'deferred')
        AND send_at <= %s AND (not_after IS NULL OR not_after > %s)
    FOR UPDATE SKIP LOCKED)
RETURNING id
"""
# A daily mail leaves with exactly the parts its text names, or not at all.
TAKE_WITH_PARTS = f"""
WITH part AS MATERIALIZED (SELECT id FROM notices_delivery
        WHERE id = ANY(%s) AND state IN ('planned', 'deferred') AND channel = 'digest' FOR UPDATE SKIP LOCKED),
    taken AS ({TAKE.replace("WHERE id = (", "WHERE (SELECT count(*) FROM part) = %s AND id = (")}, state, settled_at,
        lease_until, lease_token, lease_owner),
    moved AS (UPDATE notices_delivery SET digest_id = taken.id, state = taken.state, reason = '',
            settled_at = taken.settled_at, settled_by_id = NULL, attempts = notices_delivery.attempts + 1,
            lease_until = taken.lease_until, lease_token = taken.lease_token, lease_owner = taken.lease_owner
        FROM taken WHERE notices_delivery.id IN (SELECT id FROM part))
SELECT id FROM taken
"""  # noqa: S608 - our own words

PREPARED = {"finish_mail": FINISH, "take_mail": TAKE}
_ready: WeakSet[Any] = WeakSet()  # the connections whose sessions know them


def finishing(row: Delivery, before: Iterable[str]) -> tuple[str, list[Any]]:
    """The statement that writes down what became of `row`, if its state is still one of `before`."""
    values = [row.state, row.reason, row.settled_at, row.send_at, row.pk, row.lease_token, list(before)]
    return _by_name("finish_mail"), values


def taking(row: Delivery, until: datetime) -> tuple[str, list[Any]]:
    """The statement that takes `row`, which is reserved for us, under a lease that ends at `until`."""
    return _by_name("take_mail"), _taken(row, until)


def taking_with_parts(row: Delivery, until: datetime, parts: list[UUID]) -> tuple[str, list[Any]]:
    """As `taking`, together with the rows of these ids: all of them, or none is taken and `row` neither."""
    values = _taken(row, until)
    return TAKE_WITH_PARTS, [parts, *values[:6], len(parts), *values[6:]]


def _taken(row: Delivery, until: datetime) -> list[Any]:
    now = row.settled_at
    return [row.state, row.reason, now, row.attempts, until, row.sent_to, row.pk, row.lease_token, now, now]


def executed(*statements: tuple[str, list[Any]]) -> bool:
    """Run them together; whether the last one changed its row."""
    with connection.cursor() as cursor:
        if connection.connection not in _ready:
            for name, sql in PREPARED.items():
                cursor.execute(f"PREPARE {name} AS {_numbered(sql)}")
            _ready.add(connection.connection)
        cursor.execute(
            ";".join(sql for sql, _values in statements), [one for _sql, values in statements for one in values]
        )
        return cursor.fetchone() is not None


def _numbered(sql: str) -> str:
    """With $1, $2 … where values stand."""
    numbers = count(1)
    return re.sub("%s", lambda _found: f"${next(numbers)}", sql)


def _by_name(name: str) -> str:
    return f"EXECUTE {name}({', '.join(['%s'] * PREPARED[name].count('%s'))})"
