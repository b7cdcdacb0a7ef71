from django.urls import path

from meetings import views

app_name = "meetings"
urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("call/", views.call_meeting, name="call_meeting"),
    path("<uuid:pk>/", views.meeting, name="meeting"),
    path("<uuid:pk>/meeting.ics", views.calendar, name="calendar"),
    path("<uuid:pk>/edit/", views.edit_meeting, name="edit_meeting"),
    path("<uuid:pk>/invite/", views.invite_people, name="invite_people"),
    path("<uuid:pk>/answer/", views.answer_invitation, name="answer_invitation"),
    path("<uuid:pk>/minutes/", views.write_minutes, name="write_minutes"),
    path("<uuid:pk>/cancel/", views.cancel_meeting, name="cancel_meeting"),
]
