"""Many at once: the preview says what would become of each; then exactly that happens, in one transaction."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import TransitionError
from accounts.rules import Refused
from history.models import Deed, Entry
from members.actions.bulk import MOST, change_all, invite_all
from members.actions.invitations import invite
from members.actions.organisations import edit_organisation, end_organisation
from members.models import Invitation, Membership, Organisation
from notices.models import Delivery
from tests.factories import (
    NOON,
    AppointmentFactory,
    EndorsementFactory,
    OrganisationFactory,
    PersonFactory,
    SeatTermFactory,
    UserFactory,
    user_with,
)

pytestmark = pytest.mark.django_db
BULK, APPLY = "/members/bulk/", "/members/bulk/apply/"
FILLED = {
    "endorse": {"since": "2026-01-02", "how": "form"},
    "category": {"category": "associate"},
    "status": {"status": "dormant", "reason": "Silent."},
    "visibility": {"visibility": "public"},
    "end": {"reason": "Closed."},
}


@pytest.fixture
def staff(client):
    user = user_with("staff")
    client.force_login(user)
    return user


def preview(client, act, *organisations, **more):
    asked = {"act": act, "pick": [one.pk for one in organisations], "filled": "yes", **FILLED[act]} | more
    return client.get(BULK, asked)


def apply(client, shown, **more):
    """What the preview's own form sends."""
    return client.post(APPLY, dict(shown.context["values"]) | {"seen": shown.context["seen"]} | more, follow=True)


def sentences(response):
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("act", FILLED)
def test_the_preview_says_what_would_change_and_writes_nothing(client, staff, act):
    organisation = OrganisationFactory(name="Changes")
    gone = end_organisation(OrganisationFactory(name="Gone"), by=staff, now=NOON, reason="Closed.")
    before = Entry.objects.count()

    shown = preview(client, act, organisation, gone)

    assert [row.organisation.name for row in shown.context["changing"]] == ["Changes"]
    assert [(row.organisation.name, row.why_not) for row in shown.context["staying"]] == [("Gone", "It has ended.")]
    assert (Organisation.objects.get(name="Changes").version, Entry.objects.count()) == (1, before)


@pytest.mark.parametrize("act", FILLED)
def test_what_the_preview_showed_happens(client, staff, act):
    organisation = OrganisationFactory()

    done = apply(client, preview(client, act, organisation))

    changed = Organisation.objects.get()
    now = {
        "endorse": str(changed.endorsed_on),
        "category": changed.membership.category,
        "status": changed.membership.status,
        "visibility": changed.visibility,
        "end": changed.end_reason,
    }
    assert now[act] == {"endorse": "2026-01-02", "end": "Closed."}.get(act, next(iter(FILLED[act].values())))
    assert sentences(done) == ["1 organisation was changed."]


def test_each_that_stays_as_it_is_has_its_reason(client, staff):
    OrganisationFactory(name="A", membership__category="associate")
    OrganisationFactory(name="B", membership=False)
    SeatTermFactory(organisation__name="C", seat__committee__name="Board", seat__number=2)
    EndorsementFactory(organisation__name="D", since="2026-01-02")
    OrganisationFactory(name="E", membership__status="suspended")

    reasons = {
        act: {row.organisation.name: row.why_not for row in preview(client, act, all="yes").context["staying"]}
        for act in FILLED
    }

    assert reasons == {
        "endorse": {"D": "It has endorsed the call already, on 2026-01-02."},
        "category": {"A": "It is so already: Associate.", "B": "It has no membership that could change."},
        "status": {
            "B": "It has no membership that could change.",
            "E": "A membership that is “Suspended” cannot become “Dormant”.",
        },
        "visibility": {},
        "end": {"C": "End its seat first: Board, Seat 2."},
    }


def test_what_somebody_else_changed_since_is_left_out(client, staff):
    stays, changes = OrganisationFactory(name="Stays"), OrganisationFactory(name="Changes")
    shown = preview(client, "category", stays, changes)
    edit_organisation(stays, by=user_with("admin"), now=NOON, acronym="ST")

    done = apply(client, shown)

    assert Membership.objects.get(organisation=changes).category == "associate"
    assert Membership.objects.get(organisation=stays).category == "member"
    assert sentences(done) == [
        "1 organisation was changed.",
        "“Stays” was left out. Somebody else has changed it since the preview.",
    ]


def test_applying_twice_changes_once(client, staff):
    organisation = OrganisationFactory()
    shown = preview(client, "endorse", organisation)

    apply(client, shown)
    apply(client, shown)

    assert Organisation.objects.get().endorsements.count() == 1


def test_all_that_the_filter_finds_are_taken_and_one_comes_back_to_the_list(client, staff):
    OrganisationFactory(name="Here", country="SEN")
    OrganisationFactory(name="Elsewhere", country="KEN")

    shown = preview(client, "category", all="yes", where="region=011&cols=name")
    done = apply(client, shown)

    assert [row.organisation.name for row in shown.context["changing"]] == ["Here"]
    assert done.redirect_chain == [("/members/?region=011&cols=name", 302)]


def test_more_than_the_bound_are_cut_and_said_so(client, staff):
    Organisation.objects.bulk_create(Organisation(name=f"G{n}", key=f"g{n}") for n in range(MOST + 1))

    shown = preview(client, "visibility", all="yes")

    assert len(shown.context["changing"]) == MOST
    assert f"Only the first {MOST} are taken at once" in shown.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_takes_as_many_statements_for_three_as_for_one(client, staff, django_assert_num_queries, count):
    organisations = [SeatTermFactory().organisation for _ in range(count)]
    preview(client, "end", *organisations)

    with django_assert_num_queries(9):
        preview(client, "end", *organisations)


@pytest.mark.parametrize("asked", [{}, {"act": "endorse"}, {"act": "x", "all": "yes"}, {"act": "end", "pick": "\0"}])
def test_nothing_chosen_leads_back_with_a_sentence(client, staff, asked):
    OrganisationFactory()

    assert sentences(client.get(BULK, asked, follow=True))[0].startswith("Nothing was chosen.")


@pytest.mark.parametrize("sent", [{}, {"seen": "x:1"}, {"seen": "1"}, {"act": "end", "reason": ""}, {"act": "x"}])
def test_a_preview_that_did_not_arrive_whole_changes_nothing(client, staff, sent):
    shown = preview(client, "end", OrganisationFactory())

    done = apply(client, shown, **{"seen": ""} | sent if "seen" in sent or not sent else sent)

    assert sentences(done) == ["Nothing was changed: the preview did not arrive whole. Look at it again."]
    assert Organisation.objects.get().ended_on is None


def test_a_value_that_there_is_not_is_said_in_place(client, staff):
    shown = preview(client, "status", OrganisationFactory(name="Kept"), reason="")

    assert list(shown.context["form"].errors) == ["reason"]
    assert (shown.context["changing"], shown.context["staying"]) == ([], [])


def test_more_than_the_preview_shows_are_never_changed_at_once(staff):
    seen = {uuid4(): 1 for _number in range(501)}

    with pytest.raises(TransitionError, match="at most 500"):
        change_all(seen, act="category", by=staff, now=NOON, category="observer")


def test_only_staff_change_many_at_once():
    member, organisation = user_with("member"), OrganisationFactory()

    with pytest.raises(Refused):
        change_all({organisation.pk: 1}, act="category", by=member, now=NOON, category="observer")
    with pytest.raises(Refused):
        invite_all([PersonFactory()], by=member, now=NOON)


def test_the_preview_of_invitations_says_who_gets_none_and_why(client, staff):
    PersonFactory(display_name="A guest", email="guest@people.example")
    PersonFactory(display_name="B same", email="Guest@people.example")
    PersonFactory(display_name="C nowhere", email="")
    PersonFactory(display_name="D shares", email=UserFactory(person__display_name="Z", email="s@x.example").email)
    UserFactory(person__display_name="E member")
    invite(PersonFactory(display_name="F asked"), by=staff, now=NOON + timedelta(days=3650))
    AppointmentFactory(role="admin", person__display_name="G admin")

    shown = client.get(reverse("members:people_invite"), {"all": "yes"})

    assert [guest.person.display_name for guest in shown.context["invited"]] == ["A guest"]
    assert {g.person.display_name: g.why_not for g in shown.context["staying"] if g.person != staff.person} == {
        "B same": "Another of these people has the same address.",
        "C nowhere": "There is no e-mail address. Enter one first.",
        "D shares": "Somebody else signs in with this address.",
        "E member": "They have an account already.",
        "F asked": "They were invited already, and the link still works.",
        "G admin": "Only administrators invite administrators.",
        "Z": "They have an account already.",
    }


def test_those_shown_are_invited_each_by_a_mail_of_their_own(client, staff):
    first, second = PersonFactory(), PersonFactory()
    asked = client.get(reverse("members:people_invite"), {"pick": [first.pk, second.pk], "where": "account=no"})

    sent = {"people": asked.context["people"], "where": asked.context["where"]}
    done = client.post(reverse("members:people_invite_send"), sent, follow=True)

    assert {one.person for one in Invitation.objects.all()} == {first, second}
    assert Delivery.objects.filter(kind="members.invitation").count() == 2
    assert done.redirect_chain == [("/members/people/?account=no", 302)]
    assert sentences(done) == ["2 people were invited. The mails are on their way."]


def test_people_are_narrowed_by_account_role_and_language(client, staff):
    UserFactory(person__display_name="Signs in")
    invite(PersonFactory(display_name="Invited"), by=staff, now=NOON)
    PersonFactory(display_name="None", language="fr")
    AppointmentFactory(person__display_name="Observes", role="observer")

    def found(**asked):
        rows = client.get("/members/people/", asked).context["page"].rows
        return [row.display_name for row in rows if row != staff.person]

    assert found(account="yes") == ["Signs in"]
    assert found(account="invited") == ["Invited"]
    assert found(account="no") == ["None", "Observes"]
    assert found(role="observer") == ["Observes"]
    assert found(account="perhaps") == []


@pytest.mark.parametrize("act", ["category", "status", "end"])
def test_one_button_takes_all_of_it_back(client, staff, act):
    organisations = OrganisationFactory.create_batch(3)
    before = list(Membership.objects.order_by("pk").values_list("status", "category"))
    done = apply(client, preview(client, act, *organisations))
    changed = list(Membership.objects.order_by("pk").values_list("status", "category"))

    whole = Deed.objects.get(object_id=None)
    client.post(reverse("history:deed", args=[whole.pk]))

    assert str(whole.pk) in done.content.decode()
    assert changed != before
    assert list(Membership.objects.order_by("pk").values_list("status", "category")) == before
    assert Organisation.objects.active().count() == 3
