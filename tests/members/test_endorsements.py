"""An organisation endorses the call or has not: what is recorded, and how it is found."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import TransitionError
from history.models import Entry
from members.actions.endorsements import endorse, withdraw_endorsement
from members.models import Endorsement, Organisation
from tests.factories import LONG_AGO, NOON, CampaignFactory, EndorsementFactory, OrganisationFactory, user_with

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 3)


def test_an_endorsement_is_recorded_with_its_day_and_its_history():
    staff, organisation = user_with("staff"), OrganisationFactory()

    made = endorse(organisation, by=staff, now=NOON, since=DAY, how="letter")

    organisation.refresh_from_db()
    entry = Entry.objects.of(organisation).get()
    assert (organisation.endorsement, organisation.endorsed_on, organisation.version) == (made, DAY, 2)
    assert entry.details["changes"] == {"since": [None, "2026-05-03"], "how": ["", "letter"]}


def test_an_organisation_endorses_once():
    staff, organisation = user_with("staff"), EndorsementFactory(since=DAY).organisation

    with pytest.raises(TransitionError, match="already, on 2026-05-03"):
        endorse(organisation, by=staff, now=NOON)
    with pytest.raises(IntegrityError, match="one_standing_endorsement"):
        EndorsementFactory(organisation=organisation)


def test_nobody_has_endorsed_on_a_day_to_come():
    with pytest.raises(TransitionError, match="still to come"):
        endorse(OrganisationFactory(), by=user_with("staff"), now=NOON, since=NOON.date() + timedelta(days=1))


def test_an_endorsement_is_withdrawn_with_a_reason_and_may_be_given_again():
    staff, organisation = user_with("staff"), EndorsementFactory().organisation

    with pytest.raises(TransitionError, match="Say why"):
        withdraw_endorsement(organisation, by=staff, now=NOON, reason=" ")
    withdrawn = withdraw_endorsement(organisation, by=staff, now=NOON, reason="The new text.")
    with pytest.raises(TransitionError, match="no endorsement"):
        withdraw_endorsement(organisation, by=staff, now=NOON, reason="Again.")
    again = endorse(organisation, by=staff, now=NOON)

    assert (withdrawn.until, withdrawn.end_reason) == (NOON.date(), "The new text.")
    assert list(Endorsement.objects.filter(until=None)) == [again]


def test_the_list_is_narrowed_to_who_has_and_who_has_not_endorsed(client):
    client.force_login(user_with("staff"))
    EndorsementFactory(organisation__name="Stands")
    EndorsementFactory(organisation__name="Withdrew", until=date(2026, 1, 1), end_reason="Changed.")
    OrganisationFactory(name="Endorses by category", membership__category="endorser")
    OrganisationFactory(name="Never")

    found = {
        answer: [row.name for row in client.get("/members/", {"endorsed": answer}).context["page"].rows]
        for answer in ("yes", "no", "")
    }

    yes, no = ["Endorses by category", "Stands"], ["Never", "Withdrew"]
    assert found == {"yes": yes, "no": no, "": ["Endorses by category", "Never", "Stands", "Withdrew"]}


def test_who_belongs_as_endorser_has_endorsed_since_then():
    assert OrganisationFactory(membership__category="endorser").endorsed_on == LONG_AGO
    assert OrganisationFactory().endorsed_on is None
    assert OrganisationFactory(membership=False).endorsed_on is None


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (3, "2 of 3 organisations that belong to the coalition have endorsed its call."),
        (2, "More than 2 organisations belong to the coalition."),
    ],
)
def test_the_page_of_a_campaign_says_how_many_of_those_that_belong_have_endorsed(client, monkeypatch, most, said):
    monkeypatch.setattr(Organisation, "MOST_COUNTED", most)
    client.force_login(user_with("staff"))
    EndorsementFactory(organisation__membership__category="member")
    EndorsementFactory(organisation__membership=False)
    EndorsementFactory(until=date(2026, 1, 1), end_reason="Changed.")
    OrganisationFactory(membership__category="endorser")
    OrganisationFactory(ended_on=date(2026, 1, 1), end_reason="Dissolved.")

    page = client.get(reverse("campaigns:campaign", args=[CampaignFactory().pk])).content.decode()

    assert said in page


def test_west_africa_without_an_endorsement_goes_into_a_file(client):
    """The task of the issue, as the browser sends it."""
    client.force_login(user_with("staff"))
    OrganisationFactory(name="Terre Sûre", country="SEN")
    EndorsementFactory(organisation__country="MLI")
    OrganisationFactory(name="Not there", country="KEN")

    page = client.get("/members/", {"q": "", "region": "011", "endorsed": "no", "country": "", "category": ""})
    link = dict(page.context["list"].files())["CSV"]
    text = b"".join(client.get(f"/members/{link}")).decode()

    assert [line.split(",")[0] for line in text.splitlines()] == ["\ufeffOrganisation", "Terre Sûre"]
    assert [chip["label"] for chip in page.context["filter"].chips()] == [
        "Region: Western Africa",
        "Endorsed the call: No",
    ]


def test_one_page_records_and_withdraws(client):
    client.force_login(user_with("staff"))
    organisation = OrganisationFactory()
    address = reverse("members:organisation_endorsement", args=[organisation.pk])

    client.post(address, {"since": "2026-01-02", "how": "meeting"})
    shown = client.get(reverse("members:organisation", args=[organisation.pk])).content.decode()
    refused = client.post(address, {"reason": ""})
    client.post(address, {"reason": "The new text."})

    assert "Said at a meeting" in shown
    assert list(refused.context["form"].errors) == ["reason"]
    assert Endorsement.objects.get().end_reason == "The new text."
