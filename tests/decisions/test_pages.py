"""The pages, as browsers get them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Person
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.drafting import newest_text, write_version
from decisions.models import Answer, AnswerChange, Position, Round, Text
from decisions.models.levels import usual_level
from decisions.models.positions import fingerprint
from history.actions import newest
from notices.actions.arriving import arrive_due
from notices.models import Delivery
from tests.decisions.making import alternate_of, chair_of, committee_of, say, speaker_of
from tests.factories import AppointmentFactory, CampaignFactory, PositionFactory, RoundFactory, user_with

pytestmark = pytest.mark.django_db
UNREAD = "First paragraph, and what nobody has read."
EXPLICIT = {"procedure": "explicit", "quorum": "none", "threshold": "half"}


def running(committee, *, hours=48, **fields) -> Round:
    """A round that is open by the database's clock (closed, when `hours` is negative)."""
    now = database_now()
    position = PositionFactory(committee=committee, status="open", **fields)
    opens_at = now - timedelta(days=3)
    return RoundFactory(position=position, opens_at=opens_at, closes_at=now + timedelta(hours=hours))


def page(client, user, name, *args, **query):
    client.force_login(user)
    response = client.get(reverse(f"decisions:{name}", args=args), query)
    return response.status_code, response.content.decode()


def send(client, user, name, position, **data):
    client.force_login(user)
    return client.post(reverse(f"decisions:{name}", args=[position.pk]), data, follow=True)


def first_of(asked):
    return asked.electors.order_by("term__seat__number").first()


def answer_of(asked, **data):
    return {"version": asked.version_id, "elector": first_of(asked).pk, **data}


def test_a_seat_answers_from_the_page(client):
    asked = running(committee_of(3))
    user = speaker_of(first_of(asked))

    before = page(client, user, "position", asked.version.position_id)[1]
    after = send(client, user, "answer", asked.version.position, **answer_of(asked, choice="approve"))

    assert "Send our answer" in before
    assert "Passes if at least 2 of 3 seats approve" in before
    assert (Answer.objects.get().choice, Answer.objects.get().by) == ("approve", user.person)
    assert "“Approve”. You can change it until the closing hour." in after.content.decode()
    assert "Your seat approves" in after.content.decode()


def test_who_answers_is_told_who_else_speaks_for_the_seat(client):
    asked = running(committee_of(2))
    other = alternate_of(first_of(asked))

    own = page(client, speaker_of(first_of(asked)), "position", asked.version.position_id)[1]
    elsewhere = page(client, speaker_of(asked.electors.last()), "position", asked.version.position_id)[1]

    said = f"<bdi>{other.person}</bdi> speaks for the same seat: one of you is enough."
    assert (said in own, said in elsewhere) == (True, False)


def test_a_replayed_form_is_one_answer(client):
    asked = running(committee_of(3))
    user = speaker_of(first_of(asked))

    for _time in range(3):
        send(client, user, "answer", asked.version.position, **answer_of(asked, choice="approve"))

    assert AnswerChange.objects.count() == 1


def test_objecting_without_a_reason_is_asked_again(client):
    asked = running(committee_of(3))
    user = speaker_of(first_of(asked))

    said = send(client, user, "answer", asked.version.position, **answer_of(asked, choice="object")).content.decode()

    assert "Say why you object" in said
    assert 'value="object" id="id_choice_2" aria-describedby="hint_2" required checked' in said
    assert AnswerChange.objects.count() == 0


def test_an_answer_to_an_older_text_gets_the_new_text_and_keeps_what_was_typed(client):
    committee = committee_of(3)
    old = running(committee, hours=-1)
    position, form = old.version.position, answer_of(old, choice="object", reason="My long reason.")
    announce_closed_rounds(now=database_now())
    version = write_version(
        position, by=user_with("staff"), body="New words.", seen=newest_text(position).sha256, now=database_now()
    )
    position.refresh_from_db()
    position.step_to(Position.Status.OPEN)
    position.save()
    RoundFactory(version=version, committee=committee, opens_at=database_now())

    said = send(client, speaker_of(first_of(old)), "answer", position, **form).content.decode()

    assert "The text has changed since you opened this page" in said
    assert "New words." in said
    assert '<details class="mb-3" open><summary>What differs from version 1</summary>' in said
    assert "My long reason.</textarea>" in said
    assert f'name="version" value="{version.pk}"' in said
    assert AnswerChange.objects.count() == 0


def test_a_late_answer_is_said_to_be_late(client):
    asked = running(committee_of(3), hours=-1)
    user = speaker_of(first_of(asked))

    said = send(client, user, "answer", asked.version.position, **answer_of(asked, choice="approve")).content.decode()

    assert "marked as late, and changes nothing" in said
    assert "Came after the closing hour" in said
    assert (Answer.objects.count(), AnswerChange.objects.get().is_late) == (0, True)


@pytest.mark.parametrize("role", ["admin", "staff", "chair"])
def test_whoever_holds_no_seat_is_refused_and_nothing_changes(client, role):
    committee = committee_of(3)
    asked = running(committee)

    response = send(
        client, user_with(role, committee), "answer", asked.version.position, **answer_of(asked, choice="approve")
    )

    assert response.status_code == 403
    assert "Only the seat’s representative and alternate" in response.content.decode()
    assert (AnswerChange.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.parametrize(("role", "sees"), [("staff", True), ("chair", True), ("seat", False)])
def test_staff_and_the_chair_see_who_has_not_answered(client, role, sees):
    committee = committee_of(3)
    asked = running(committee)
    first, silent, _third = asked.electors.order_by("term__seat__number")
    say(first, "object", at=asked.opens_at, reason="Article 5 is missing.")
    user = speaker_of(first) if role == "seat" else user_with(role, committee)

    said = page(client, user, "position", asked.version.position_id)[1]

    assert (silent.organisation.name in said) == sees
    assert ("2 other seats have not answered" in said) == (not sees)
    assert "Article 5 is missing." in said


def test_members_see_the_adopted_text_and_its_counts_but_no_reason_and_no_seat(client):
    asked = running(committee_of(3), hours=-1, body="The adopted words.")
    first, second, third = asked.electors.order_by("term__seat__number")
    for elector in (first, second):
        say(elector, "approve", at=asked.opens_at)
    say(third, "object", at=asked.opens_at, reason="CANARY")
    member = user_with("member")

    computed = page(client, member, "position", asked.version.position_id)[1]
    announce_closed_rounds(now=database_now())
    announced = page(client, member, "position", asked.version.position_id)[1]

    for said in (computed, announced):
        assert "The adopted words." in said
        assert "Seats that approved: 2 of 3." in said
        assert "CANARY" not in said
        assert third.organisation.name not in said
    assert "Its number follows" in computed
    assert f"Adopted as {asked.closes_at.year}-001" in announced
    assert "To be confirmed" in announced


@pytest.mark.parametrize(("role", "sees"), [("staff", True), ("member", False)])
def test_a_campaign_the_reader_may_not_see_is_not_named(client, role, sees):
    campaign = CampaignFactory(name="CANARY", visibility="staff")
    position = PositionFactory(committee=committee_of(1), visibility="members", campaign=campaign)

    assert ("CANARY" in page(client, user_with(role), "position", position.pk)[1]) == sees


def test_a_position_nobody_may_see_answers_404(client):
    position = PositionFactory(committee=committee_of(1))

    for name in ("position", "edit_position", "new_version", "withdraw", "open_round", "answer"):
        assert page(client, user_with("member"), name, position.pk)[0] == 404


def test_the_chair_closes_and_confirms_from_the_page(client):
    committee = committee_of(2)
    asked = running(committee)
    chair, position = chair_of(committee), asked.version.position
    too_early = send(client, chair, "close_early", position).content.decode()
    for elector in asked.electors.all():
        say(elector, "approve", at=asked.opens_at)

    offered = page(client, chair, "position", position.pk)[1]
    send(client, chair, "close_early", position)
    announce_closed_rounds(now=database_now())
    closed = page(client, chair, "position", position.pk)[1]
    confirmed = send(client, chair, "confirm", position).content.decode()

    assert "2 seats have not answered yet" in too_early
    assert "Close the round now" in offered
    assert "Confirm the outcome" in closed
    assert "The outcome is confirmed." in confirmed
    assert "To be confirmed" not in confirmed


def test_drafting_opening_and_withdrawing_from_the_pages(client):
    committee, staff = committee_of(12, vacant=1), user_with("staff")
    client.force_login(staff)
    draft = {"title": "Survivors", "body": "One.\r\n\r\nTwo.", "language": "en", "visibility": "steering"}
    draft["level"] = usual_level().pk

    client.post(reverse("decisions:new_position"), draft | {"committee": committee.pk})
    position = Position.objects.get()
    form = page(client, staff, "open_round", position.pk)[1]
    tomorrow = (database_now() + timedelta(days=1)).date().isoformat()
    when = {**EXPLICIT, "closes_on": tomorrow, "closes_hour": "17:00", "zone": "Europe/Zurich", "despite": "on"}
    text = newest_text(position)
    opened = send(client, staff, "open_round", position, **when, version=text.version_id, seen=text.sha256)
    withdrawn = send(client, staff, "withdraw", position, reason="Out of date.")

    assert newest_text(position).paragraphs == ["One.", "Two."]
    assert "13 seats, less 1 vacant, leaves 12. More than half of 12 is 7." in form
    assert "The position is open. 12 seats are being told." in opened.content.decode()
    assert "Out of date." in withdrawn.content.decode()


def as_offered(client, position) -> dict:
    """What a browser sends from the form that opens a round, as it comes."""
    client.force_login(user_with("staff"))
    shown = client.get(reverse("decisions:open_round", args=[position.pk])).context
    names = ("procedure", "quorum", "threshold", "closes_on", "closes_hour", "zone", "version", "seen")
    fields = {name: shown["form"][name].value() for name in names}
    return fields | {"meeting": "", "despite": "on", "rule": shown["rule"]}


def test_the_rule_is_read_in_a_sentence_before_anybody_is_asked(client):
    position = PositionFactory(committee=committee_of(12))
    url, offered = reverse("decisions:open_round", args=[position.pk]), as_offered(client, position)
    wanted = offered | {"procedure": "explicit", "quorum": "none", "threshold": "two_thirds"}

    looked = client.post(url, wanted | {"look": "yes"}).context
    no_day = client.post(url, wanted | {"look": "yes", "closes_on": ""}).context

    assert "silence counts as assent after" in offered["rule"]
    assert looked["rule"].startswith("Passes if at least 8 of 12 seats approve before ")
    assert not looked["form"].errors
    assert no_day["rule"] == ""
    assert not Round.objects.exists()


def test_a_round_opens_only_by_the_rule_that_was_read(client):
    position = PositionFactory(committee=committee_of(12))
    url, offered = reverse("decisions:open_round", args=[position.pk]), as_offered(client, position)
    wanted = offered | {"procedure": "explicit", "quorum": "none", "threshold": "half"}

    shown = client.post(url, wanted).context
    opened_by_then = Round.objects.exists()
    client.post(url, wanted | {"rule": shown["rule"]})

    assert not opened_by_then
    assert Round.objects.get().threshold == "half"


def test_a_draft_that_was_rewritten_after_the_form_was_opened_is_read_before_the_seats_are_asked(client):
    position = PositionFactory(committee=committee_of(3))
    url, offered = reverse("decisions:open_round", args=[position.pk]), as_offered(client, position)
    Text.objects.filter(version__position=position).update(body=UNREAD, sha256=fingerprint(UNREAD))

    looked = client.post(url, offered | {"look": "yes", "despite": ""})  # which says something of the time, too
    refused = client.post(url, offered)
    opened_by_then = Round.objects.exists()
    client.post(url, offered | {"seen": refused.context["form"]["seen"].value(), "rule": refused.context["rule"]})

    said = refused.content.decode()
    assert "The text was changed after you opened this page" in looked.content.decode()
    assert "The text was changed after you opened this page. Read it, then open it." in said
    assert UNREAD in said
    assert not opened_by_then
    assert Round.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"closes_on": "2020-01-01"}, "The closing hour must lie ahead"),
        ({"procedure": "meeting"}, "Choose the meeting"),
        ({"threshold": "none"}, "some share must approve"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"closes_hour": ""}, "This field is required"),
    ],
)
def test_a_round_form_says_what_is_to_be_put_right(client, changed, sentence):
    committee = committee_of(3)
    position = PositionFactory(committee=committee)
    fields = {**EXPLICIT, "closes_on": "2099-01-01", "closes_hour": "17:00", "zone": "Europe/Zurich"}
    fields |= {"version": newest_text(position).version_id}

    said = send(client, chair_of(committee), "open_round", position, **fields | changed).content.decode()

    assert sentence in said
    assert "<title>Error:" in said
    assert Round.objects.count() == 0


def test_an_edit_that_crosses_another_is_kept_and_can_be_sent_again(client):
    position, staff = PositionFactory(committee=committee_of(1)), user_with("staff")
    fields = {"title": "T", "level": position.level_id, "visibility": "steering", "seen": newest_text(position).sha256}
    fields["since"] = newest(position)
    send(client, staff, "edit_position", position, **fields, body="First.")

    crossed = send(client, staff, "edit_position", position, **fields, body="Second.").content.decode()

    assert "Somebody has changed the text" in crossed
    assert "Second.</textarea>" in crossed
    assert f'name="seen" value="{newest_text(position).sha256}"' in crossed
    assert newest_text(position).body == "First."


def test_earlier_versions_are_for_those_who_write(client):
    committee = committee_of(1)
    position = PositionFactory(committee=committee, visibility="members")
    write_version(position, by=user_with("staff"), body="New.", seen=newest_text(position).sha256, now=database_now())

    assert page(client, user_with("seat", committee), "version", position.pk, 1)[0] == 200
    assert page(client, user_with("member"), "version", position.pk, 1)[0] == 403
    assert page(client, user_with("staff"), "version", position.pk, 3)[0] == 404


def test_the_list_shows_open_ones_first_and_filters(client):
    committee = committee_of(1)
    PositionFactory(committee=committee, title="An adopted text", status="rejected")
    PositionFactory(committee=committee, title="A draft text")
    asked = running(committee, title="An open text")

    everything = page(client, speaker_of(asked.electors.get()), "positions")[1]
    drafts = page(client, user_with("staff"), "positions", status="draft")[1]

    order = [everything.index(title) for title in ("An open text", "A draft text", "An adopted text")]
    assert order == sorted(order)
    assert "your answer is awaited" in everything
    assert ("A draft text" in drafts, "An open text" in drafts) == (True, False)


def test_of_what_is_open_the_nearest_closing_comes_first(client):
    committee = committee_of(1)
    late, soon = running(committee, title="Later", hours=72), running(committee, title="Sooner", hours=24)
    client.force_login(user_with("staff"))

    rows = client.get(reverse("decisions:positions")).context["rows"]

    assert [row.position for row in rows] == [soon.version.position, late.version.position]


def test_what_goes_on_once_stands_by_the_hour_at_which_it_closes_then(client):
    committee = committee_of(1)
    goes_on, soon = running(committee, title="Goes on", hours=-1), running(committee, title="Sooner", hours=24)
    Round.objects.filter(pk=goes_on.pk).update(quorum="half")
    client.force_login(user_with("staff"))

    rows = client.get(reverse("decisions:positions")).context["rows"]

    assert [row.position for row in rows] == [soon.version.position, goes_on.version.position]
    assert [row.is_closed for row in rows] == [False, False]


def test_the_list_goes_on_where_the_page_before_ended(client):
    committee = committee_of(1)
    for number in range(30):
        PositionFactory(committee=committee, title=f"Text {number:02}", status="open" if number < 3 else "draft")
    staff = user_with("staff")
    client.force_login(staff)

    first = client.get(reverse("decisions:positions"))
    second = client.get(reverse("decisions:positions"), {"after": first.context["page"].after})

    titles = [row.position.title for one in (first, second) for row in one.context["rows"]]
    assert (len(titles), len(set(titles)), len(first.context["rows"])) == (30, 30, 25)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements_for_one_and_three(client, count, django_assert_num_queries):
    committee = committee_of(3)
    for _number in range(count):
        running(committee)
    client.force_login(user_with("staff"))
    client.get(reverse("decisions:positions"))

    with django_assert_num_queries(9):
        client.get(reverse("decisions:positions"))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("role", "statements"), [("staff", 10), ("chair", 10), ("seat", 11), ("member", 10)])
def test_a_position_takes_the_same_statements_for_one_seat_and_three(
    client, count, role, statements, django_assert_num_queries
):
    committee = committee_of(count, vacant=1)
    asked = running(committee, visibility="members", campaign=CampaignFactory())
    for elector in asked.electors.all():
        say(elector, "approve", at=asked.opens_at)
    client.force_login(speaker_of(first_of(asked)) if role == "seat" else user_with(role, committee))
    url = reverse("decisions:position", args=[asked.version.position_id])
    client.get(url)

    with django_assert_num_queries(statements):
        client.get(url)


@pytest.mark.parametrize("count", [1, 3])
def test_a_closed_position_takes_at_most_twelve_statements(client, count, django_assert_num_queries):
    committee = committee_of(count, vacant=1)
    asked = running(committee, hours=-1)
    for elector in asked.electors.all():
        say(elector, "approve", at=asked.opens_at)
    announce_closed_rounds(now=database_now())
    client.force_login(user_with("staff"))
    url = reverse("decisions:position", args=[asked.version.position_id])
    client.get(url)

    with django_assert_num_queries(11):
        client.get(url)


@pytest.mark.parametrize("count", [1, 3])
def test_an_outcome_in_the_inbox_takes_as_many_statements_for_three_seats_as_for_one(
    client, count, django_assert_num_queries
):
    asked = running(committee_of(count), hours=-1)
    Person.objects.update(quiet_from="00:00", quiet_to="00:00")  # it is day everywhere
    for elector in asked.electors.all():
        say(elector, "approve", at=asked.opens_at)
    announce_closed_rounds(now=database_now())
    user = speaker_of(first_of(asked))
    arrive_due(now=database_now() + timedelta(days=1))  # whatever hour of the night it is now
    row = Delivery.objects.in_inbox_of(user.person).get(kind="decisions.outcome")
    client.force_login(user)
    url = reverse("home:notice", args=[row.pk])
    client.get(url)

    with django_assert_num_queries(12):
        client.get(url)


def test_staff_in_a_seat_are_shown_no_answer_form(client):
    asked = running(committee_of(3))
    user = speaker_of(first_of(asked))
    AppointmentFactory(person=user.person)

    assert "Send our answer" not in page(client, user, "position", asked.version.position_id)[1]


def test_whoever_may_not_know_the_campaign_edits_the_draft_and_leaves_it_there(client):
    committee = committee_of(1, is_steering=False)
    campaign = CampaignFactory(name="CANARY", visibility="staff")
    position = PositionFactory(committee=committee, visibility="members", campaign=campaign)
    fields = {
        "title": "Renamed",
        "level": position.level_id,
        "visibility": "members",
        "seen": newest_text(position).sha256,
        "since": newest(position),
    }

    form = page(client, chair_of(committee), "edit_position", position.pk)[1]
    send(client, chair_of(committee), "edit_position", position, **fields, body="Rewritten.")

    position.refresh_from_db()
    assert ("CANARY" in form, position.title, position.campaign) == (False, "Renamed", campaign)
