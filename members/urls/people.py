from django.urls import path

from members.views import invitations, people

urlpatterns = [
    path("people/", people.people_list, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/invite/", invitations.invite_many, name="people_invite"),
    path("people/invite/send/", invitations.invite_shown, name="people_invite_send"),
    path("people/<uuid:pk>/", people.person_detail, name="person"),
    path("people/<uuid:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<uuid:pk>/appoint/", people.appoint, name="person_appoint"),
    path("people/<uuid:pk>/invite/", invitations.invite, name="person_invite"),
    path("organisations/<uuid:pk>/contacts/add/", people.contact_add, name="contact_add"),
    path("people/representations/<uuid:pk>/end/", people.representation_end, name="representation_end"),
    path("people/appointments/<uuid:pk>/end/", people.appointment_end, name="appointment_end"),
    path("people/invitations/<uuid:pk>/resend/", invitations.resend, name="invitation_resend"),
    path("people/invitations/<uuid:pk>/revoke/", invitations.revoke, name="invitation_revoke"),
    path("invitations/<str:token>/", invitations.accept, name="invitation_accept"),
]
