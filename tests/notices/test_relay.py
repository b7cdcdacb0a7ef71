"""Talking to a mail server that reads ahead and to one that does not: the same is known afterwards."""

import pytest

from notices.mail import Handed, Relay
from tests.notices.given import obstinate

TEXT = b"Subject: Hello\r\n\r\n.one dot\r\n"


@pytest.fixture(params=[True, False], ids=["reads ahead", "one by one"])
def server(settings, request):
    with obstinate(settings) as mind:
        mind.reads_ahead = request.param
        yield mind


def hand_over(relay, recipient="amina@example.org", *, in_time=True):
    return relay.hand_over(TEXT, "coalition@example.org", recipient, in_time=lambda: in_time)


def test_mails_go_one_after_the_other_over_one_connection(server):
    with Relay() as relay:
        handed = [hand_over(relay)[0] for _each in range(3)]
        kept = relay.backend.connection

    assert handed == [Handed.ACCEPTED] * 3
    assert [envelope.rcpt_tos for envelope in server.taken] == [["amina@example.org"]] * 3
    assert kept is not None
    assert server.taken[0].original_content.endswith(b"\r\n.one dot\r\n")


def test_the_three_commands_before_a_text_go_at_once_to_a_server_that_reads_ahead(server, monkeypatch):
    with Relay() as relay:
        hand_over(relay)
        ways = []
        send = type(relay.backend.connection).send
        monkeypatch.setattr(type(relay.backend.connection), "send", lambda *given: ways.append(given) or send(*given))
        hand_over(relay)

    assert len(ways) == (2 if server.reads_ahead else 4)


@pytest.mark.parametrize(("words", "handed"), [("550 nobody", Handed.REFUSED), ("451 later", Handed.LATER)])
@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_refusal_is_heard_and_the_next_mail_goes_out(server, stage, words, handed):
    with Relay() as relay:
        setattr(server, stage, words)
        first = hand_over(relay)
        setattr(server, stage, "250 OK")
        second = hand_over(relay, "bilal@example.org")

    assert first == (handed, words)
    assert second[0] is Handed.ACCEPTED
    assert [envelope.rcpt_tos for envelope in server.taken] == [["bilal@example.org"]]


def test_a_server_that_wants_a_text_for_nobody_gets_none(settings, monkeypatch):
    async def refuses_and_notes(_mind, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return "550 nobody"

    with obstinate(settings) as server, Relay() as relay:
        with monkeypatch.context() as patch:
            patch.setattr(type(server), "handle_RCPT", refuses_and_notes)
            first = hand_over(relay)
        second = hand_over(relay)

    assert (first, second[0]) == ((Handed.REFUSED, "550 nobody"), Handed.ACCEPTED)
    assert len(server.taken) == 1


def test_a_server_that_takes_nothing_from_us_is_no_fault_of_the_mail(server, monkeypatch):
    async def handle_MAIL(_mind, server, session, envelope, address, options):
        return "452 no room"

    monkeypatch.setattr(type(server), "handle_MAIL", handle_MAIL, raising=False)
    with Relay() as relay:
        assert hand_over(relay) == (Handed.UNREACHED, "452 no room")


def test_a_worker_that_was_too_slow_sends_no_text(server):
    with Relay() as relay:
        assert hand_over(relay, in_time=False)[0] is Handed.LATER
        assert hand_over(relay)[0] is Handed.ACCEPTED

    assert len(server.taken) == 1
