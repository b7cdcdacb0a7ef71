"""What does a mail server report of a mail that came back? Pure: reads a message, knows no table (RFC 3464)."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

LONGEST = 500  # letters of what the server said
# RFC 3463 and 7505: bad mailbox, system, syntax, ambiguous, moved, takes no mail at all; mailbox disabled.
NO_SUCH_ADDRESS = {"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1"}


@dataclass(frozen=True)
class Report:
    """`message_id` of the mail that came back; `addresses`: to whom it went, in lower case; `status`: "5.1.1".

    `is_final`: its server has given up, whatever the status; else it goes on trying.
    """

    message_id: str
    addresses: frozenset[str]
    status: str
    is_final: bool
    said: str

    @property
    def is_hopeless(self) -> bool:
        """The address does not work, and the next mail would fare no better. A full mailbox, a filter, a server that
        was away too long say nothing of the address."""
        return self.is_final and self.status in NO_SUCH_ADDRESS


def reported(raw: bytes) -> Report | None:
    """What this message says of one of ours that did not arrive; None when it is no such report."""
    message = message_from_bytes(raw)
    if message.get_content_type() != "multipart/report" or message.get_param("report-type") != "delivery-status":
        return None
    parts = {part.get_content_type(): part for part in message.walk() if part is not message}
    about = next((block for block in _blocks(parts.get("message/delivery-status")) if _did_not_arrive(block)), None)
    returned = _returned(parts)
    message_id = returned["Message-ID"] if returned is not None else None
    if about is None or returned is None or not message_id:
        return None
    named = [about.get("Final-Recipient", ""), about.get("Original-Recipient", "")]
    found = {name.rpartition(";")[2].strip() for name in named}
    found |= {address for _name, address in getaddresses([str(one) for one in returned.get_all("To", [])])}
    return Report(
        message_id=_clean(str(message_id)),
        addresses=frozenset(address.lower() for address in found if address),
        status=_clean(about["Status"]).split(" ")[0][:12],
        is_final=_clean(about["Action"]).lower() == "failed",
        said=_clean(about.get("Diagnostic-Code", ""))[:LONGEST],
    )


def _blocks(part: Message | None) -> list[Message]:
    payload = part.get_payload() if part is not None else []
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _did_not_arrive(block: Message) -> bool:
    status = str(block.get("Status", "")).strip()
    return str(block.get("Action", "")).strip().lower() in {"failed", "delayed"} and status[:2] in {"4.", "5."}


def _returned(parts: dict[str, Message]) -> Message | None:
    """The head of our mail: whole, or its header lines as text."""
    whole = parts.get("message/rfc822")
    payload = whole.get_payload() if whole is not None else []
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return payload[0]
    lines = parts.get("text/rfc822-headers")
    body = lines.get_payload(decode=True) if lines is not None else None
    return message_from_bytes(body) if isinstance(body, bytes) else None


def _clean(text: object) -> str:
    """On one line, without what no database keeps."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(text)).split())
