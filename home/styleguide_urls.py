"""The style guide, in the embedded set-up only."""

from django.urls import path

from home import views

app_name = "styleguide"
urlpatterns = [path("", views.styleguide, name="styleguide")]
