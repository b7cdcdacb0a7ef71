from django.urls import path

from decisions.views import answers, blocking, corrections, disagreements, levels, positions, register, rounds, versions

app_name = "decisions"
urlpatterns = [
    path("", positions.positions, name="positions"),
    path("new/", positions.new_position, name="new_position"),
    path("register/", register.register, name="register"),
    path("register/file/", register.register_file, name="register_file"),
    path("register/<slug:label>/", register.decision, name="decision"),
    path("register/<slug:label>/keep/", register.keep_decision, name="keep_decision"),
    path("blocking/", blocking.blocking, name="blocking"),
    path("disagreements/", disagreements.disagreements, name="disagreements"),
    path("disagreements/<uuid:pk>/", disagreements.disagreement, name="disagreement"),
    path("disagreements/<uuid:pk>/owner/", disagreements.hand_disagreement, name="hand_disagreement"),
    path("disagreements/<uuid:pk>/date/", disagreements.date_disagreement, name="date_disagreement"),
    path("disagreements/<uuid:pk>/end/", disagreements.end_disagreement, name="end_disagreement"),
    path("<uuid:pk>/", positions.position, name="position"),
    path("<uuid:pk>/edit/", positions.edit_position, name="edit_position"),
    path("<uuid:pk>/version/", positions.new_version, name="new_version"),
    path("<uuid:pk>/version/<int:number>/", positions.version, name="version"),
    path("<uuid:pk>/versions/", versions.versions, name="versions"),
    path("<uuid:pk>/compare/", versions.compare, name="compare"),
    path("<uuid:pk>/withdraw/", positions.withdraw, name="withdraw"),
    path("<uuid:pk>/open/", rounds.open_round, name="open_round"),
    path("<uuid:pk>/answer/", answers.answer, name="answer"),
    path("<uuid:pk>/seen/", answers.seen, name="seen"),
    path("<uuid:pk>/seats/<uuid:elector>/answer/", answers.record_answer, name="record_answer"),
    path("<uuid:pk>/seats/<uuid:elector>/recusal/", answers.propose_recusal, name="propose_recusal"),
    path("<uuid:pk>/text/", rounds.change_text, name="change_text"),
    path("<uuid:pk>/correction/", corrections.propose, name="propose_correction"),
    path("<uuid:pk>/correction/<uuid:correction>/approve/", corrections.approve, name="approve_correction"),
    path("<uuid:pk>/correction/<uuid:correction>/drop/", corrections.drop, name="drop_correction"),
    path("levels/", levels.levels, name="levels"),
    path("levels/<uuid:pk>/", levels.edit_level, name="edit_level"),
    path("<uuid:pk>/close/", rounds.close_early, name="close_early"),
    path("<uuid:pk>/confirm/", rounds.confirm, name="confirm"),
]
