"""The form of a mail: text first, HTML beside it, nothing that tells on its reader."""

import re

import pytest
from django.utils.translation import override

from notices.compose import compose
from notices.frame import Frame, as_html, as_text, blocks, isolated
from notices.kind import KINDS, Attachment
from tests.factories import PersonFactory
from tests.notices.given import NOON, due

pytestmark = pytest.mark.django_db
LINK = "http://testserver/errands/1/"
FRAME = Frame("Open Fields", "Open its page", LINK, "You get this because …", "http://testserver/accounts/preferences/")


def mail(**fields):
    row = due(**fields)
    return compose(row, row.subject, "amina@example.org", NOON)


def html_of(message):
    (part,) = [part for part in message.alternatives if part.mimetype == "text/html"]
    return part.content


def test_a_mail_is_text_with_the_same_as_html_beside_it():
    message = mail(title="Count the seats")

    kinds = [part.get_content_type() for part in message.message().walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    assert "Dear " in message.body
    assert "Count the seats</h1>" in html_of(message)


def test_what_a_person_typed_stays_text_in_the_html():
    page = html_of(mail(title="<img src=x> & <b>"))

    assert "<img" not in page
    assert "&lt;img src=x&gt; &amp; &lt;b&gt;" in page


def test_the_html_loads_nothing_and_links_only_to_the_page_and_the_settings():
    page = html_of(mail(title="See https://elsewhere.example/now"))

    assert re.findall(r"(?:src|background|action)=|url\(|@import|<(?:img|link|script|form|iframe)", page) == []
    links = re.findall(r'href="([^"]*)"', page)
    assert len(links) == 2
    assert all(link.startswith("http://testserver/") for link in links)


def test_a_long_text_stays_below_thirty_kilobytes():
    long = "\n\n".join(f"{number}. " + "A paragraph of the treaty. " * 12 for number in range(30))

    assert len((as_text(long, FRAME) + as_html("Title", long, FRAME)).encode()) < 30_000


def test_a_mail_says_last_why_it_came_and_where_to_settle_that():
    assert as_text("Dear Amina\n", FRAME).splitlines() == [
        "Dear Amina",
        "",
        "You get this because …",
        "Open Fields",
        "",
        "Language, time zone, quiet hours, fewer or more mails: http://testserver/accounts/preferences/",
    ]


def test_the_form_of_the_lines_makes_paragraphs_facts_and_the_button():
    body = f"Dear Amina,\n\nit is due:\n\n  Count the seats\n  Thu 14 May\n\nAGENDA\n\none\ntwo\n{LINK}\n"

    assert [(block.form, list(block.lines)) for block in blocks(body, LINK)] == [
        ("words", ["Dear Amina,"]),
        ("words", ["it is due:"]),
        ("facts", ["Count the seats", "Thu 14 May"]),
        ("title", ["AGENDA"]),
        ("words", ["one", "two"]),
        ("link", [LINK]),
    ]


@pytest.mark.parametrize(
    ("language", "line", "parted"),
    [
        ("en", "Seat 3, جمعية الحقول المفتوحة, is asked", "Seat 3, <bdi>جمعية الحقول المفتوحة</bdi>, is asked"),
        ("en", "ສະຫະພັນ and 开放田野", "ສະຫະພັນ and 开放田野"),
        (
            "ar",
            "المقعد 3، Campos Abiertos (Perú)، مدعو",
            "المقعد 3، <bdi>Campos Abiertos</bdi> (<bdi>Perú</bdi>)، مدعو",
        ),
        ("ar", "المقعد 开放田野، مدعو", "المقعد <bdi>开放田野</bdi>، مدعو"),
    ],
)
def test_words_against_the_direction_of_the_mail_are_kept_apart(language, line, parted):
    with override(language):
        assert isolated(line) == parted


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_html_names_its_language_and_direction(language, direction):
    with override(language):
        page = as_html("Title", "Body", FRAME)

    assert page.count(f'lang="{language}" dir="{direction}"') == 2


def test_every_kind_says_why_its_mails_come():
    ours = [kind for kind in KINDS.values() if not kind.key.startswith("errand")]

    assert [kind.key for kind in ours if not kind.because or not kind.act] == []


def test_a_discreet_mail_reveals_nothing_but_that_something_waits(monkeypatch):
    calendar = [Attachment("errand.ics", "BEGIN:VCALENDAR", "text/calendar")]
    monkeypatch.setattr(KINDS["errand_due"], "attachments", lambda *_: calendar, raising=False)
    monkeypatch.setattr(KINDS["errand_due"], "because", "You get this because you count seats.", raising=False)
    row = due(PersonFactory(is_discreet=True, display_name="Amina Zq"), title="Count the seats")

    message = compose(row, row.subject, "amina@example.org", NOON)

    assert message.subject == "A notice from Open Fields Coalition"
    assert message.body.splitlines()[:2] == ["Something waits for you. Sign in to read it:", "http://testserver/inbox/"]
    said = message.body + html_of(message)
    assert [word for word in ("seats", "Zq", "errand", "because") if word in said] == []
    assert message.attachments == []


def test_a_discreet_mail_that_invites_keeps_its_link(monkeypatch):
    monkeypatch.setattr(KINDS["errand_due"], "has_inbox", False, raising=False)
    row = due(PersonFactory(is_discreet=True))

    message = compose(row, row.subject, "amina@example.org", NOON)

    assert f"http://testserver/errands/{row.object_id}/" in message.body
