from django.urls import path

from coalition.urls import urlpatterns as ours
from tests.bench.bare import bare

urlpatterns = [path("bare/", bare), *ours]
