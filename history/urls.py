from django.urls import path

from history import views

app_name = "history"
urlpatterns = [
    path("", views.deeds, name="deeds"),
    path("<uuid:pk>/", views.deed, name="deed"),
]
