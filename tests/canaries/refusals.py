"""The project's addresses with refusals of one line: what differs between two refusals is only the sentence."""

from django.http import HttpRequest, HttpResponseForbidden, HttpResponseNotFound

from coalition.urls import urlpatterns

__all__ = ["urlpatterns"]


def handler403(request: HttpRequest, exception: Exception) -> HttpResponseForbidden:
    return HttpResponseForbidden(str(exception))


def handler404(request: HttpRequest, exception: Exception) -> HttpResponseNotFound:
    return HttpResponseNotFound(str(exception))
