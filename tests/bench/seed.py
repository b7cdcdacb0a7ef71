"""Fills a bench database and prints, as one line of JSON, a session of each reader and the pages to time."""

import json
import os
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Person, User  # noqa: E402
from accounts.pages import cursor_of  # noqa: E402
from campaigns.models import Campaign, Milestone  # noqa: E402
from decisions.models import Answer, Position  # noqa: E402
from decisions.models.levels import usual_level  # noqa: E402
from decisions.outcome import Choice  # noqa: E402
from meetings.models import Meeting  # noqa: E402
from members.countries import regions  # noqa: E402
from members.keys import indexed_words  # noqa: E402
from members.models import Committee, Organisation, PersonWord  # noqa: E402
from tests import factories  # noqa: E402
from tests.bench import committee  # noqa: E402

# Two made-up words and a number: enough of a spread that a search finds some, many or one.
ORGANISATIONS = """
WITH parts AS (
    SELECT n,
        (ARRAY['open','safe','green','free','rural','clear','common','quiet','early','broad'])[1 + n %% 10] AS one,
        (ARRAY['fields','meadow','harvest','river','valley','forest','seed','plough','orchard','terrace','well'])
            [1 + n %% 11] AS two,
        (ARRAY['KEN','NPL','FRA','BRA','MMR','LBN','NOR','COL','ZMB','FJI','JPN','SEN','CAN'])[1 + n %% 13] AS country,
        md5('organisation ' || n)::uuid AS id
    FROM generate_series(1, %(size)s) AS n
), made AS (
    INSERT INTO members_organisation (id, name, key, language, acronym, kind, scope, country, website, description,
        note, visibility, distinct_no, version, end_reason)
    SELECT id, initcap(one) || ' ' || initcap(two) || ' ' || n, one || ' ' || two || ' ' || n, 'en', '',
        CASE WHEN n %% 10 = 0 THEN 'faith' ELSE 'ngo' END,
        'national', country, '', '', '', 'members', 0, 1, ''
    FROM parts RETURNING id
), endorsed AS (
    INSERT INTO members_endorsement (id, organisation_id, since, how, end_reason)
    SELECT md5('endorsement ' || n)::uuid, id, '2021-01-01', 'form', '' FROM parts WHERE n %% 3 <> 0 RETURNING 1
), words AS (
    INSERT INTO members_word (organisation_id, word)
    SELECT id, unnest(ARRAY[one, two, n::text]) FROM parts RETURNING 1
)
INSERT INTO members_membership (id, organisation_id, since, category, status, reason)
SELECT md5('membership ' || n)::uuid, id, date '2015-01-01' + n %% 4000,
    (ARRAY['member','associate','endorser','member'])[1 + n %% 4],
    CASE WHEN n %% 50 = 0 THEN 'suspended' ELSE 'active' END, ''
FROM parts
"""


def main(size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(ORGANISATIONS, {"size": size})
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within minutes
    staff, member = factories.user_with("staff"), factories.user_with("member")
    found = {page: (path, "staff") for page, path in pages(size).items()}
    decided, seat = at_work(staff)
    sessions = {"staff": session(staff), "member": session(member), "seat": session(seat)}
    print(json.dumps({"sessions": sessions, "pages": found | decided}))


def session(user: User) -> str:
    """The key of a session in which `user` is signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def pages(size: int) -> dict[str, str]:
    """{what we call it: its path}: the member list in eight ways, search in four, and one page of each other noun."""
    members, search = reverse("members:organisations"), reverse("home:search")
    deep = Organisation.objects.order_by("key", "id")[size * 3 // 4]
    campaign = factories.CampaignFactory()
    others(campaign)
    factories.MilestoneFactory.create_batch(12, campaign=campaign)
    long = factories.CampaignFactory(name="Long way")
    factories.MilestoneFactory.create_batch(200, campaign=long)
    for region in list(regions()):
        scope = factories.ScopeFactory(campaign=campaign, theme="", region=region, languages=["en", "fr"])
        for capacity in ("lead", "backup"):
            factories.AssignmentFactory(scope=scope, capacity=capacity, languages=["en"])
    meeting = factories.MeetingFactory(campaign=campaign)
    factories.AttendanceFactory.create_batch(26, meeting=meeting)
    return {
        "bare": "/bare/",
        "home": reverse("home:home"),
        "members, first page": members,
        "members, deep page": f"{members}?{urlencode({'after': cursor_of(deep)})}",
        "members, filtered": f"{members}?status=active&country=NPL",
        "members, not endorsed": f"{members}?region=002&endorsed=no",
        "members, latest first": f"{members}?sort=-since",
        "members, by kind, Z to A": f"{members}?kind=faith&language=en&sort=-name",
        "members, searched": f"{members}?q=orchard",
        "members, searched rarely": f"{members}?q={size // 2}",
        "search": f"{search}?q=orchard",
        "search, two words": f"{search}?q=or+com",
        "search, rare": f"{search}?q={size // 2}",
        "search, nothing": f"{search}?q=green+open",
        "organisation": reverse("members:organisation", args=[deep.pk]),
        "campaign": reverse("campaigns:campaign", args=[campaign.pk]),
        "timeline of 200": reverse("campaigns:campaign", args=[long.pk]),
        "coverage board": reverse("campaigns:coverage", args=[campaign.pk]),
        "who covers Nepal": f"{reverse('campaigns:all_coverage')}?q=nepal",
        "meeting": reverse("meetings:meeting", args=[meeting.pk]),
        "position": reverse("decisions:position", args=[position().pk]),
    }


def at_work(staff: User) -> tuple[dict[str, tuple[str, str]], User]:
    """{what we call it: (its path, who reads it)}: what a committee decides and has decided; and who sits on it."""
    asked, seat = committee.item()
    committee.register(asked.committee, staff.person)
    item, remarks = reverse("decisions:position", args=[asked.pk]), reverse("decisions:comments", args=[asked.pk])
    decided = reverse("decisions:register")
    return {
        "sign-off, as a seat": (item, "seat"),
        "sign-off, as staff": (item, "staff"),
        "400 comments, as a seat": (remarks, "seat"),
        "400 comments, as staff": (remarks, "staff"),
        "register, as staff": (decided, "staff"),
        "register, as a member": (decided, "member"),
        "register, with dissent": (f"{decided}?outcome=dissent", "member"),
        "register, a year": (f"{decided}?year={timezone.now().year - 1}", "member"),
        "register as CSV": (f"{decided}?as=csv", "staff"),
        "register, CSV with texts": (reverse("decisions:register_file"), "staff"),
    }, seat


def others(campaign: Campaign) -> None:
    """A thousand people, milestones, meetings and positions, as many beside few organisations as beside many."""
    titles = [f"{['Common', 'Open', 'Quiet'][n % 3]} {['orchard', 'harvest'][n % 2]} {n}" for n in range(1000)]
    people = Person.objects.bulk_create([Person(display_name=title) for title in titles])
    PersonWord.objects.bulk_create(
        PersonWord(person=person, word=word) for person in people for word in indexed_words(person.display_name)
    )
    now, steering = timezone.now(), factories.CommitteeFactory(name="Orchard group")
    elsewhere = factories.CampaignFactory(name="Orchards")
    many = {
        Milestone: {"campaign": elsewhere, "starts_on": now.date(), "scheduled_at": now},
        Meeting: {
            "starts_at": now,
            "ends_at": now + timedelta(hours=1),
            "zone": "UTC",
            "called_by": campaign.owner,
            "scheduled_at": now,
        },
        Position: {
            "committee": steering,
            "level": usual_level(),
            "author": campaign.owner,
            "created_at": now,
            "changed_at": now,
        },
    }
    for model, fields in many.items():
        model._default_manager.bulk_create(model(title=title, **fields) for title in titles)


def position() -> Any:
    """One with an open round of thirteen seats, seven of which have answered."""
    steering = Committee.objects.filter(is_steering=True).first() or factories.CommitteeFactory(is_steering=True)
    holders = [factories.SeatHolderFactory(term__seat__committee=steering) for _seat in range(13)]
    now = timezone.now()
    asked = factories.RoundFactory(
        position__committee=steering, position__status="open", opens_at=now, closes_at=now + timedelta(days=2)
    )
    for elector, holder in zip(
        asked.electors.order_by("term"), sorted(holders, key=lambda one: one.term_id), strict=True
    ):
        if holder in holders[:7]:
            Answer.objects.create(elector=elector, choice=Choice.APPROVE, by=holder.person, at=now)
    return asked.version.position


if __name__ == "__main__":
    main(int(sys.argv[1]))
