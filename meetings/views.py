from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request, accepted, as_list, page_or_form, told
from accounts.models import Person
from accounts.rules import allows, require
from history.actions import newest
from history.http import done_to
from history.panels import put_together
from meetings import actions
from meetings.calendar import calendar_file
from meetings.columns import MEETINGS
from meetings.forms import AnswerForm, CancelForm, InviteForm, MeetingForm, MinutesForm, as_typed
from meetings.models import Attendance, Meeting
from meetings.pages import meeting_page
from members.picking import MOST, people_named


@require_GET
def meetings(request: Request) -> HttpResponse | StreamingHttpResponse:
    now, earlier = timezone.now(), request.GET.get("show") == "earlier"
    visible = Meeting.objects.visible_to(request.user)
    rows = visible.earlier(now) if earlier else visible.upcoming(now)
    asked = MEETINGS.asked(request.GET, request.user, order="-when" if earlier else "when")
    page = asked.page(rows)
    mine = Attendance.objects.filter(person=request.user.person_id, meeting__in=[one.pk for one in page.rows])
    answers = {attendance.meeting_id: attendance for attendance in mine}
    shown = [(meeting, answers.get(meeting.pk)) for meeting in page.rows]
    context = {"earlier": earlier, "may_call": allows(request.user, "meetings.call_meeting")}
    return as_list(request, "meetings/meeting_list.html", asked, page, shown, context, now=now)


@require_GET
def meeting(request: Request, pk: UUID) -> HttpResponse:
    shown = _meeting(request, pk)
    return render(
        request, "meetings/meeting_detail.html", meeting_page(shown, request.user, timezone.now(), request.GET)
    )


@require_GET
def calendar(request: Request, pk: UUID) -> HttpResponse:
    shown = _meeting(request, pk)
    text = calendar_file(shown, timezone.now(), method="PUBLISH")
    name = "attachment; filename=meeting.ics"
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": name})


@page_or_form
def call_meeting(request: Request) -> HttpResponse:
    require(request.user, "meetings.call_meeting")
    now = database_now()
    form = MeetingForm(request.POST or None, user=request.user, now=now)
    made: list[Meeting] = []
    act = partial(actions.call_meeting, by=request.user, now=now)
    if request.method == "POST" and accepted(form, lambda **fields: made.append(act(**fields))):
        _say(request, form.notice)
        return redirect("meetings:meeting", made[0].pk)
    return render(request, "meetings/meeting_form.html", {"form": form})


@page_or_form
def edit_meeting(request: Request, pk: UUID) -> HttpResponse:
    shown, now = _meeting(request, pk), database_now()
    require(request.user, "meetings.edit_meeting", shown)
    form = MeetingForm(request.POST or None, user=request.user, now=now, meeting=shown)
    if request.method == "POST" and accepted(form, partial(actions.edit_meeting, shown, by=request.user, now=now)):
        _say(request, form.notice)
        return redirect("meetings:meeting", pk)
    theirs = put_together(form, lambda: _meeting(request, pk), request.user, as_typed)
    return render(request, "meetings/meeting_form.html", {"form": form, "meeting": shown, "theirs": theirs})


@page_or_form
def invite_people(request: Request, pk: UUID) -> HttpResponse:
    shown, sought = _meeting(request, pk), request.GET.get("q", "").strip()
    require(request.user, "meetings.invite_people", shown)
    found = _found(request, shown, sought)
    people = Person.objects.filter(pk__in=[person.pk for person in found[:MOST]]).prefetch_related("addresses")
    form = InviteForm(request.POST or None, found=people)
    act = partial(actions.invite_people, shown, by=request.user, now=database_now())
    counts: list[int] = []
    if request.method == "POST" and accepted(form, lambda **fields: counts.append(act(**fields))):
        invited = ngettext("%(count)s person is invited.", "%(count)s people are invited.", counts[0])
        _say(request, invited % {"count": counts[0]})
        return redirect("meetings:meeting", pk)
    context = {"form": form, "meeting": shown, "sought": sought, "found": found[:MOST], "more": len(found) > MOST}
    return render(request, "meetings/meeting_invite.html", context)


@page_or_form
def answer_invitation(request: Request, pk: UUID) -> HttpResponse:
    """Mails lead here: a place on a page would be forgotten while one signs in."""
    shown, form = _meeting(request, pk), AnswerForm(request.POST)
    if request.method != "POST":
        return redirect(reverse("meetings:meeting", args=[pk]) + "#answer")
    if not form.is_valid():
        messages.error(request, _("Choose an answer: yes, perhaps or no."))
        return redirect("meetings:meeting", pk)
    answer = Attendance.Answer(form.cleaned_data["answer"])
    act = partial(actions.answer_invitation, shown, by=request.user, now=database_now(), answer=answer)
    told(request, act, _saved(answer))
    return redirect("meetings:meeting", pk)


@page_or_form
def write_minutes(request: Request, pk: UUID) -> HttpResponse:
    shown = _meeting(request, pk)
    require(request.user, "meetings.write_minutes", shown)
    form = MinutesForm(request.POST or None, initial=_minutes(shown))
    act = partial(actions.write_minutes, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("meetings:meeting", pk)
    theirs = put_together(form, lambda: _meeting(request, pk), request.user, _minutes)
    return render(request, "meetings/meeting_minutes.html", {"form": form, "meeting": shown, "theirs": theirs})


@page_or_form
def cancel_meeting(request: Request, pk: UUID) -> HttpResponse:
    shown = _meeting(request, pk)
    require(request.user, "meetings.cancel_meeting", shown)
    form = CancelForm(request.POST or None)
    act = partial(actions.cancel_meeting, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        done_to(request, _("The meeting is cancelled. Everybody invited is told by mail."), shown)
        return redirect("meetings:meeting", pk)
    return render(request, "meetings/meeting_cancel.html", {"form": form, "meeting": shown})


def _minutes(meeting: Meeting) -> dict[str, Any]:
    return {"minutes": meeting.minutes, "seen": newest(meeting)}


def _meeting(request: Request, pk: UUID) -> Meeting:
    rows = Meeting.objects.visible_to(request.user).select_related("committee", "campaign", "called_by")
    return get_object_or_404(rows, pk=pk)


def _found(request: Request, meeting: Meeting, sought: str) -> list[Person]:
    """At most MOST + 1 people who answer to `sought` and are not invited yet."""
    if not sought:
        return []
    invited = set(meeting.attendances.values_list("person", flat=True))
    return [person for person in people_named(sought, request.user) if person.pk not in invited]


def _say(request: Request, sentence: str) -> None:
    if sentence:
        messages.info(request, sentence)


def _saved(answer: Attendance.Answer) -> str:
    return {
        Attendance.Answer.YES: _("Your answer is saved: you come. You are reminded before it begins."),
        Attendance.Answer.MAYBE: _("Your answer is saved: perhaps. You are reminded before it begins."),
        Attendance.Answer.NO: _("Your answer is saved: you do not come. You get no more reminders of it."),
    }[answer]
