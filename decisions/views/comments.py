"""Comments on the paragraphs of a text, and what becomes of them."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.rules import require
from decisions.actions import commenting
from decisions.actions.drafting import newest_text
from decisions.forms.comments import CommentForm, SettlingForm
from decisions.margin import margin_of
from decisions.models import Comment
from decisions.models.positions import fingerprint
from decisions.views.positions import position_or_404


@require_GET
def comments(request: Request, pk: UUID) -> HttpResponse:
    position = position_or_404(request, pk)
    require(request.user, "decisions.comment", position)
    context = {"position": position, "margin": margin_of(position, newest_text(position), request.user, request.GET)}
    return render(request, "decisions/comment_list.html", context)


@page_or_form
def comment(request: Request, pk: UUID, number: int) -> HttpResponse:
    position = position_or_404(request, pk)
    require(request.user, "decisions.comment", position)
    text = newest_text(position)
    if not 1 <= number <= len(text.paragraphs):
        raise Http404
    paragraph = text.read[number - 1]
    initial = {"proposed": paragraph.source, "seen": fingerprint(paragraph.source)}
    form = CommentForm(request.POST or None, initial=initial)
    act = partial(commenting.comment, position, by=request.user, paragraph=number, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect(address_of(pk, number))
    context = {"form": form, "position": position, "text": text, "paragraph": paragraph}
    return render(request, "decisions/comment_form.html", context)


@require_POST
def take(request: Request, pk: UUID) -> HttpResponse:
    made = comment_or_404(request, pk)
    act = partial(commenting.take_suggestion, made, by=request.user, now=database_now())
    told(request, act, _("The proposed wording is taken."))
    return redirect(address_of(made.version.position_id, made.paragraph))


@page_or_form
def settle(request: Request, pk: UUID) -> HttpResponse:
    made = comment_or_404(request, pk)
    require(request.user, "decisions.write", made.version.position)
    form = SettlingForm(request.POST or None)
    act = partial(commenting.settle_comment, made, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect(address_of(made.version.position_id, made.paragraph))
    return render(request, "decisions/comment_settle.html", {"form": form, "comment": made})


def comment_or_404(request: Request, pk: UUID) -> Comment:
    """With its position and people, as far as the position is to be seen too."""
    found: Any = Comment.objects.visible_to(request.user).select_related("version__position", "by")
    made = get_object_or_404(found, pk=pk)
    made.version.position = position_or_404(request, made.version.position_id)
    return made


def address_of(position: UUID, number: int) -> str:
    """The page of comments that holds a paragraph, there."""
    return reverse("decisions:comments", args=[position]) + f"?paragraph={number}#paragraph-{number}"
