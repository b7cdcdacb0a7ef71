from django.urls import path

from campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("", views.campaigns, name="campaigns"),
    path("add/", views.add_campaign, name="add_campaign"),
    path("<uuid:pk>/", views.campaign, name="campaign"),
    path("<uuid:pk>/edit/", views.edit_campaign, name="edit_campaign"),
    path("<uuid:pk>/finish/", views.finish_campaign, name="finish_campaign"),
    path("<uuid:pk>/milestones/add/", views.add_milestone, name="add_milestone"),
    path("milestones/<uuid:pk>/", views.milestone, name="milestone"),
    path("milestones/<uuid:pk>/edit/", views.edit_milestone, name="edit_milestone"),
    path("milestones/<uuid:pk>/reach/", views.reach_milestone, name="reach_milestone"),
    path("milestones/<uuid:pk>/drop/", views.drop_milestone, name="drop_milestone"),
]
