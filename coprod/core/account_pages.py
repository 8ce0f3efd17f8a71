"""Your account: what one signs in with. Who one is, is on the page About me."""

from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coprod.core.access import EVERYONE, Request, audience
from coprod.core.enums import Role
from coprod.core.models import User


@audience(EVERYONE)
@require_safe
def account(request: Request) -> HttpResponse:
    user = cast("User", request.user)
    context = {
        "roles": [role.label for role in Role if role in request.actor.roles],
        "has_password": user.has_usable_password(),
        "has_second_step": is_mfa_enabled(user),
    }
    return render(request, "core/account.html", context)
