"""One's own page and one's views of lists, beside the pages for signing in.

The action behind the page records, so it cannot live in the lowest app.
"""

from django.urls import path

from accounts import views
from members.views import preferences

app_name = "accounts"
urlpatterns = [
    path("preferences/", preferences.edit, name="preferences"),
    path("preferences/mail/", preferences.choose, name="choose_mail"),
    path("views/save/", views.view_save, name="view_save"),
    path("views/<uuid:pk>/remove/", views.view_remove, name="view_remove"),
]
