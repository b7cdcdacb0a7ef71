"""What may be there once: saved with a sentence for whoever comes second, also in the very same moment."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction


def save_once(row: Any, refuse_twin: Callable[[Any], None]) -> None:
    """Save `row` unless it has a twin: `refuse_twin` then raises a TransitionError.

    A twin that is written in this very moment is seen by the constraint. Raises IntegrityError of any other.
    """
    refuse_twin(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        refuse_twin(row)
        raise
