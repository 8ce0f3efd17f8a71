import secrets

# No 0/O, 1/I/L, so that a reference can be read out over the telephone. 31 is prime, which
# lets one check character catch every single slip and every swap of neighbours.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _check_character(body: str) -> str:
    total = sum((place + 1) * ALPHABET.index(char) for place, char in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def new_reference(prefix: str) -> str:
    """Return an unguessable reference like P-7KQ2-M4XR; the last character checks the rest."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(7))
    body += _check_character(body)
    return f"{prefix}-{body[:4]}-{body[4:]}"


def is_well_formed(reference: str) -> bool:
    """Tell whether a typed reference has a right check character."""
    _, _, body = reference.strip().upper().partition("-")
    body = body.replace("-", "")
    return (
        len(body) == 8
        and all(char in ALPHABET for char in body)
        and _check_character(body[:-1]) == body[-1]
    )
