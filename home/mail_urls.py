"""The sent mail, in the embedded set-up only."""

from django.urls import path

from home import views

app_name = "mail"
urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("<str:name>/", views.letter, name="letter"),
]
