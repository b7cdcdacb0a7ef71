"""One's own page, beside the pages for signing in; its action records, so it cannot live in the lowest app."""

from django.urls import path

from members.views import preferences

app_name = "accounts"
urlpatterns = [
    path("preferences/", preferences.edit, name="preferences"),
    path("preferences/mail/", preferences.choose, name="choose_mail"),
]
