from django.urls import path

from campaigns.views import campaigns, milestones, tasks

app_name = "campaigns"
urlpatterns = [
    path("", campaigns.campaigns, name="campaigns"),
    path("add/", campaigns.add_campaign, name="add_campaign"),
    path("<uuid:pk>/", campaigns.campaign, name="campaign"),
    path("<uuid:pk>/edit/", campaigns.edit_campaign, name="edit_campaign"),
    path("<uuid:pk>/finish/", campaigns.finish_campaign, name="finish_campaign"),
    path("<uuid:pk>/milestones/add/", milestones.add_milestone, name="add_milestone"),
    path("milestones/<uuid:pk>/", milestones.milestone, name="milestone"),
    path("milestones/<uuid:pk>/edit/", milestones.edit_milestone, name="edit_milestone"),
    path("milestones/<uuid:pk>/reach/", milestones.reach_milestone, name="reach_milestone"),
    path("milestones/<uuid:pk>/drop/", milestones.drop_milestone, name="drop_milestone"),
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
