"""Figures in Prometheus' text format. Pure: reads no clock and no table; says nothing of anybody."""

from collections.abc import Mapping

from notices.actions.life import COUNTED, Ages

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def written(ages: Ages, counts: Mapping[tuple[str, str], int], failed: int) -> str:
    """All figures: `counts` as {(state, channel): rows}, `failed` as mails of the last day."""
    by_state = {f'{{state="{state}",channel="{channel}"}}': count for (state, channel), count in sorted(counts.items())}
    heard = {f'{{process="{name}"}}': seconds for name, seconds in ages.heard.items()}
    unconfirmed = sum(count for (state, _channel), count in counts.items() if state == "unconfirmed")
    return "".join(
        [
            _gauge("heard_seconds", "Seconds since the last sign of life, or since planning came to its end.", heard),
            _gauge("oldest_due_seconds", "For how long the oldest mail nobody took is due.", {"": ages.oldest_due}),
            _gauge("deliveries", f"Deliveries by state and channel, each counted up to {COUNTED}.", by_state),
            _gauge("unconfirmed", "Mails of which nobody knows whether they arrived.", {"": unconfirmed}),
            _gauge("failed_last_day", "Mails that failed within 24 hours and still stand so.", {"": failed}),
        ]
    )


def _gauge(name: str, says: str, values: Mapping[str, float | None]) -> str:
    lines = [f"coalition_{name}{labels} {_number(value)}" for labels, value in values.items()]
    return "\n".join([f"# HELP coalition_{name} {says}", f"# TYPE coalition_{name} gauge", *lines, ""])


def _number(value: float | None) -> str:
    """What was never heard of has no age."""
    return "NaN" if value is None else f"{value:.0f}"
