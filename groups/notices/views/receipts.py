import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from coprod.core import formkeys
from coprod.core.access import public
from coprod.core.actors import Actor
from groups.notices.actions import receipts
from groups.notices.channels import notify

NOTIFY = Actor.system("GOV.UK Notify")
# A receipt is a few hundred characters.
LONGEST = 20_000


# A machine sends it, with the secret in its header and no session, so there is nobody to trick.
@public
@csrf_exempt
@formkeys.exempt("GOV.UK Notify repeats its receipts; each has one effect by nature")
@require_POST
def notify_receipt(request: HttpRequest) -> HttpResponse:
    if not notify.is_theirs(request.headers.get("Authorization", "")):
        return JsonResponse({"error": "not authorised"}, status=401)
    if len(request.body) > LONGEST:
        return JsonResponse({"error": "too long"}, status=400)
    try:
        told = notify.read_receipt(json.loads(request.body))
    except ValueError:
        return JsonResponse({"error": "not a receipt"}, status=400)
    changed = receipts.take_receipt(by=NOTIFY, told=told) if told else 0
    return JsonResponse({"changed": changed})
