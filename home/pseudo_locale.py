"""A made-up language, "qps", that shows what translation will break: 40 % longer, accented, right-to-left.

Built from our own sources at set-up, only where the set-up is embedded. A text on a page without the marks ⟦ ⟧ is not
translatable; one that is cut off has too little room.
"""

import io
import math
import re
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import allauth
import crispy_forms
import django
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

GROWTH = 0.4
KEPT_AS_IT_IS = "date format"  # context of Django's date letters: they are a format, not words
NOT_ON_PAGES = {"tests", "setup"}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What a translation has to keep: placeholders, tags, entities, addresses.
FIXED = re.compile(r"(%\(\w+\)[a-z]|%[a-z%]|\{[^{}]*\}|<[^<>]+>|&#?\w+;|https?://\S+)")
ACCENTED = str.maketrans("aceginosuyzACEGINOSUYZ", "áçéğíñóšúýžÁÇÉĞÍÑÓŠÚÝŽ")
FILLER = "ŧŵö ŧħŕéé ƒöüŕ "

Message = str | tuple[str, ...] | list[str]  # the message, or its singular and plural
Found = tuple[Message, str | None]  # message, context


def build(root: Path, target: Path) -> int:
    """Write the catalogue of the sources below `root` to `target`/qps/LC_MESSAGES/django.mo; how many messages it has."""
    catalog = Catalog()
    for message, context in [*_others(), *_sources(root), *_templates(root)]:
        if context != KEPT_AS_IT_IS:
            catalog.add(message, _translated(message), context=context)
    file = target / "qps" / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    write_mo(content, catalog)
    file.write_bytes(content.getvalue())
    return len(catalog)


def pseudo(text: str) -> str:
    """One text in the made-up language: placeholders, tags and surrounding white space stay as they are."""
    words = text.strip()
    parts = FIXED.split(words)
    if not any(letter.isalpha() for part in parts[::2] for letter in part):
        return text
    letters = sum(len(part) for part in parts[::2])
    filler = "".join(islice(cycle(FILLER), math.ceil(letters * GROWTH))).rstrip()
    accented = "".join(part if place % 2 else part.translate(ACCENTED) for place, part in enumerate(parts))
    before, _words, after = text.partition(words)
    return f"{before}⟦{accented} {filler}⟧{after}"


def _translated(message: Message) -> str | tuple[str, ...]:
    return pseudo(message) if isinstance(message, str) else tuple(pseudo(form) for form in message)


def _sources(root: Path) -> Iterator[Found]:
    """The messages in the Python files of our packages."""
    packages = [path.parent for path in root.glob("*/__init__.py") if path.parent.name not in NOT_ON_PAGES]
    for file in sorted(path for package in packages for path in package.rglob("*.py")):
        yield from _extracted(file.read_text(encoding="utf-8"))


def _templates(root: Path) -> Iterator[Found]:
    """The messages in the templates: pages and mails."""
    for file in sorted((root / "templates").rglob("*.*")):
        if file.suffix in {".html", ".txt"}:
            # Django turns a template into calls between rows of X; brackets make any indentation valid Python.
            yield from _extracted(f"(\n{templatize(file.read_text(encoding='utf-8'), origin=str(file))}\n)")


def _extracted(source: str) -> Iterator[Found]:
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield message, context


def _others() -> Iterator[Found]:
    """The messages of the libraries whose words reach our pages, from the catalogues they ship."""
    base = Path(django.__file__).parent
    catalogues = [
        base / "conf/locale/en/LC_MESSAGES/django.po",
        base / "contrib/auth/locale/en/LC_MESSAGES/django.po",
        Path(crispy_forms.__file__).parent / "locale/en/LC_MESSAGES/django.po",
        Path(allauth.__file__).parent / "locale/en/LC_MESSAGES/django.po",
    ]
    for file in filter(Path.is_file, catalogues):
        with file.open("rb") as content:
            for message in read_po(content):
                if message.id:
                    yield message.id, message.context
