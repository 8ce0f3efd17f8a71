"""How often one network address may ask for something that needs no sign-in."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

_MINUTE = 60


def is_within(request: HttpRequest, *, what: str, most: int) -> bool:
    """Count this request, and tell whether its address has asked no more than `most` a minute.

    The address is found as for signing in, so that a proxy counts once it is named in the settings.
    """
    address = get_adapter().get_client_ip(request)
    key = f"limit:{what}:{address}:{int(time.time()) // _MINUTE}"
    cache.add(key, 0, 2 * _MINUTE)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:
        # The cache has just dropped it; the next minute begins anew anyway.
        return True
