"""What are languages called?"""

from django.conf.locale import LANG_INFO

# Texts are written in more languages than the pages have been translated into.
LANGUAGES = sorted(
    (code, one["name_local"]) for code, one in LANG_INFO.items() if len(code) == 2 and "name_local" in one
)
NAMES = dict(LANGUAGES)


def language_name(code: str) -> str:
    """What a language calls itself: "français"; its code when nobody has told us."""
    return NAMES.get(code, code)
