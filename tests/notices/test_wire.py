"""What goes over the wire is what Django's own message says, and no header can be smuggled in."""

from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives

from notices.wire import as_sent, header_line

LONG = (
    "A reminder of what the committee of the coalition has been asked to decide about the treaty’s second article " * 2
)


def mail(*, title="Count the seats", body="Dear Amina,\n\n.\nIt is due.\n", to="amina@example.org", **headers):
    sender = '"Fields, Open" <coalition@example.org>'
    message = EmailMultiAlternatives(title, body, sender, [to], headers={"Message-ID": "<1@example.org>", **headers})
    message.attach_alternative(f"<p>{body}</p>", "text/html")
    return message


def read(raw):
    message = message_from_bytes(raw, policy=policy.default)
    headers = {name: str(value).strip() for name, value in message.items() if name not in {"Content-Type", "Date"}}
    parts = [part for part in message.walk() if not part.is_multipart()]
    return headers, message.get_content_type(), [(part.get_content_type(), part.get_content()) for part in parts]


@pytest.mark.parametrize(
    "message",
    [
        mail(),
        mail(title=LONG, body=LONG),
        mail(title="Réunion 会议 اجتماع", body="Dear ສະຫະພັນ,\r\n\r\none\rtwo\n"),
        mail(body="A line that no mail server has to take: " + "word " * 300),
        mail(to="amina@bücher.example", **{"List-Id": f"{LONG} <notices.example.org>"}),
        mail(**{"List-Unsubscribe": f"<https://example.org/reminders/leave/{'a' * 200}/>"}),
    ],
)
def test_it_says_what_the_library_would_have_said(message):
    raw = as_sent(message)

    assert read(raw) == read(message.message().as_bytes(linesep="\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_an_attached_file_goes_along():
    message = mail()
    message.attach("meeting.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar; method=REQUEST")

    assert [kind for kind, _content in read(as_sent(message))[2]] == ["text/plain", "text/html", "text/calendar"]


@pytest.mark.parametrize("name", ["title", "to"])
def test_a_header_of_several_lines_is_refused(name):
    with pytest.raises(ValueError, match="newline"):
        as_sent(mail(**{name: "a@example.org\nBcc: everybody@example.org"}))


def test_a_link_stays_on_the_line_of_its_header():
    link = f"<https://example.org/reminders/leave/{'a' * 200}/>"

    assert header_line("List-Unsubscribe", link) == f"List-Unsubscribe: {link}\r\n".encode()
