from django.urls import path

from decisions.views import consultations, contributions, positions, register, rounds

app_name = "decisions"
urlpatterns = [
    path("", positions.positions, name="positions"),
    path("new/", positions.new_position, name="new_position"),
    path("register/", register.register, name="register"),
    path("register/file/", register.register_file, name="register_file"),
    path("consultations/", consultations.consultations, name="consultations"),
    path("consultations/<uuid:pk>/", consultations.consultation, name="consultation"),
    path("consultations/<uuid:pk>/extend/", consultations.extend, name="extend_consultation"),
    path("consultations/<uuid:pk>/end/", consultations.end_early, name="end_consultation"),
    path("consultations/<uuid:pk>/comment/", contributions.comment, name="comment"),
    path("consultations/<uuid:pk>/contributions/", contributions.contributions, name="contributions"),
    path("consultations/<uuid:pk>/dispositions/", contributions.dispositions, name="dispositions"),
    path("consultations/<uuid:pk>/tell/", contributions.tell_contributors, name="tell_contributors"),
    path("consultations/asked/<uuid:pk>/", contributions.answer_officially, name="answer_officially"),
    path("<uuid:pk>/", positions.position, name="position"),
    path("<uuid:pk>/edit/", positions.edit_position, name="edit_position"),
    path("<uuid:pk>/version/", positions.new_version, name="new_version"),
    path("<uuid:pk>/version/<int:number>/", positions.version, name="version"),
    path("<uuid:pk>/withdraw/", positions.withdraw, name="withdraw"),
    path("<uuid:pk>/consult/", consultations.consult, name="consult"),
    path("<uuid:pk>/open/", rounds.open_round, name="open_round"),
    path("<uuid:pk>/answer/", rounds.answer, name="answer"),
    path("<uuid:pk>/close/", rounds.close_early, name="close_early"),
    path("<uuid:pk>/confirm/", rounds.confirm, name="confirm"),
]
