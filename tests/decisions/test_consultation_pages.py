"""The pages of consultations, as browsers get them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from decisions.actions.consulting import end_consultation_early
from decisions.actions.disposing import tell_contributors
from decisions.actions.drafting import newest_text
from decisions.actions.translating import translate
from decisions.consultation_columns import CONTRIBUTIONS
from decisions.models import Consultation, Consulted, Contribution, Disposition, Position, Text
from decisions.models.positions import fingerprint
from notices.compose import compose
from notices.models import Delivery
from tests.decisions.making import chair_of, committee_of
from tests.decisions.members_asked import (
    answers,
    colleague_of,
    comments,
    disposes,
    member,
    opened,
    organisation_of,
    row_of,
)
from tests.factories import OrganisationFactory, PositionFactory, RepresentationFactory, user_with

pytestmark = pytest.mark.django_db


def running(position: Position | None = None, **fields) -> Consultation:
    """One that is open by the database's clock."""
    now = database_now()
    return opened(position, now=now - timedelta(days=3), closes_at=now + timedelta(days=7), **fields)


def closed(consultation: Consultation) -> Consultation:
    return end_consultation_early(consultation, by=user_with("staff"), reason="All answered.", now=database_now())


def page(client, user, name, *args, **query) -> str:
    client.force_login(user)
    response = client.get(reverse(f"decisions:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def status(client, user, name, *args) -> int:
    client.force_login(user)
    return client.get(reverse(f"decisions:{name}", args=args)).status_code


def send(client, user, name, *args, **data):
    client.force_login(user)
    return client.post(reverse(f"decisions:{name}", args=args), data, follow=True)


def official(user, **fields) -> dict:
    return {"whose": user.pk, "language": "en", "openness": "asked", "seen": 0, "whole": "We agree."} | fields


def opening(position, **fields) -> dict:
    day = (database_now() + timedelta(days=12)).date()
    read = {"version": position.versions.get().pk, "seen": newest_text(position).sha256}
    return read | {"closes_on": day, "closes_hour": "17:00", "zone": "Asia/Kathmandu"} | fields


def test_opening_counts_first_and_asks_when_the_number_was_seen(client):
    member(country="KEN")
    member(country="PER")
    position, staff = PositionFactory(), user_with("staff")

    first = page(client, staff, "consult", position.pk)
    unseen = send(client, staff, "consult", position.pk, **opening(position, place="014", open="yes", looked="|"))
    assert "2 members, 2 contacts" in first
    assert "1 member, 1 contact" in unseen.content.decode()
    assert not Consultation.objects.exists()
    done = send(
        client,
        staff,
        "consult",
        position.pk,
        **opening(position, place="014", open="yes", looked="014|", questions="Why?"),
    )

    assert "The consultation is open. 1 member is being told." in done.content.decode()
    asked = Consultation.objects.get()
    assert (asked.region, asked.zone, asked.questions.get().text) == ("014", "Asia/Kathmandu", "Why?")


def test_a_draft_that_was_rewritten_after_the_form_was_opened_is_read_before_members_are_asked(client):
    member()
    position, staff = PositionFactory(), user_with("staff")
    sent = opening(position)
    rewritten = "First paragraph, and what nobody has read."
    Text.objects.filter(version__position=position).update(body=rewritten, sha256=fingerprint(rewritten))

    looked = send(client, staff, "consult", position.pk, **sent, look="yes").content.decode()
    refused = send(client, staff, "consult", position.pk, **sent, open="yes", looked="|").content.decode()

    for said in (looked, refused):
        assert "The text was changed after you opened this page. Read it, then open it." in said
        assert rewritten in said
    assert not Consultation.objects.exists()


def test_an_empty_audience_offers_no_button(client):
    member(country="PER")
    position, staff = PositionFactory(), user_with("staff")

    said = send(client, staff, "consult", position.pk, **opening(position, place="014", look="yes")).content.decode()

    assert "0 members" in said
    assert "Open it and tell them" not in said


def test_less_than_five_days_are_asked_about_once_more(client):
    member()
    position, staff = PositionFactory(), user_with("staff")
    soon = opening(position, closes_on=(database_now() + timedelta(days=2)).date(), open="yes", looked="|")

    warned = send(client, staff, "consult", position.pk, **soon).content.decode()
    done = send(client, staff, "consult", position.pk, **soon, is_short="on")

    assert "less than 5 days, the least that members should have" in warned
    assert "Open it although the time is short" in warned
    assert "The consultation is open" in done.content.decode()


def test_a_contact_answers_officially_from_the_page(client):
    user = member()
    consultation = running(questions=["Why now?"])
    row = row_of(consultation, user)

    before = page(client, user, "consultation", consultation.pk)
    after = send(client, user, "answer_officially", row.pk, **official(user, question_1="Because.")).content.decode()

    assert "Our official answer" in before
    assert "1. Why now?" in before
    assert "The official answer is recorded" in after
    assert set(Contribution.objects.values_list("text", flat=True)) == {"We agree.", "Because."}
    assert "1 of 1" in after


def test_an_empty_answer_is_asked_about(client):
    user = member()
    consultation = running()
    row = row_of(consultation, user)

    asked = send(client, user, "answer_officially", row.pk, **official(user, whole="")).content.decode()
    send(client, user, "answer_officially", row.pk, **official(user, whole="", nothing="on"))

    assert "tick that you have nothing to add" in asked
    row.refresh_from_db()
    assert row.edits == 1


def test_who_comes_second_keeps_what_they_typed_and_sees_the_other(client):
    user = member()
    consultation = running()
    row, colleague = row_of(consultation, user), colleague_of(user)
    answers(consultation, user, "Theirs stands", now=database_now())

    refused = send(client, colleague, "answer_officially", row.pk, **official(colleague, whole="Mine is kept"))
    said = refused.content.decode()
    again = send(client, colleague, "answer_officially", row.pk, **official(colleague, whole="Mine is kept", seen=1))

    assert "Mine is kept" in said
    assert "Theirs stands" in said
    assert 'name="seen" value="1"' in said
    assert "is recorded" in again.content.decode()


def test_what_a_session_that_ended_still_sent_is_there_after_signing_in(client):
    user = member()
    consultation = running()
    row = row_of(consultation, user)
    path = reverse("decisions:answer_officially", args=[row.pk])

    response = client.post(path, official(user, whole="Typed for an hour"))
    assert response["Location"] == f"{reverse('account_login')}?next={path}"
    client.force_login(user)
    said = client.get(path, follow=True).content.decode()

    assert "Typed for an hour" in said
    assert "it was kept for you" in said
    assert not Contribution.objects.exists()


def test_nobody_else_who_signs_in_there_sees_it(client):
    user = member()
    consultation = running()
    row, colleague = row_of(consultation, user), colleague_of(user)
    path = reverse("decisions:answer_officially", args=[row.pk])

    client.post(path, official(user, whole="Typed for an hour"))
    client.force_login(colleague)

    assert "Typed for an hour" not in client.get(path, follow=True).content.decode()


def test_what_met_an_error_of_ours_is_kept(client, monkeypatch):
    user = member()
    consultation = running()
    client.raise_request_exception = False
    monkeypatch.setattr("decisions.actions.contributing.comment", lambda *_args, **_named: 1 / 0)
    words = {"whose": user.pk, "text": "Typed for an hour", "language": "fr", "openness": "committee"}

    failed = send(client, user, "contribute", consultation.pk, **words)
    monkeypatch.undo()
    said = page(client, user, "consultation", consultation.pk)
    send(client, user, "contribute", consultation.pk, **words)

    assert failed.status_code == 500
    assert "Typed for an hour" in said
    assert Contribution.objects.get().text == "Typed for an hour"
    assert "it was kept for you" not in page(client, user, "consultation", consultation.pk)


def test_what_was_kept_can_be_thrown_away(client):
    user = member()
    consultation = running()
    send(client, user, "contribute", consultation.pk, whose=user.pk, text="", language="fr", openness="asked")

    said = send(client, user, "contribute", consultation.pk, whose=user.pk, discard="yes").content.decode()

    assert "it was kept for you" not in said


def test_comments_name_their_paragraph_and_in_whose_name(client):
    user = member()
    consultation = running()
    row = row_of(consultation, user)
    words = {"whose": user.pk, "text": "Plus court", "language": "fr", "openness": "asked"}

    said = send(client, user, "contribute", consultation.pk, **words, paragraph="2", consulted=row.pk).content.decode()

    made = Contribution.objects.get()
    assert (made.paragraph, made.organisation, made.language) == (2, organisation_of(user), "fr")
    assert 'lang="fr"' in said


def test_a_person_of_two_members_answers_for_one_and_is_led_to_the_other(client):
    user, other = member(), member()
    RepresentationFactory(person=user.person, organisation=organisation_of(other))
    consultation = running()

    said = page(client, user, "consultation", consultation.pk)

    assert said.count("You may also answer for") == 1


def test_members_read_what_others_said_only_after_the_closing_and_never_what_is_for_the_committee(client):
    user, other = member(), member()
    consultation = running()
    comments(consultation, user, "open words", now=database_now())
    comments(consultation, user, "secret words", openness="committee", now=database_now())

    before = page(client, other, "contributions", consultation.pk)
    after = page(client, other, "contributions", closed(consultation).pk)

    assert ("open words" in before, "open words" in after) == (False, True)
    assert "secret words" not in before + after


def test_the_file_says_what_became_of_it_once_contributors_were_told(client):
    user, staff = member(), user_with("staff")
    consultation = closed_with_a_disposition(user, staff)
    client.force_login(user)
    path = reverse("decisions:contributions", args=[consultation.pk]) + "?as=csv"

    before = b"".join(client.get(path)).decode()
    tell_contributors(consultation, by=staff, now=database_now())
    after = b"".join(client.get(path)).decode()

    assert ("Out of scope" in before, "Out of scope" in after) == (False, True)
    assert "Not taken" in after


@pytest.mark.parametrize("chosen", [[], [column.key for column in CONTRIBUTIONS.columns]], ids=["usual", "all"])
def test_each_heading_of_what_was_said_stands_over_a_cell(client, chosen):
    user, staff = member(), user_with("staff")
    consultation = closed_with_a_disposition(user, staff)
    client.force_login(staff)

    shown = client.get(reverse("decisions:contributions", args=[consultation.pk]), {"cols": chosen}).content.decode()

    assert shown.count('role="columnheader"') == shown.count('role="cell"')
    assert shown.count("Out of scope") == 1


def closed_with_a_disposition(user, staff) -> Consultation:
    consultation = running()
    said = comments(consultation, user, now=database_now())
    closed(consultation)
    disposes(consultation, staff, said, outcome="not", reason="Out of scope", now=database_now())
    return consultation


def test_several_are_disposed_of_from_the_page_and_the_list_shrinks(client):
    user, staff = member(), user_with("staff")
    consultation = running()
    said = [comments(consultation, user, f"Words {number}", paragraph=2, now=database_now()) for number in range(3)]
    closed(consultation)

    before = page(client, staff, "dispositions", consultation.pk)
    after = send(
        client,
        staff,
        "dispositions",
        consultation.pk,
        pick=[one.pk for one in said[:2]],
        outcome="partly",
        reason="Half of it.",
        **{f"seen_{one.pk}": 0 for one in said},
    ).content.decode()

    assert "0 of 3 contributions have a disposition" in before
    assert "Paragraph 2" in before
    assert "2 contributions have theirs." in after
    assert ("Words 0" in after, "Words 2" in after) == (False, True)
    assert Disposition.objects.count() == 2


def test_a_disposition_by_somebody_else_meanwhile_keeps_what_was_typed(client):
    user, staff, other = member(), user_with("staff"), user_with("staff")
    consultation = running()
    said = comments(consultation, user, now=database_now())
    closed(consultation)
    disposes(consultation, other, said, now=database_now())

    given = {"pick": said.pk, f"seen_{said.pk}": 0, "outcome": "not", "reason": "I typed this."}
    refused = send(client, staff, "dispositions", consultation.pk, **given).content.decode()

    assert "I typed this." in refused
    assert "Somebody else has said meanwhile" in refused
    assert f'name="seen_{said.pk}" value="1"' in refused
    assert "checked aria-labelledby" in refused


def test_who_is_not_asked_finds_no_page_and_members_find_no_dispositions(client):
    asked, outsider = member(country="KEN"), member(country="PER")
    consultation = running(region="014")

    assert status(client, outsider, "consultation", consultation.pk) == 404
    assert status(client, asked, "dispositions", consultation.pk) == 403
    assert status(client, asked, "position", consultation.position.pk) == 404


def test_members_see_the_version_that_is_asked_about_and_no_later_draft(client):
    user, staff = member(), user_with("staff")
    consultation = running()
    position = consultation.position
    position.versions.create(number=2, author=staff.person, created_at=database_now()).texts.create(
        body="A later draft", sha256="x" * 64
    )

    said = page(client, user, "consultation", consultation.pk)

    assert "First paragraph." in said
    assert "A later draft" not in said


def test_silent_members_are_named_to_staff_and_the_chair_alone(client):
    committee = committee_of(1)
    user = member()
    member(name="The silent one")
    consultation = running(PositionFactory(committee=committee))

    assert "The silent one" not in page(client, user, "consultation", consultation.pk)
    assert "The silent one" in page(client, chair_of(committee), "consultation", consultation.pk)


def test_parts_of_the_world_with_few_members_are_not_told_to_members(client):
    for country in ["KEN"] * 5 + ["PER"]:
        member(country=country)
    user = member(country="KEN")
    consultation = running()

    assert "Americas" not in page(client, user, "consultation", consultation.pk)
    assert "Americas" in page(client, user_with("staff"), "consultation", consultation.pk)


def fill(consultation: Consultation, count: int, now) -> None:
    """`count` members answer, each question and the whole, and each comments on a paragraph."""
    Consulted.objects.bulk_create(
        Consulted(consultation=consultation, organisation=OrganisationFactory(), asked_at=now) for _one in range(count)
    )
    by = user_with("facilitator").person
    rows = [
        {"kind": "official", "consulted": one, "organisation": one.organisation, "text": "Ours"}
        for one in consultation.asked.all()
    ] + [{"kind": "personal", "paragraph": 1 + number % 2, "text": f"Words {number}"} for number in range(count)]
    said = [Contribution(consultation=consultation, by=by, at=now, **row) for row in rows]
    Contribution.objects.bulk_create(said)


@pytest.mark.parametrize("reader", ["member", "staff"])
@pytest.mark.parametrize("count", [1, 3, 200])
@pytest.mark.parametrize(
    ("name", "statements"),
    [("consultation", 12), ("contributions", 12), ("consultations", 8)],
    ids=lambda one: str(one),
)
def test_the_pages_ask_the_same_few_statements_however_much_was_said(
    client, django_assert_max_num_queries, name, statements, reader, count
):
    user = member()
    consultation = running(questions=["Why?"])
    fill(consultation, count, consultation.opens_at)
    client.force_login(user if reader == "member" else user_with("staff"))
    path = reverse(f"decisions:{name}", args=[] if name == "consultations" else [consultation.pk])

    with django_assert_max_num_queries(statements):
        client.get(path)


@pytest.mark.parametrize("count", [1, 3, 200])
def test_the_page_that_disposes_asks_the_same_few_statements(client, django_assert_max_num_queries, count):
    member()
    consultation = running(questions=["Why?"])
    fill(consultation, count, consultation.opens_at)
    client.force_login(user_with("staff"))

    with django_assert_max_num_queries(12):
        client.get(reverse("decisions:dispositions", args=[consultation.pk]))


def test_members_read_the_text_in_their_language_and_no_translation_of_another_wording(client):
    user, staff = member(), user_with("staff")
    user.person.language = "fr"
    user.person.save()
    consultation = running()
    seen = newest_text(consultation.position).sha256
    for language, body in (("fr", "Premier paragraphe."), ("es", "Otra cosa.")):
        fields = {"language": language, "body": body, "read": seen, "seen": "", "now": database_now()}
        translate(consultation.position, by=staff, **fields)
    Text.objects.filter(language="es").update(made_from="0" * 64)

    own = page(client, user, "consultation", consultation.pk)
    decides = page(client, user, "consultation", consultation.pk, language="en")
    row = Delivery.objects.by_mail().get(kind="decisions.consultation_opened", person=user.person)
    mail = compose(row, row.subject, "a@example.org", consultation.opens_at).body

    assert ("Premier paragraphe." in own, "First paragraph." in own, "Otra cosa." in own) == (True, False, False)
    assert ("Premier paragraphe." in decides, "First paragraph." in decides) == (False, True)
    assert "The page also has it in: français." in mail
