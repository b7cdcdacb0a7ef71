from django.urls import path

from campaigns.views import campaigns, facilitators, milestones, plans, tasks

app_name = "campaigns"
urlpatterns = [
    path("", campaigns.campaigns, name="campaigns"),
    path("add/", campaigns.add_campaign, name="add_campaign"),
    path("<uuid:pk>/", campaigns.campaign, name="campaign"),
    path("<uuid:pk>/edit/", campaigns.edit_campaign, name="edit_campaign"),
    path("<uuid:pk>/finish/", campaigns.finish_campaign, name="finish_campaign"),
    path("<uuid:pk>/milestones/add/", milestones.add_milestone, name="add_milestone"),
    path("<uuid:pk>/plan/", plans.plan_backwards, name="plan_backwards"),
    path("milestones/<uuid:pk>/", milestones.milestone, name="milestone"),
    path("milestones/<uuid:pk>/edit/", milestones.edit_milestone, name="edit_milestone"),
    path("milestones/<uuid:pk>/reach/", milestones.reach_milestone, name="reach_milestone"),
    path("milestones/<uuid:pk>/order/", milestones.order_milestone, name="order_milestone"),
    path("milestones/<uuid:pk>/move/", plans.move_with_deadline, name="move_with_deadline"),
    path("milestones/<uuid:pk>/drop/", milestones.drop_milestone, name="drop_milestone"),
    path("facilitators/", facilitators.all_coverage, name="all_coverage"),
    path("<uuid:pk>/facilitators/", facilitators.coverage, name="coverage"),
    path("<uuid:pk>/facilitators/add/", facilitators.add_scope, name="add_scope"),
    path("facilitators/<uuid:pk>/", facilitators.scope, name="scope"),
    path("facilitators/<uuid:pk>/edit/", facilitators.edit_scope, name="edit_scope"),
    path("facilitators/<uuid:pk>/end/", facilitators.end_scope, name="end_scope"),
    path("facilitators/<uuid:pk>/reassign/", facilitators.reassign, name="reassign"),
    path("facilitators/<uuid:pk>/hand-over/", facilitators.hand_over, name="hand_over"),
    path("facilitators/notes/<uuid:pk>/", facilitators.write_note, name="write_note"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/shares/", tasks.task_shares, name="task_shares"),
    path("tasks/add/<slug:noun>/<uuid:pk>/", tasks.add_task, name="add_task"),
    path("tasks/<uuid:pk>/", tasks.task, name="task"),
    path("tasks/<uuid:pk>/edit/", tasks.edit_task, name="edit_task"),
    path("tasks/<uuid:pk>/hand/", tasks.hand_task, name="hand_task"),
    path("tasks/<uuid:pk>/take/", tasks.take_task, name="take_task"),
    path("tasks/<uuid:pk>/done/", tasks.finish_task, name="finish_task"),
    path("tasks/<uuid:pk>/drop/", tasks.drop_task, name="drop_task"),
    path("tasks/<uuid:pk>/reopen/", tasks.reopen_task, name="reopen_task"),
]
