from django.urls import path

from members.views import regions

urlpatterns = [
    path("regions/", regions.regions, name="regions"),
    path("regions/add/", regions.add_region, name="region_add"),
    path("regions/<uuid:pk>/edit/", regions.edit_region, name="region_edit"),
]
