def register() -> None:
    """The kinds of notices about members."""
