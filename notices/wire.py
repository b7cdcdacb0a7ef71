"""A message as it goes over the wire: the bytes of Django's own message, in a fraction of its time.

The library keeps nothing between two messages; of ours most header lines are the same for all readers.
"""

import re
import secrets
from email.policy import compat32
from email.utils import formatdate
from functools import lru_cache

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import forbid_multi_line_headers

NEW_LINE = re.compile(r"\r\n|\r|\n")
LONGEST_LINE = 998  # RFC 5322
PLAIN = re.compile(r"[!-~]+")  # one word of ASCII: nothing to encode, nowhere to fold


def as_sent(message: EmailMultiAlternatives) -> bytes:
    """The message with its lines ended by CR LF. Raises ValueError for what no header may hold."""
    parts = [("plain", str(message.body)), *_alternatives(message)]
    texts = [_text(content) for _subtype, content in parts]
    if message.attachments or any(_longest_line(text) > LONGEST_LINE for text in texts):
        whole: bytes = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg] # Django's messages take it
        return whole
    boundary = secrets.token_hex(16).encode()
    lines = [
        b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\nMIME-Version: 1.0\r\n',
        *(header_line(name, str(value)) for name, value in _headers(message).items()),
    ]
    for (subtype, _content), text in zip(parts, texts, strict=True):
        way = b"7bit" if text.isascii() else b"8bit"
        lines += [
            b"\r\n--" + boundary + b"\r\nContent-Type: text/" + subtype.encode() + b'; charset="utf-8"\r\n',
            b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: " + way + b"\r\n\r\n",
            text,
        ]
    return b"".join([*lines, b"\r\n--" + boundary + b"--\r\n"])


def _alternatives(message: EmailMultiAlternatives) -> list[tuple[str, str]]:
    return [(kind.removeprefix("text/"), str(content)) for content, kind in message.alternatives]


def _headers(message: EmailMultiAlternatives) -> dict[str, object]:
    return {
        "Subject": message.subject,
        "From": message.from_email,
        "To": ", ".join(message.to),
        "Date": formatdate(),
        **message.extra_headers,
    }


def _text(content: str) -> bytes:
    return NEW_LINE.sub("\r\n", content).encode()


def _longest_line(text: bytes) -> int:
    return max(map(len, text.split(b"\r\n")))


def header_line(name: str, value: str) -> bytes:
    """`name: value`, encoded and folded where it must be. Raises ValueError for a value of several lines."""
    if PLAIN.fullmatch(value):
        return f"{name}: {value}\r\n".encode()
    return _folded(name, value)


@lru_cache(maxsize=2000)
def _folded(name: str, value: str) -> bytes:
    encoded = forbid_multi_line_headers(name, value, "utf-8")
    return NEW_LINE.sub("\r\n", compat32.fold(*encoded)).encode("ascii")
