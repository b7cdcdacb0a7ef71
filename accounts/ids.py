"""Is this the id of something? What an address or a form holds may be anything."""

from uuid import UUID


def as_uuid(text: str) -> UUID | None:
    """The id that `text` is; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
