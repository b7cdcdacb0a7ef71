from django.urls import path

from decisions.views import comments, positions, register, rounds, translations, versions

app_name = "decisions"
urlpatterns = [
    path("", positions.positions, name="positions"),
    path("new/", positions.new_position, name="new_position"),
    path("register/", register.register, name="register"),
    path("register/file/", register.register_file, name="register_file"),
    path("<uuid:pk>/", positions.position, name="position"),
    path("<uuid:pk>/edit/", positions.edit_position, name="edit_position"),
    path("<uuid:pk>/version/", positions.new_version, name="new_version"),
    path("<uuid:pk>/version/<int:number>/", positions.version, name="version"),
    path("<uuid:pk>/versions/", versions.versions, name="versions"),
    path("<uuid:pk>/compare/", versions.compare, name="compare"),
    path("<uuid:pk>/translate/", translations.translate, name="translate"),
    path("<uuid:pk>/comments/", comments.comments, name="comments"),
    path("<uuid:pk>/comments/<int:number>/", comments.comment, name="comment"),
    path("comments/<uuid:pk>/take/", comments.take, name="take"),
    path("comments/<uuid:pk>/settle/", comments.settle, name="settle"),
    path("<uuid:pk>/withdraw/", positions.withdraw, name="withdraw"),
    path("<uuid:pk>/open/", rounds.open_round, name="open_round"),
    path("<uuid:pk>/answer/", rounds.answer, name="answer"),
    path("<uuid:pk>/close/", rounds.close_early, name="close_early"),
    path("<uuid:pk>/confirm/", rounds.confirm, name="confirm"),
]
