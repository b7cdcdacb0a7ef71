from django.urls import path

from campaigns.views import campaigns, milestones

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
]
