from django.urls import path

from groups.projects.views import project

app_name = "projects"
urlpatterns = [
    path("projects/add/", project.project_add, name="project-add"),
    path("projects/<slug:slug>/", project.project_detail, name="project-detail"),
    path("projects/<slug:slug>/stages/add/", project.stage_add, name="stage-add"),
]
