"""The frame of a mail: why it came and where to settle that, and the same text once more as HTML.

The text is the source. A kind writes plain text only; what can be read from its form becomes HTML: blank lines part
paragraphs, two spaces before a line mark facts, the line that is the link becomes the button.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby, zip_longest

from django.template.loader import get_template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

# A run of words written from right to left, and one of words written from left to right.
TO_LEFT = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]+(?:[ \u2019'-]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]+)*"
)
TO_RIGHT = re.compile(
    r"[A-Za-z\u00c0-\u058f\u0900-\u1fff\u2e80-\ud7ff][^\W_\u0590-\u08ff]*"
    r"(?:[ \u2019'.@/:-]+[^\W_\u0590-\u08ff]+)*"
)
GAP = "\0"  # which no text of ours holds


@dataclass(frozen=True)
class Frame:
    """What surrounds a mail's own text. `act` is the label of its button; `because` says why it came."""

    coalition: str
    act: str
    link: str
    because: str
    preferences_link: str


@dataclass(frozen=True)
class Block:
    """Some lines of the text: form is "words", "title", "facts" or "link"."""

    form: str
    lines: list[SafeString]


def as_text(body: str, frame: Frame) -> str:
    """The whole plain text: the body, why it came, from whom, and the link to the settings."""
    foot = [part for part in (frame.because, frame.coalition) if part]
    return "\n".join([body, *foot, "", f"{settings_words()} {frame.preferences_link}", ""])


def as_html(title: str, body: str, frame: Frame) -> str:
    """The same as HTML in the active language: it loads nothing and links nowhere but to the frame's two links.

    What stands around the words is the same for all readers of one notice: it is made once.
    """
    language = get_language()
    top, bottom = _sheet(title, frame, language)
    pieces = [top]
    for block in blocks(body, frame.link):
        around = _mould(block.form, len(block.lines), frame, language)
        pieces += chain.from_iterable(zip_longest(around, block.lines[: len(around) - 1], fillvalue=""))
    return "".join([*pieces, bottom])


@lru_cache(maxsize=500)
def _sheet(title: str, frame: Frame, language: str | None) -> tuple[str, str]:
    """What stands before and after a mail's own text."""
    values = {
        "title": title,
        "heading": isolated(title),
        "text": GAP,
        "frame": frame,
        "settings_words": settings_words(),
        "language": language,
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    top, _gap, bottom = get_template("notices/mail.html").render(values).partition(GAP)
    return top, bottom


@lru_cache(maxsize=500)
def _mould(form: str, lines: int, frame: Frame, _language: str | None) -> list[str]:
    """What stands before, between and after a block's lines. The link's words are the frame's: nothing to fill in."""
    html = get_template("notices/mail_block.html").render({"form": form, "lines": [GAP] * lines, "frame": frame})
    return html.split(GAP)


def settings_words() -> str:
    return _("Language, time zone, quiet hours, fewer or more mails:")


def blocks(body: str, link: str) -> list[Block]:
    """What the lines of `body` are, by their form alone."""
    found, is_rtl = [], get_language_bidi()
    for form, lines in groupby(body.split("\n"), key=lambda line: _form(line, link)):
        words = [line.strip() for line in lines]
        if form == "words" and len(words) == 1 and words[0].isupper():
            form = "title"
        if form:
            found.append(Block(form, [_line(line, form, link, is_rtl=is_rtl) for line in words]))
    return found


def _line(line: str, form: str, link: str, *, is_rtl: bool) -> SafeString:
    """Among facts, an address of ours is a link."""
    home = "/".join(link.split("/")[:3])
    if form == "facts" and line.startswith(f"{home}/") and " " not in line:
        return format_html('<a href="{}" style="color:inherit">{}</a>', line, line)
    return _isolated(line, is_rtl)


def _form(line: str, link: str) -> str:
    if not line.strip():
        return ""
    if line.strip() == link:
        return "link"
    return "facts" if line.startswith("  ") else "words"


def isolated(line: str) -> SafeString:
    """Escaped; what runs against the language's direction (a name, an address) is kept apart from the words around it."""
    return _isolated(line, get_language_bidi())


@lru_cache(maxsize=2000)
def _isolated(line: str, is_rtl: bool) -> SafeString:  # noqa: FBT001 - a cache by place
    runs = TO_RIGHT if is_rtl else TO_LEFT
    parts, end = [], 0
    for run in runs.finditer(line):
        parts += [escape(line[end : run.start()]), "<bdi>", escape(run[0]), "</bdi>"]
        end = run.end()
    return mark_safe("".join([*parts, escape(line[end:])]))  # noqa: S308 - escaped piece by piece
