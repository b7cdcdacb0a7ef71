"""Markdown in numbered paragraphs: what is read of it, and what never comes out of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions.wording import joined, paragraphs_of, plain, read


def html_of(source: str) -> str:
    return "".join(one.html for one in read(source))


def test_empty_lines_part_paragraphs_and_they_are_numbered():
    read_ones = read("One.\n\nTwo\ngoes on.\n \t\n\n\nThree.\n")

    assert [(one.number, one.source) for one in read_ones] == [(1, "One."), (2, "Two\ngoes on."), (3, "Three.")]
    assert read_ones[1].html.strip() == "<p>Two<br>\ngoes on.</p>"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Say **no** and *mean* it.", "<p>Say <strong>no</strong> and <em>mean</em> it.</p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3. three\n4. four", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>'),
        ("> They said so.", "<blockquote>\n<p>They said so.</p>\n</blockquote>"),
        (
            "[the treaty](https://example.org/a)",
            '<p><a href="https://example.org/a" rel="noopener noreferrer">the treaty</a></p>',
        ),
        ("# Why", "<h3>Why</h3>"),
        ("    not code", "<p>not code</p>"),
        ("العالم **بلا** ألغام", "<p>العالم <strong>بلا</strong> ألغام</p>"),
    ],
)
def test_markdown_is_read(source, html):
    assert html_of(source).strip() == html


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Say **no** and *mean* it.", "Say no and mean it."),
        ("## We speak", "We speak"),
        ("- a **date**,\n- a duty.", "- a date,\n- a duty."),
        ("3. three\n4. four", "3. three\n4. four"),
        ("> They said so.", "> They said so."),
        ("Two\ngoes on.", "Two\ngoes on."),
        ("[the treaty](https://example.org/a)", "the treaty (https://example.org/a)"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("2 * 3 < 7 & so on", "2 * 3 < 7 & so on"),
        ("<b>not ours</b>", "<b>not ours</b>"),
        ("---", "---"),
    ],
)
def test_a_mail_says_a_paragraph_without_its_marks(source, words):
    assert plain(source) == words


@given(st.text())
def test_no_paragraph_is_empty_in_a_mail(source):
    assert all(plain(one).strip() for one in paragraphs_of(source))


def test_headings_stand_below_those_of_the_page_and_skip_no_level():
    assert re.findall("<(h.)>", html_of("## A\n\n#### B\n\n# C\n\nD\n\n###### E")) == ["h3", "h4", "h3", "h4"]


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=https://elsewhere.example/x.png>",
        "![seen](https://elsewhere.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hello)",
        "<iframe src='https://elsewhere.example'></iframe>",
        "[x]: https://elsewhere.example/x.png\n![x]",
        "<https://elsewhere.example/><style>@import 'https://elsewhere.example'</style>",
        '[x](https://e.example "title" onclick=alert(1))',
    ],
)
def test_reading_a_text_loads_and_runs_nothing(source):
    assert not re.search(
        r"<(?!/?(?:p|a|br)\b)|<[^>]*\ssrc=|<a [^>]*(?:javascript|data):|<[^>]*onclick", html_of(source)
    )


@given(st.text(max_size=300))
def test_whatever_was_written_no_foreign_element_comes_out(source):
    names = set(re.findall(r"<\s*/?\s*([a-z0-9]+)", html_of(source), re.IGNORECASE))

    assert names <= {
        "a",
        "blockquote",
        "br",
        "code",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "strong",
        "ul",
    }


@given(st.text(max_size=300))
def test_joining_the_paragraphs_gives_the_same_paragraphs(source):
    assert paragraphs_of(joined(paragraphs_of(source))) == paragraphs_of(source)
