from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coprod.core.access import EVERYONE, Request, audience


@audience(EVERYONE)
@require_safe
def home(request: Request) -> HttpResponse:
    return render(request, "home/first.html")
