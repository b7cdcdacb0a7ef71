"""How is a text read? Markdown in paragraphs, which empty lines part and the page numbers.

Each paragraph is read for itself, so that "paragraph 4" is the same one on the page, in a mail and in a comment. HTML
in a text is text; an image is a link to it: reading a text never loads anything from elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Without code blocks (indented text is no code) and definitions of links (one paragraph cannot know the next one's).
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["code", "fence", "image", "reference"])
TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "strong", "ul"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
FIRST, LAST = 3, 6  # levels of headings: the page has its title and one heading above the text


@dataclass(frozen=True)
class Paragraph:
    """One numbered paragraph: as it was written, and as HTML that is safe to show."""

    number: int
    source: str
    html: SafeString


def paragraphs_of(body: str) -> list[str]:
    """What empty lines part, as it was written."""
    return [part.strip() for part in re.split(r"\n\s*\n", body) if part.strip()]


def joined(paragraphs: list[str]) -> str:
    """The body that has these paragraphs."""
    return "\n\n".join(paragraphs)


def read(body: str) -> list[Paragraph]:
    """The numbered paragraphs of a text."""
    sources = paragraphs_of(body)
    return [Paragraph(*one) for one in zip(range(1, len(sources) + 1), sources, _as_html(sources), strict=True)]


def plain(source: str) -> str:
    """A paragraph for a mail: its words, without the marks that the page reads. Lists keep dashes and numbers, links
    their addresses.
    """
    lines, mark = [], ""
    for token in MARKDOWN.parse(source):
        if token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "blockquote_open":
            mark = "> "
        elif token.type == "inline":
            lines.append(mark + _words(token.children or []))
            mark = ""
    return "\n".join(lines).strip() or source


def _words(tokens: list[Token]) -> str:
    said, begins, address = "", 0, ""
    for token in tokens:
        if token.type == "link_open":
            begins, address = len(said), str(token.attrs["href"])
        elif token.type == "link_close":
            said += "" if said[begins:] == address else f" ({address})"
        elif token.type in {"softbreak", "hardbreak"}:
            said += "\n"
        else:
            said += token.content
    return said


def _as_html(sources: list[str]) -> Iterator[SafeString]:
    above = FIRST - 1  # the level of the heading that was read last: none may skip one
    for source in sources:
        tokens = MARKDOWN.parse(source)
        above = _with_levels(tokens, above)
        html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
        yield mark_safe(nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES))  # noqa: S308


def _with_levels(tokens: list[Token], above: int) -> int:
    for token in tokens:
        if token.type == "heading_open":
            above = min(int(token.tag[1]) + FIRST - 1, above + 1, LAST)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{above}"
    return above
