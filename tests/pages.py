"""One catalogue of every page: its address, who reads it there, in which state it is. On the demo data, and more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from campaigns.models import Campaign, Milestone, Scope, Task
from decisions.models import Comment, Consultation, Decision, Disagreement, Level, Position, Round
from history.models import Deed
from home.demo import load
from meetings.models import Meeting
from members.models import Committee, ImportBatch, Invitation, Organisation, OwnRegion, Representation, Seat, SeatTerm
from notices.kind import KINDS
from notices.leaving import token_for
from notices.models import Delivery, Suppression
from tests.leftovers import add_what_the_demo_lacks

# Buttons, files and answers to machines: addresses without a look of their own.
NO_PAGE = {
    "home:healthz",
    "home:metrics",
    "home:inbox_read_all",
    "home:notice_read",
    "home:notice_done",
    "home:notice_undone",
    "mail:letter",
    "members:organisations_export",
    "members:organisations_bulk_apply",
    "members:people_invite_send",
    "accounts:view_save",
    "accounts:view_remove",
    "members:person_invite",
    "members:appointment_end",
    "members:invitation_resend",
    "members:invitation_revoke",
    "members:office_end",
    "members:holder_end",
    "members:import_report",
    "members:import_decide",
    "members:import_places",
    "members:import_apply",
    "members:import_discard",
    "campaigns:reach_milestone",
    "campaigns:finish_task",
    "campaigns:reopen_task",
    "meetings:calendar",
    "meetings:answer_invitation",
    "decisions:answer",
    "decisions:answer_officially",
    "decisions:contribute",
    "decisions:tell_contributors",
    "decisions:close_early",
    "decisions:confirm",
    "decisions:take",
    "decisions:seen",
    "decisions:approve_correction",
    "decisions:drop_correction",
    "decisions:register_file",
    "notices:settle",
    "notices:steer",
}


@dataclass(frozen=True)
class Page:
    """`reader`: the login of the demo that reads it, empty for nobody. `press`: a button to press there first."""

    name: str
    path: str
    reader: str = "staff"
    press: str = ""
    status: int = 200

    def __str__(self) -> str:
        return " ".join(filter(None, [self.path, f"as {self.reader or 'nobody'}", self.press]))


def page(name: str, *args: Any, query: str = "", **options: Any) -> Page:
    return Page(name, reverse(name, args=args) + query, **options)


def every_page(now: datetime) -> list[Page]:
    """Fill the empty database, and list every page in every state that has a look of its own."""
    with transaction.atomic():
        load(now)
        staff = User.objects.get(email="staff@demo.example")
        add_what_the_demo_lacks(staff, now)
    return [
        *signing_in(),
        *of_everybody(),
        *of_organisations(),
        *of_people(),
        *of_committees(),
        *of_imports(),
        *of_campaigns(),
        *of_facilitators(),
        *of_tasks(),
        *of_meetings(),
        *of_positions(),
        *of_consultations(),
        *of_sign_off(),
        *of_the_register(),
        *of_reminders(),
        *of_the_inbox(),
        *of_deeds(),
    ]


def signing_in() -> list[Page]:
    token = Invitation.objects.get().token
    return [
        page("account_login", reader=""),
        page("account_login", query="?next=/positions/", reader="", press="Sign in"),
        page("account_reset_password", reader=""),
        page("account_reset_password_done", reader=""),
        page("account_reset_password_from_key_done", reader=""),
        page("account_reset_password_from_key", "1", "an-old-key", reader=""),
        page("account_inactive", reader=""),
        page("account_logout"),
        page("account_change_password"),
        page("usersessions_list"),
        page("members:invitation_accept", token, reader=""),
        page("members:invitation_accept", "no-such-token", reader="", status=410),
    ]


def of_everybody() -> list[Page]:
    return [
        *[page("home:home", reader=reader) for reader in ("admin", "staff", "chair", "seat", "facilitator", "member")],
        page("home:search"),
        page("home:search", query="?q=s"),
        page("home:search", query="?q=s&in=people", reader="seat"),
        page("home:search", query="?q=s", reader="member"),
        page("home:search", query="?q=nobody-has-this-name"),
        page("home:search", query="?q=…"),
        page("accounts:preferences", reader="member"),
        page("accounts:choose_mail", reader="member"),
        Page("404", "/no-such-page/", status=404),
        page("members:people", reader="member", status=403),
        page("mail:mailbox", reader=""),
        page("styleguide:styleguide"),
    ]


def of_organisations() -> list[Page]:
    first, *_rest = Organisation.objects.active().order_by("-name")
    longest = max(Organisation.objects.active(), key=lambda one: len(one.name))
    ended = Organisation.objects.get(name="Campi Aperti")
    seated = SeatTerm.objects.current().order_by("seat__number")[0].organisation
    forms = ("organisation_edit", "organisation_membership", "organisation_names", "organisation_end")
    return [
        page("members:organisations"),
        page("members:organisations", query="?q=champs&status=active&region=150"),
        page("members:organisations", query="?q=nobody-has-this-name", reader="member"),
        page("members:organisations", query="?region=011&endorsed=no&sort=-since&cols=name&cols=kind&cols=note"),
        page("members:organisations_bulk", query="?act=endorse&all=yes"),
        page("members:organisations_bulk", query="?act=category&all=yes&filled=yes&category=associate"),
        page("members:organisation_endorsement", first.pk),
        *[page("members:organisation", one.pk) for one in (seated, longest, ended)],
        page("members:organisation", seated.pk, reader="member"),
        page("members:organisation_add"),
        page("members:organisation_add", press="Add the organisation"),
        *[page(f"members:{form}", first.pk) for form in forms],
    ]


def of_people() -> list[Page]:
    guest = Invitation.objects.get().person
    speaks = Representation.objects.filter(until=None).first()
    chair = User.objects.get(email="chair@demo.example").person
    return [
        page("members:people"),
        page("members:people", query="?q=nobody-of-this-name"),
        page("members:people", query="?account=no&cols=name&cols=zone"),
        page("members:people_invite", query="?all=yes"),
        page("members:person", guest.pk),
        page("members:person", chair.pk),
        page("members:person_add"),
        page("members:person_edit", guest.pk),
        page("members:person_appoint", guest.pk, reader="admin"),
        page("members:contact_add", speaks.organisation_id),
        page("members:representation_end", speaks.pk),
    ]


def of_committees() -> list[Page]:
    committee = Committee.objects.get()
    term = SeatTerm.objects.current().order_by("seat__number")[0]
    vacant = Seat.objects.exclude(terms__in=SeatTerm.objects.current())[0]
    return [
        page("members:committees"),
        page("members:committees", reader="member"),
        page("members:committee", committee.pk),
        page("members:committee", committee.pk, reader="member"),
        page("members:committee_add"),
        page("members:committee_edit", committee.pk),
        page("members:committee_seats", committee.pk),
        page("members:office_add", committee.pk),
        page("members:seat_fill", vacant.pk, query="?q=terre"),
        page("members:seat_fill", vacant.pk, query="?q=nobody"),
        page("members:term_end", term.pk),
        page("members:seat_holder", term.pk),
    ]


def of_imports() -> list[Page]:
    ours = ImportBatch.objects.exclude(file_name="members.csv")  # the demo's own
    uploaded, previewed, applied, taken_back = ours.order_by("file_name")
    return [
        page("members:imports"),
        page("members:import_upload"),
        page("members:import_upload", press="Read the file"),
        page("members:import_columns", uploaded.pk),
        page("members:import", previewed.pk),
        page("members:import", applied.pk),
        page("members:import", taken_back.pk),
        page("members:import_row", previewed.pk, 1, query="?q=fields"),
    ]


def of_campaigns() -> list[Page]:
    running, ended = Campaign.objects.get(name="Safe fields treaty"), Campaign.objects.get(name="Earlier")
    oslo = Campaign.objects.get(name__startswith="Oslo process")
    planned = Milestone.objects.filter(status="planned").order_by("starts_on")[0]
    moved = Milestone.objects.get(title="Deadline that moved")
    doubted = oslo.milestones.exclude(unverified="")[0]
    reached, dropped = (Milestone.objects.filter(status=status)[0] for status in ("reached", "dropped"))
    return [
        page("campaigns:campaigns"),
        page("campaigns:campaign", running.pk),
        page("campaigns:campaign", running.pk, reader="member"),
        page("campaigns:campaign", ended.pk),
        page("campaigns:campaign", running.pk, query="?zoom=quarter&owner=nobody"),
        page("campaigns:campaign", running.pk, query="?zoom=month&from=soon&to=1999-01-01"),
        page("campaigns:campaign", oslo.pk, reader="member"),
        page("campaigns:milestone", doubted.pk, reader="member"),
        page("campaigns:plan_backwards", running.pk),
        page("campaigns:plan_backwards", running.pk, press="Show the dates"),
        page("campaigns:order_milestone", planned.pk),
        page("campaigns:move_with_deadline", moved.pk),
        page("campaigns:move_with_deadline", planned.pk),
        page("campaigns:add_campaign"),
        page("campaigns:edit_campaign", running.pk),
        page("campaigns:finish_campaign", running.pk),
        page("campaigns:add_milestone", running.pk, press="Add the milestone"),
        *[page("campaigns:milestone", one.pk) for one in (planned, reached, dropped)],
        page("campaigns:edit_milestone", planned.pk),
        page("campaigns:drop_milestone", planned.pk),
    ]


def of_facilitators() -> list[Page]:
    running, ended = Campaign.objects.get(name="Safe fields treaty"), Campaign.objects.get(name="Earlier")
    mine = Scope.objects.get(region="035")
    theme = Scope.objects.get(theme="Victim assistance")
    gap, double = Scope.objects.get(region="009"), Scope.objects.get(region="011")
    return [
        page("campaigns:all_coverage", reader="member"),
        page("campaigns:all_coverage", query="?q=laos", reader="member"),
        page("campaigns:all_coverage", query="?q=nobody-covers-this"),
        page("campaigns:coverage", running.pk),
        page("campaigns:coverage", running.pk, reader="member"),
        page("campaigns:coverage", ended.pk),
        page("campaigns:add_scope", running.pk),
        page("campaigns:add_scope", running.pk, press="Add it"),
        page("campaigns:scope", mine.pk, reader="facilitator"),
        *[page("campaigns:scope", one.pk) for one in (mine, gap, double, theme)],
        page("campaigns:scope", mine.pk, reader="member"),
        page("campaigns:edit_scope", mine.pk),
        page("campaigns:edit_scope", theme.pk),
        page("campaigns:end_scope", gap.pk),
        page("campaigns:reassign", mine.pk),
        page("campaigns:hand_over", mine.pk, reader="facilitator"),
        page("campaigns:write_note", mine.assignments.get(until=None, capacity="lead").pk, reader="facilitator"),
        page("members:regions"),
        page("members:region_add"),
        page("members:region_add", press="Add the region"),
        page("members:region_edit", OwnRegion.objects.get().pk),
        page(
            "members:organisation_edit",
            Organisation.objects.filter(country="KHM").order_by("key")[0].pk,
            reader="facilitator",
        ),
    ]


def of_tasks() -> list[Page]:
    named = {one.title: one for one in Task.objects.all()}
    overdue, free = named["Find interpreters for Lao and Khmer"], named["Translate the memo into Spanish"]
    done, dropped = named["Put the text on the website"], named["Print the banner"]
    milestone = named["Book the hall"].object_id
    return [
        page("campaigns:tasks", reader="seat"),
        page("campaigns:tasks", reader="facilitator"),
        page("campaigns:tasks", query="?owner="),
        page("campaigns:tasks", query="?owner=&state=done"),
        page("campaigns:tasks", query="?owner=nobody&state=overdue", reader="member"),
        page("campaigns:task_shares"),
        page("campaigns:task_shares", reader="member"),
        page("campaigns:task", overdue.pk, reader="seat"),
        page("campaigns:task", free.pk, reader="member"),
        *[page("campaigns:task", one.pk) for one in (free, done, dropped)],
        page("campaigns:add_task", "milestone", milestone, press="Add the task"),
        page("campaigns:milestone", milestone),
        page("campaigns:edit_task", overdue.pk),
        page("campaigns:hand_task", overdue.pk, reader="seat"),
        page("campaigns:take_task", free.pk, reader="member"),
        page("campaigns:drop_task", overdue.pk, reader="seat"),
    ]


def of_meetings() -> list[Page]:
    coming, cancelled, held = (
        Meeting.objects.get(title=title) for title in ("Steering call", "Cancelled call", "Last call")
    )
    return [
        page("meetings:meetings"),
        page("meetings:meetings", query="?show=earlier", reader="seat"),
        page("meetings:meeting", coming.pk),
        page("meetings:meeting", coming.pk, reader="seat"),
        page("meetings:meeting", cancelled.pk),
        page("meetings:meeting", held.pk),
        page("meetings:call_meeting"),
        page("meetings:edit_meeting", coming.pk),
        page("meetings:invite_people", coming.pk, query="?q=maria"),
        page("meetings:write_minutes", held.pk),
        page("meetings:cancel_meeting", coming.pk),
    ]


def of_positions() -> list[Page]:
    named = {one.title: one.pk for one in Position.objects.all()}
    asked, adopted = named["Survivors in article 5"], named["Transition periods must be short"]
    draft, rewritten = named["Observers in the drafting group"], named["Rewritten"]
    return [
        page("decisions:positions"),
        page("decisions:positions", query="?status=withdrawn", reader="seat"),
        *[page("decisions:position", asked, reader=reader) for reader in ("staff", "chair", "seat")],
        page("decisions:position", asked, reader="seat", press="Send our answer"),
        *[page("decisions:position", adopted, reader=reader) for reader in ("staff", "member")],
        *[page("decisions:position", named[title]) for title in ("Withdrawn", "Rejected", "Rewritten")],
        page("decisions:position", draft, reader="chair"),
        page("decisions:new_position"),
        page("decisions:edit_position", draft),
        page("decisions:new_version", draft),
        page("decisions:version", rewritten, 1),
        page("decisions:versions", rewritten),
        page("decisions:position", rewritten, query="?language=fr"),
        page("decisions:position", rewritten, query="?language=es"),
        page("decisions:translate", rewritten),
        page("decisions:translate", rewritten, query="?language=fr"),
        page("decisions:comments", draft, reader="seat"),
        page("decisions:comments", rewritten),
        page("decisions:comment", rewritten, 1),
        page("decisions:settle", Comment.objects.unsettled().filter(version__position=rewritten)[0].pk),
        page("decisions:compare", rewritten),
        page("decisions:compare", draft),
        page("decisions:withdraw", asked),
        page("decisions:open_round", draft),
        page("decisions:register", reader="member"),
    ]


def of_sign_off() -> list[Page]:
    asked = Round.objects.get(version__position__title="Opening statement at Vientiane")
    silent = asked.electors.awaited()[0]
    position = asked.version.position_id
    level = Level.objects.get(rank=3)
    return [
        *[page("decisions:position", position, reader=reader) for reader in ("staff", "chair", "seat")],
        page("decisions:record_answer", position, silent.pk),
        page("decisions:record_answer", position, silent.pk, press="Record the answer"),
        page("decisions:propose_recusal", position, silent.pk, reader="chair"),
        page("decisions:change_text", position),
        page("decisions:change_text", position, query=f"?comment={Comment.objects.get(version=asked.version).pk}"),
        page("decisions:comments", position, reader="chair"),
        page("decisions:propose_correction", position, reader="seat"),
        page("decisions:levels", reader="member"),
        page("decisions:edit_level", level.pk, reader="admin"),
    ]


def of_the_register() -> list[Page]:
    decision, disagreement = Decision.objects.get(), Disagreement.objects.all()[0]
    return [
        *[page("decisions:decision", decision.label, reader=reader) for reader in ("staff", "seat", "member")],
        page("decisions:keep_decision", decision.label),
        *[page("decisions:blocking", reader=reader) for reader in ("staff", "chair")],
        page("decisions:disagreements"),
        page("decisions:disagreement", disagreement.pk),
        page("decisions:hand_disagreement", disagreement.pk),
        page("decisions:date_disagreement", disagreement.pk),
        page("decisions:end_disagreement", disagreement.pk),
    ]


def of_consultations() -> list[Page]:
    closed, running = Consultation.objects.order_by("closes_at")
    draft = Position.objects.get(title="Observers in the drafting group")
    return [
        page("decisions:consultations"),
        page("decisions:consultations", reader="member"),
        *[page("decisions:consultation", one.pk) for one in (closed, running)],
        *[page("decisions:consultation", one.pk, reader="member") for one in (closed, running)],
        page("decisions:consultation", running.pk, reader="seat"),
        page("decisions:contributions", closed.pk),
        page("decisions:contributions", closed.pk, query="?about=p2", reader="member"),
        page("decisions:contributions", running.pk, reader="facilitator"),
        page("decisions:dispositions", closed.pk),
        page("decisions:dispositions", closed.pk, query="?show=all", reader="chair"),
        page("decisions:dispositions", closed.pk, press="Say it for those ticked"),
        page("decisions:dispositions", running.pk),
        page("decisions:consult", draft.pk),
        page("decisions:extend_consultation", running.pk),
        page("decisions:end_consultation", running.pk),
        page("decisions:position", closed.version.position_id),
        page("decisions:open_round", closed.version.position_id),
    ]


def of_deeds() -> list[Page]:
    one, taken_back = (
        Deed.objects.filter(taken_back_at__isnull=gone is False, whole=None).order_by("kind")[0]
        for gone in (False, True)
    )
    applied = Deed.objects.filter(kind="members.apply_import", taken_back_at=None).latest("at")
    many = Deed.objects.get(object_id=None)
    refused = Deed.objects.get(kind="members.end_term")
    return [
        page("history:deeds"),
        page("history:deeds", reader="member"),
        *[page("history:deed", deed.pk) for deed in (one, taken_back, applied, many, refused)],
    ]


def of_reminders() -> list[Page]:
    unconfirmed, sent = (Delivery.objects.by_mail().filter(state=state)[0] for state in ("unconfirmed", "sent"))
    held = Delivery.objects.by_mail().get(state="held")
    token = token_for(KINDS["meetings.reminder"], sent.person)
    return [
        page("notices:deliveries"),
        page("notices:deliveries", query="?show=sent"),
        page("notices:delivery", unconfirmed.pk),
        page("notices:delivery", sent.pk),
        page("notices:delivery", held.pk),
        page("notices:delivery", held.pk, press="Cancel it"),
        page("notices:deliveries", query=f"?person={held.person_id}"),
        page("notices:unreachable"),
        page("notices:lift", Suppression.objects.get().pk),
        page("notices:leave", token, reader=""),
        page("notices:leave", "no-such-token", reader="", status=404),
    ]


def of_the_inbox() -> list[Page]:
    """The seat's: what was asked, one read, one put away."""
    seat = User.objects.get(email="seat@demo.example").person
    row = Delivery.objects.in_inbox_of(seat).unread().first()
    return [
        page("home:inbox", reader="seat"),
        page("home:inbox", query="?show=all", reader="seat"),
        page("home:inbox", query="?show=done", reader="member"),
        page("home:notice", row.pk, reader="seat"),
    ]
