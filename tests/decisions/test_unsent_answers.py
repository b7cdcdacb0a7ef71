"""What a seat typed and did not get through is there again, for whoever typed it and nobody else."""

import pytest
from django.urls import reverse

from accounts.clock import database_now
from decisions.models import Answer
from tests.decisions.making import alternate_of, committee_of, opened, speaker_of

pytestmark = pytest.mark.django_db
TYPED = "Article 5 is missing, and we have said so since March."


@pytest.fixture
def elector():
    return opened(committee_of(3), now=database_now()).electors.order_by("term__seat__number").first()


def path_of(elector):
    return reverse("decisions:answer", args=[elector.round.version.position_id])


def typed_by(user, elector, **more):
    said = {"choice": "object", "reason_object": TYPED, "visibility": "members"}
    return {"whose": user.pk, "version": elector.round.version_id, "elector": elector.pk, **said, **more}


def read(client, elector):
    return client.get(path_of(elector), follow=True).content.decode()


def test_what_a_session_that_ended_still_sent_is_there_after_signing_in(client, elector):
    user = speaker_of(elector)

    response = client.post(path_of(elector), typed_by(user, elector))
    client.force_login(user)
    said = read(client, elector)

    assert response["Location"] == f"{reverse('account_login')}?next={path_of(elector)}"
    assert TYPED in said
    assert "it was kept for you" in said
    assert 'value="object" id="id_choice_2" aria-describedby="hint_2" required checked' in said
    assert not Answer.objects.exists()


def test_nobody_else_who_signs_in_there_sees_it(client, elector):
    user, alternate = speaker_of(elector), alternate_of(elector)

    client.post(path_of(elector), typed_by(user, elector))
    client.force_login(alternate)

    assert TYPED not in read(client, elector)


@pytest.mark.parametrize("then", [{}, {"discard": "yes"}])
def test_once_it_got_through_or_was_thrown_away_it_is_kept_no_more(client, elector, then):
    user = speaker_of(elector)
    client.post(path_of(elector), typed_by(user, elector))
    client.force_login(user)

    client.post(path_of(elector), typed_by(user, elector, **then))

    assert Answer.objects.filter(choice="object").exists() == (not then)
    assert "it was kept for you" not in read(client, elector)
