from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("home.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("members.urls.preferences")),
    path("members/", include("members.urls")),
    path("campaigns/", include("campaigns.urls")),
    path("meetings/", include("meetings.urls")),
    path("positions/", include("decisions.urls")),
    path("reminders/", include("notices.urls")),
    path("undo/", include("history.urls")),
]
if settings.EMBEDDED:
    urlpatterns += [path("mail/", include("home.mail_urls")), path("styleguide/", include("home.styleguide_urls"))]
