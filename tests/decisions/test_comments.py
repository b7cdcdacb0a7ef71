"""Comments on paragraphs: who says what to whom, how a proposed wording is taken, and what is never overwritten."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.commenting import comment, settle_comment, take_suggestion
from decisions.actions.drafting import newest_text, write_version
from decisions.models import Comment
from decisions.models.positions import fingerprint
from history.models import Entry
from notices.compose import compose
from notices.kind import KINDS
from notices.models import Delivery
from tests.decisions.making import committee_of, opened
from tests.factories import NOON, PositionFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def said(position, *, paragraph=1, body="Too weak.", proposed="", by=None, now=NOON, seen=None):
    quoted = newest_text(position).paragraphs[paragraph - 1]
    return comment(
        position,
        by=by or user_with("staff"),
        paragraph=paragraph,
        seen=seen or fingerprint(quoted),
        body=body,
        proposed=proposed,
        now=now,
    )


def rewritten(position, body, now=LATER):
    return write_version(position, by=user_with("staff"), body=body, seen=newest_text(position).sha256, now=now)


def body_of(position):
    return newest_text(position).body


def page(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(f"decisions:{name}", args=args))


def test_a_comment_stands_on_its_paragraph_and_quotes_it():
    position = PositionFactory(body="One.\n\nTwo.")

    made = said(position, paragraph=2)

    assert (made.version.number, made.paragraph, made.quoted, made.is_settled) == (1, 2, "Two.", False)
    assert Entry.objects.of(position).first().sentence == "Commented on paragraph 2 of version 1"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("admin", True),
        ("staff", True),
        ("chair", True),
        ("seat", True),
        ("facilitator", True),
        ("member", False),
        ("nobody", False),
    ],
)
def test_staff_the_committee_and_facilitators_who_see_the_draft_comment(role, may):
    committee = committee_of(1)
    position = PositionFactory(committee=committee, visibility="members")

    if may:
        said(position, by=user_with(role, committee))
    else:
        with pytest.raises(Refused):
            said(position, by=user_with(role, committee))


def test_a_facilitator_does_not_comment_on_a_draft_of_the_committee_alone():
    with pytest.raises(Refused):
        said(PositionFactory(visibility="steering"), by=user_with("facilitator"))


def test_comments_are_read_by_staff_and_the_committee_and_one_s_own_by_oneself():
    committee, facilitator = committee_of(1), user_with("facilitator")
    position = PositionFactory(committee=committee, visibility="members")
    said(position)
    own = said(position, by=facilitator)

    seen = {
        role: Comment.objects.visible_to(user_with(role, committee)).count()
        for role in ("admin", "staff", "chair", "seat", "member", "nobody")
    }

    assert seen == {"admin": 2, "staff": 2, "chair": 2, "seat": 2, "member": 0, "nobody": 0}
    assert list(Comment.objects.visible_to(facilitator)) == [own]


def test_nothing_is_no_comment_and_the_same_words_are_no_proposal():
    position = PositionFactory(body="One.")

    with pytest.raises(TransitionError, match="Say something"):
        said(position, body=" ", proposed="One.")


def test_a_comment_on_a_paragraph_that_has_changed_meanwhile_is_asked_again():
    position = PositionFactory(body="One.")
    seen = fingerprint("One.")
    rewritten(position, "Other.")

    with pytest.raises(TransitionError, match="The paragraph has changed"):
        said(position, seen=seen)


def test_an_adopted_position_takes_no_comment():
    with pytest.raises(TransitionError, match="takes no more comments"):
        said(PositionFactory(status="adopted"))


def test_a_proposal_is_taken_into_the_draft_and_its_author_is_named():
    committee = committee_of(1)
    position, seat = PositionFactory(committee=committee, body="One.\n\nTwo.\n\nThree."), user_with("seat", committee)
    made = said(position, paragraph=2, body="", proposed="Two, better.", by=seat)

    version = take_suggestion(made, by=user_with("staff"), now=LATER)

    made.refresh_from_db()
    assert (body_of(position), version.number, made.taken_in) == ("One.\n\nTwo, better.\n\nThree.", 1, version)
    sentences = [entry.sentence for entry in Entry.objects.of(position)]
    assert sentences[0].startswith("Took the wording that")
    assert Entry.objects.of(position).first().details["person"] == str(seat.person_id)


def test_a_proposal_for_a_version_that_was_asked_about_makes_a_new_one():
    asked = opened(committee_of(3), body="One.")
    position = asked.version.position
    made = said(position, proposed="One, better.")
    with pytest.raises(TransitionError, match="cannot be rewritten"):
        take_suggestion(made, by=user_with("staff"), now=LATER)
    announce_closed_rounds(now=asked.closes_at)

    version = take_suggestion(made, by=user_with("staff"), now=asked.closes_at)

    assert (version.number, body_of(position)) == (2, "One, better.")
    assert asked.version.texts.get().body == "One."


def test_a_paragraph_that_moved_is_found_and_one_that_changed_is_left_alone():
    position, staff = PositionFactory(body="One.\n\nTwo."), user_with("staff")
    moved = said(position, paragraph=2, proposed="Two, better.")
    changed = said(position, paragraph=1, proposed="One, better.")
    rewritten(position, "One, by others.\n\nNew.\n\nTwo.")

    take_suggestion(moved, by=staff, now=LATER)
    with pytest.raises(TransitionError, match="has changed since this was proposed"):
        take_suggestion(changed, by=staff, now=LATER)

    changed.refresh_from_db()
    assert body_of(position) == "One, by others.\n\nNew.\n\nTwo, better."
    assert not changed.is_settled


def test_a_comment_is_settled_once():
    position, staff = PositionFactory(body="One."), user_with("staff")
    made = said(position, proposed="Better.")
    take_suggestion(made, by=staff, now=LATER)

    with pytest.raises(TransitionError, match="settled this comment already"):
        take_suggestion(made, by=staff, now=LATER)
    with pytest.raises(TransitionError, match="settled this comment already"):
        settle_comment(made, by=staff, reason="No.", now=LATER)


def test_a_facilitator_does_not_take_their_own_proposal():
    facilitator = user_with("facilitator")
    made = said(PositionFactory(visibility="members"), proposed="Better.", by=facilitator)

    with pytest.raises(Refused):
        take_suggestion(made, by=facilitator, now=LATER)
    with pytest.raises(Refused):
        settle_comment(made, by=facilitator, reason="Mine.", now=LATER)


def test_the_database_holds_that_a_settled_comment_says_why():
    made = said(PositionFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.update(settled_at=LATER, settled_by=made.by)


def test_whoever_proposed_hears_what_became_of_it():
    committee, staff = committee_of(1), user_with("staff")
    position, seat = PositionFactory(committee=committee, body="One."), user_with("seat", committee)
    taken, left = said(position, proposed="Better.", by=seat), said(position, by=seat)

    take_suggestion(taken, by=staff, now=LATER)
    settle_comment(left, by=staff, reason="We keep it short.", now=LATER)

    rows = Delivery.objects.by_mail().filter(kind="decisions.comment_settled", person=seat.person)
    mails = {compose(row, row.subject, seat.email, LATER).body for row in rows}
    assert any("now stands in version 1" in mail for mail in mails)
    assert any("We keep it short." in mail for mail in mails)
    assert len(mails) == 2


def test_the_author_hears_of_a_day_s_comments_in_one_mail_the_next_morning():
    committee = committee_of(1)
    author = user_with("seat", committee)
    position = PositionFactory(committee=committee, author=author.person, body="One.\n\nTwo.")

    said(position, body="First remark.")
    said(position, paragraph=2, proposed="Two, better.", now=LATER)
    said(position, body="My own.", by=author)

    row = Delivery.objects.by_mail().get(kind="decisions.commented")
    mail = compose(row, row.subject, author.email, row.send_at).body
    assert row.send_at > LATER
    assert "First remark." in mail
    assert "Two, better." in mail
    assert "My own." not in mail


def test_an_author_who_may_not_read_comments_hears_nothing_of_them():
    position = PositionFactory(author=UserFactory().person)
    said(position)

    row = Delivery.objects.by_mail().get(kind="decisions.commented")

    assert list(KINDS[row.kind].audience(position)) == []


def test_a_comment_is_written_taken_and_settled_from_the_pages(client):
    position, staff = PositionFactory(body="One.\n\nTwo."), user_with("staff")
    client.force_login(staff)
    url = reverse("decisions:comment", args=[position.pk, 2])
    form = client.get(url).context["form"]

    client.post(url, {"body": "Hm.", "proposed": "Two, better.", "seen": form["seen"].value()})
    client.post(url, {"body": "And this.", "proposed": "Two.", "seen": form["seen"].value()})
    first, second = Comment.objects.order_by("at")
    taken = client.post(reverse("decisions:take", args=[first.pk]), follow=True).content.decode()
    client.post(reverse("decisions:settle", args=[second.pk]), {"reason": "Said elsewhere."})
    shown = page(client, staff, "comments", position.pk).content.decode()

    assert "The proposed wording is taken." in taken
    assert body_of(position) == "One.\n\nTwo, better."
    assert "Taken in version 1" in shown
    assert "Said elsewhere." in shown
    assert "about version 1, paragraph 2" in shown


def test_what_was_typed_is_kept_when_the_paragraph_has_changed(client):
    position, staff = PositionFactory(body="One."), user_with("staff")
    client.force_login(staff)
    rewritten(position, "Other.")

    refused = client.post(
        reverse("decisions:comment", args=[position.pk, 1]),
        {"body": "My long remark.", "proposed": "", "seen": fingerprint("One.")},
    )

    assert "My long remark.</textarea>" in refused.content.decode()
    assert refused.context["form"]["seen"].value() == fingerprint("Other.")


def test_a_member_finds_no_comments_and_no_link_to_them(client):
    position, member = PositionFactory(visibility="members"), user_with("member")
    made = said(position)

    assert "Comment on a paragraph" not in page(client, member, "position", position.pk).content.decode()
    assert page(client, member, "comments", position.pk).status_code == 403
    assert page(client, member, "settle", made.pk).status_code == 404
    assert client.post(reverse("decisions:take", args=[made.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_statements_for_one_comment_and_three(client, count, django_assert_num_queries):
    position, staff = PositionFactory(body="One.\n\nTwo."), user_with("staff")
    for _number in range(count):
        said(position, proposed="Better.", by=user_with("staff"))
    page(client, staff, "comments", position.pk)

    with django_assert_num_queries(7):
        client.get(reverse("decisions:comments", args=[position.pk]))


def test_many_comments_come_in_pages_of_twenty_each_with_its_paragraph(client):
    position, staff = PositionFactory(body="One.\n\nTwo.\n\nThree.\n\nFour."), user_with("staff")
    for paragraph, count in ((1, 15), (2, 12), (4, 15)):
        for number in range(count):
            said(position, paragraph=paragraph, body=f"Remark {number}.", by=staff)

    def read(**asked):
        client.force_login(staff)
        margin = client.get(reverse("decisions:comments", args=[position.pk]), asked).context["margin"]
        return [(one.number, len(remarks)) for one, remarks in margin.paragraphs], margin.before, margin.after

    assert read() == ([(1, 15), (2, 5)], "", "20")
    assert read(after="20") == ([(2, 7), (3, 0), (4, 13)], "20", "40")
    assert read(after="40") == read(after="99999") == ([(4, 2)], "40", "")
    assert read(before="40") == read(paragraph="3") == read(after="20")
    assert read(paragraph="2") == read(paragraph="9") == read(after="x") == read(before="20") == read()


def test_after_a_comment_one_comes_back_to_its_paragraph(client):
    position, staff = (
        PositionFactory(body="\n\n".join(f"Paragraph {number}." for number in range(1, 31))),
        user_with("staff"),
    )
    for paragraph in range(1, 31):
        said(position, paragraph=paragraph, by=staff)
    client.force_login(staff)
    typed = {"body": "My remark.", "proposed": "", "seen": fingerprint("Paragraph 25.")}

    response = client.post(reverse("decisions:comment", args=[position.pk, 25]), typed, follow=True)

    assert response.redirect_chain[0][0].endswith("?paragraph=25#paragraph-25")
    assert 'id="paragraph-25"' in response.content.decode()
    assert "My remark." in response.content.decode()
