"""What somebody typed and has not got through yet: kept in their session before anything else is tried.

So neither an error of ours, nor a colleague who was faster, nor a session that ended meanwhile loses it. A session that
ended keeps it for whoever it belonged to: signing in as somebody else does not show it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

UNSENT = "unsent"
MOST = 5  # forms kept at a time, the oldest goes first
LONGEST = 200_000  # characters of one
WHOSE = "whose"  # the hidden field with the id of whom the form was made for


def keep(request: HttpRequest, form: str) -> None:
    """Keep what was posted, under the name of its form; saved at once, because after an error nothing is."""
    body = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    if sum(len(value) for values in body.values() for value in values) > LONGEST:
        return
    unsent = {name: kept for name, kept in request.session.get(UNSENT, {}).items() if name != form}
    request.session[UNSENT] = dict([*unsent.items(), (form, body)][-MOST:])
    request.session.save()


def kept(request: Any, form: str) -> dict[str, str]:
    """{field: what was typed} of a form that did not get through; empty if there is none of this reader's."""
    body: Mapping[str, list[str]] = request.session.get(UNSENT, {}).get(form, {})
    if body.get(WHOSE, [""])[-1] != str(request.user.pk):
        return {}
    return {name: values[-1] for name, values in body.items()}


def drop(request: HttpRequest, form: str) -> None:
    """It got through, or its writer threw it away."""
    if form in request.session.get(UNSENT, {}):
        request.session[UNSENT] = {name: body for name, body in request.session[UNSENT].items() if name != form}


def back_to(request: HttpRequest, form: str, where: str) -> HttpResponse:
    """To where the form stands; what is kept of it is thrown away if its writer says so."""
    if request.method == "POST":
        drop(request, form)
    return redirect(where)


def sign_in_first(request: HttpRequest, form: str) -> HttpResponse:
    """To signing in and back; what a session that has ended still posted is kept."""
    if request.method == "POST" and request.POST.get(WHOSE):
        keep(request, form)
    return redirect(f"{reverse('account_login')}?next={quote(request.path)}")
