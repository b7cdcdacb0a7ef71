from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.deliveries, name="deliveries"),
    path("leave/<str:token>/", views.leave, name="leave"),
    path("<uuid:pk>/", views.delivery, name="delivery"),
    path("unreachable/", views.unreachable, name="unreachable"),
    path("unreachable/<uuid:pk>/", views.lift, name="lift"),
    path("<uuid:pk>/steer/", views.steer, name="steer"),
    path("<uuid:pk>/settle/", views.settle, name="settle"),
]
