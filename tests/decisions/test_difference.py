"""The difference between two wordings: nothing is lost in it, and it can be read."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions.difference import counted, difference, plain_difference, stretches
from decisions.wording import joined, paragraphs_of

WORDS = st.sampled_from(
    ["the", "ban", "covers", "all", "mines", "a", "a,", "b", "لا", "ألغام،", "禁止地雷", "ห้ามทุ่น", "\n", " "]
)
PARAGRAPH = st.lists(WORDS, max_size=12).map(" ".join)
BODIES = st.lists(PARAGRAPH, max_size=8).map("\n\n".join) | st.text(max_size=200)


def applied(rows, kept: str) -> list[str]:
    """The paragraphs of one side: `kept` is what the other side lacks."""
    side = "new" if kept == "added" else "old"
    own = sorted((row for row in rows if getattr(row, side)), key=lambda row: getattr(row, side))
    assert [getattr(row, side) for row in own] == list(range(1, len(own) + 1))
    return ["".join(piece.words for piece in row.pieces if piece.kind in {"same", kept}) for row in own]


def shown(old: str, new: str) -> list[str]:
    """One line per row, as a mail marks it."""
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return ["".join(marks[one.kind].format(one.words) for one in row.pieces) for row in difference(old, new)]


@given(BODIES, BODIES)
def test_the_difference_applied_to_the_old_gives_the_new(old, new):
    rows = difference(old, new)

    assert applied(rows, "added") == paragraphs_of(new)
    assert applied(rows, "removed") == paragraphs_of(old)


@given(BODIES)
def test_equal_texts_give_nothing(body):
    assert all(row.is_quiet for row in difference(body, body))
    assert plain_difference(body, body) == ""
    assert counted(difference(body, body)) == (0, 0)


@given(st.lists(PARAGRAPH.filter(str.strip), min_size=2, max_size=8), st.randoms())
def test_whatever_order_paragraphs_are_put_in_their_words_stay(paragraphs, chance):
    shuffled = paragraphs.copy()
    chance.shuffle(shuffled)

    assert counted(difference(joined(paragraphs), joined(shuffled))) == (0, 0)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (
            "The ban covers all mines.",
            "The ban covers every known mine.",
            ["The ban covers -all mines-+every known mine+."],
        ),
        ("We ask states, today.", "We ask states, tomorrow, today.", ["We ask states, +tomorrow, +today."]),
        ("禁止使用地雷。", "禁止生产和使用地雷。", ["禁止+生产和+使用地雷。"]),
        ("ห้ามใช้ทุ่นระเบิด", "ห้ามผลิตทุ่นระเบิด", ["ห้าม-ใช้-+ผลิต+ทุ่นระเบิด"]),
        ("نطالب كل الدول بالحظر.", "نطالب جميع الدول بالحظر.", ["نطالب -كل-+جميع+ الدول بالحظر."]),
        ("हम सभी देशों से कहते हैं।", "हम कुछ देशों से कहते हैं।", ["हम -सभी-+कुछ+ देशों से कहते हैं।"]),
        ("One.\n\nTwo.", "One.\n\nNew words.\n\nTwo.", ["One.", "+New words.+", "Two."]),
        ("One.\n\nGone words.\n\nTwo.", "One.\n\nTwo.", ["One.", "-Gone words.-", "Two."]),
    ],
)
def test_it_can_be_read(old, new, lines):
    assert shown(old, new) == lines


def test_paragraphs_that_moved_are_not_shown_as_written_anew():
    rows = difference(
        "First of all.\n\nSecond thing.\n\nThird point.", "Third point.\n\nFirst of all.\n\nSecond thing."
    )

    assert [one.said for one in stretches(rows)] == [
        "Paragraph 1: moved, it was 3, its words are the same",
        "Paragraphs 2 to 3: unchanged",
    ]


def test_a_paragraph_that_moved_and_was_rewritten_is_found_again():
    rows = difference(
        "We ask all states to join the treaty.\n\nTwo.\n\nThree.",
        "Two.\n\nThree.\n\nWe ask every state to join the treaty.",
    )

    assert [(row.old, row.new, row.has_moved) for row in rows] == [(2, 1, False), (3, 2, False), (1, 3, True)]
    assert counted(rows) == (2, 2)


def test_a_mail_says_it_in_plain_words():
    old = "The ban covers all mines.\n\nKeep this.\n\nAnd this.\n\nGone."
    new = "The ban covers every mine.\n\nKeep this.\n\nAnd this.\n\nBrand new words."

    assert plain_difference(old, new).split("\n\n") == [
        "Removed words stand in [- -], added ones in [+ +].",
        "Paragraph 1: changed.\nThe ban covers [-all mines-][+every mine+].",
        "Paragraphs 2 to 3: unchanged.",
        "Paragraph 4 of the earlier text: removed.\n[-Gone.-]",
        "Paragraph 4: new.\n[+Brand new words.+]",
    ]


def test_more_empty_lines_are_no_difference():
    assert plain_difference("One.\n\nTwo.", "One.\n\n\n\nTwo.\n") == ""


@pytest.mark.parametrize("rewritten", [0.05, 0.5, 1.0])
@pytest.mark.parametrize(("glue", "length"), [(" ", 90), (" ", 10_000), ("", 200), ("", 60_000)])
def test_sixty_thousand_characters_take_well_below_a_second(rewritten, glue, length):
    chance = random.Random(7)
    words = [f"w{place:04}" for place in range(2_000)] if glue else [chr(0x4E00 + place) for place in range(2_000)]
    count = 60_000 // (len(glue) + len(words[0]))
    old = chance.choices(words, k=count)
    new = [chance.choice(words) if chance.random() < rewritten else word for word in old]
    bodies = ["\n\n".join(glue.join(side[at : at + length]) for at in range(0, count, length)) for side in (old, new)]

    began = time.process_time()
    difference(*bodies)

    assert time.process_time() - began < 1
