"""Which language is meant? Codes of working languages and their names, from Django's own list and a few it lacks."""

import re
from functools import cache

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language, gettext, gettext_noop

from members.keys import name_key

# Working languages of coalitions that Django has no page texts for, or names otherwise: (English name, own name).
ALSO = {
    "ar": ("Arabic", "العربية"),  # as it is written every day
    "am": (gettext_noop("Amharic"), "አማርኛ"),
    "fil": (gettext_noop("Filipino"), "Filipino"),
    "ha": (gettext_noop("Hausa"), "Hausa"),
    "lo": (gettext_noop("Lao"), "ລາວ"),
    "mg": (gettext_noop("Malagasy"), "Malagasy"),
    "ps": (gettext_noop("Pashto"), "پښتو"),
    "rw": (gettext_noop("Kinyarwanda"), "Ikinyarwanda"),
    "si": (gettext_noop("Sinhala"), "සිංහල"),
    "sn": (gettext_noop("Shona"), "chiShona"),
    "so": (gettext_noop("Somali"), "Soomaali"),
    "zh": (gettext_noop("Chinese"), "中文"),
}


@cache
def languages_known() -> dict[str, tuple[str, str]]:
    """{code: (English name, own name)}; no variants by country or script."""
    named = {
        code: (info["name"], info["name_local"])
        for code, info in LANG_INFO.items()
        if "name" in info and len(code) <= 3 and code != "qps"
    }
    return named | ALSO


def language_named(code: str) -> str:
    """What the language is called in the reader's; the code itself if we know no more."""
    return gettext(languages_known()[code][0]) if code in languages_known() else code


def languages_in(text: str) -> tuple[list[str], list[str]]:
    """(codes in alphabetical order, words that are no language) of a list as people write it: "French, العربية; sw"."""
    by_key, codes, strange = _codes_by_key(get_language() or "en"), set[str](), list[str]()
    for word in filter(None, map(str.strip, re.split(r"[,;،、\n]", text))):
        code = by_key.get(name_key(word))
        if code:
            codes.add(code)
        else:
            strange.append(word)
    return sorted(codes), strange


@cache
def _codes_by_key(language: str) -> dict[str, str]:
    """By code, English name, own name, and the name in the reader's `language`."""
    found: dict[str, str] = {}
    for code, (english, own) in languages_known().items():
        for name in (code, english, own, gettext(english)):
            found.setdefault(name_key(name), code)
    return found
