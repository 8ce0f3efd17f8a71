from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core.access import EVERYONE, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from groups.governance import actions as governance
from groups.governance.models import Group
from groups.projects import actions, permissions, queries
from groups.projects.forms import ProjectForm, StageForm
from groups.projects.models import Project


@audience(EVERYONE)
@require_safe
def project_detail(request: Request, slug: str) -> HttpResponse:
    visible = Project.objects.visible_to(request.actor).select_related("group")
    project = get_object_or_404(visible, slug=slug)
    governance.note_reading(by=request.actor, on=project)
    steps = queries.steps(project)
    context = {
        "project": project,
        "steps": steps,
        "is_co_produced": queries.is_co_produced(steps),
        "can_manage": permissions.can_manage_projects(request.actor),
    }
    return render(request, "projects/project_detail.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def project_add(request: Request) -> HttpResponse:
    groups = Group.objects.visible_to(request.actor).order_by("name")
    form = ProjectForm(request.POST or None, groups=groups)
    if request.method == "POST" and form.is_valid():
        project = actions.start_project(by=request.actor, **form.cleaned_data)
        messages.success(request, f"{project.name} is recorded.")
        return redirect(project)
    context = {"form": form, "heading": "Record a project", "project": None}
    return render(request, "projects/project_form.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def stage_add(request: Request, slug: str) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.actor), slug=slug)
    form = StageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_stage(by=request.actor, project=project, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "The stage is recorded.")
            return redirect(project)
    context = {"form": form, "heading": "Record a stage", "project": project}
    return render(request, "projects/project_form.html", context)
