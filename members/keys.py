"""When are two names the same? The normalised key that serves search, sorting and duplicates."""

import unicodedata
from collections.abc import Iterator

# Letters that decomposition leaves whole although readers type them without their stroke or ligature.
FOLDED = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"})
SILENT = "'’‘ʼ`´\u200c\u200d"  # apostrophes and joiners part no words
BARE = {"LATIN", "GREEK", "CYRILLIC"}  # scripts whose accents readers leave out
# Scripts in which words, or the parts of a name, follow each other without a space.
UNSPACED = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR"}
LONGEST = 200  # letters of a word that count: no index takes a longer one
REACH = 16  # letters that are looked at from within a word of such a script
ARTICLE = "ال"  # written as one with its noun, and left out by who looks for the noun


def name_key(name: str) -> str:
    """`name` without accents, case, punctuation and repeated spaces: "AID/ WATCH" and "Aid/Watch" meet.

    Marks of scripts in which they are vowels (Arabic, Burmese, Devanagari ...) stay. Empty when the name holds no
    letter or digit.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = "".join(_bare(character) for character in folded if character not in SILENT)
    return " ".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in bare).split()).translate(FOLDED)


def name_words(*names: str) -> set[str]:
    """The distinct words of the keys of `names`: what the search looks up, each as the beginning of an indexed word."""
    return {_reached(word) for name in names for word in name_key(name).split()}


def indexed_words(*names: str) -> set[str]:
    """What `names` are found by: their words; where a script sets no spaces, also what begins at each later letter."""
    return {part for name in names for word in name_key(name).split() for part in _beginnings(word)}


def begins(words: set[str], name: set[str]) -> bool:
    """Whether each of `words` begins a word of `name`; false for no words. `name`: as `indexed_words` gives it."""
    return bool(words) and all(any(part.startswith(word) for part in name) for word in words)


def _beginnings(word: str) -> Iterator[str]:
    yield word[:LONGEST]
    if word.startswith(ARTICLE) and len(word) > len(ARTICLE) + 1:
        yield word[len(ARTICLE) : LONGEST]
    for place, letter in enumerate(word[:LONGEST]):
        if place and _is_unspaced(letter):
            yield word[place : place + REACH]


def _reached(word: str) -> str:
    return word[: REACH if any(map(_is_unspaced, word)) else LONGEST]


def _is_unspaced(character: str) -> bool:
    """Whether a word may begin here; vowel signs and other marks belong to the letter before them."""
    if unicodedata.category(character) != "Lo":
        return False
    return unicodedata.name(character, "").split(" ")[0] in UNSPACED


def _bare(character: str) -> str:
    if unicodedata.name(character, "").startswith("COMBINING"):
        return ""
    decomposed = unicodedata.normalize("NFD", character)
    return decomposed[0] if unicodedata.name(decomposed[0], "").split(" ")[0] in BARE else character
