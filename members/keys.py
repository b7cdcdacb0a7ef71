"""When are two names the same? The normalised key that serves search, sorting and duplicates."""

import unicodedata

# Letters that decomposition leaves whole although readers type them without their stroke or ligature.
FOLDED = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"})
SILENT = "'’‘ʼ`´\u200c\u200d"  # apostrophes and joiners part no words
BARE = {"LATIN", "GREEK", "CYRILLIC"}  # scripts whose accents readers leave out


def name_key(name: str) -> str:
    """`name` without accents, case, punctuation and repeated spaces: "AID/ WATCH" and "Aid/Watch" meet.

    Marks of scripts in which they are vowels (Arabic, Burmese, Devanagari ...) stay. Empty when the name holds no
    letter or digit.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = "".join(_bare(character) for character in folded if character not in SILENT)
    return " ".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in bare).split()).translate(FOLDED)


def name_words(*names: str) -> set[str]:
    """The distinct words of the keys of `names`: what the search looks up."""
    return {word for name in names for word in name_key(name).split()}


def _bare(character: str) -> str:
    if unicodedata.name(character, "").startswith("COMBINING"):
        return ""
    decomposed = unicodedata.normalize("NFD", character)
    return decomposed[0] if unicodedata.name(decomposed[0], "").split(" ")[0] in BARE else character
