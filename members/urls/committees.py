from django.urls import path

from members.views import committees, seats

urlpatterns = [
    path("committees/", committees.committee_list, name="committees"),
    path("committees/add/", committees.committee_add, name="committee_add"),
    path("committees/<uuid:pk>/", committees.committee_detail, name="committee"),
    path("committees/<uuid:pk>/edit/", committees.committee_edit, name="committee_edit"),
    path("committees/<uuid:pk>/seats/add/", committees.committee_seats, name="committee_seats"),
    path("committees/<uuid:pk>/offices/add/", seats.office_add, name="office_add"),
    path("committees/offices/<uuid:pk>/end/", seats.office_end, name="office_end"),
    path("committees/seats/<uuid:pk>/fill/", seats.seat_fill, name="seat_fill"),
    path("committees/terms/<uuid:pk>/end/", seats.term_end, name="term_end"),
    path("committees/terms/<uuid:pk>/holders/add/", seats.seat_holder, name="seat_holder"),
    path("committees/holders/<uuid:pk>/end/", seats.holder_end, name="holder_end"),
]
