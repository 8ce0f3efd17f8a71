"""The line drawings of the look: 24 units square, drawn in the colour of the words beside them."""

from django.utils.safestring import SafeString, mark_safe

_SHAPES = {
    "warning": '<path d="M12 3.5L22 20H2zM12 10v4.5M12 17.3v.2"/>',
    "tick": '<path d="M4 12.5l5.5 5.5L20 6.5"/>',
    "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"/>',
    "place": '<path d="M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21z"/>'
    '<circle cx="12" cy="9.5" r="2.5"/>',
    "screen": '<path d="M3 5h18v11H3zM8 20h8M12 16v4"/>',
    "phone": '<path d="M6 3h3l2 5-2.5 1.8a12 12 0 0 0 5.7 5.7L16 13l5 2v3a2 2 0 0 1-2.2 2'
    'C11 19.3 4.7 13 4 5.2A2 2 0 0 1 6 3z"/>',
    "letter": '<path d="M3 6h18v13H3zM3 7l9 7 9-7"/>',
    "email": '<circle cx="12" cy="12" r="4"/><path d="M16 8v5a2.5 2.5 0 0 0 5 0v-1a9 9 0 1 0-4 7.5"/>',
    "text": '<path d="M4 5h16v11h-9l-5 4v-4H4zM8 9h8M8 12h5"/>',
    "chat": '<path d="M3 4h12v9H9l-4 3v-3H3zM18 9h3v8h-2v3l-4-3H9v-1"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6'
    'M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.6c2.2.8 3.5 2.7 3.5 5.4"/>',
    "person": '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c0-4 3.200-6 7-6s7 2 7 6"/>',
    "document": '<path d="M6 3h8l4 4v14H6zM14 3v5h4M9 12h6M9 16h6"/>',
    "easy-read": '<path d="M3 5h7v6H3zM3 14h7v6H3zM14 6h7M14 10h5M14 15h7M14 19h5"/>',
    "large-print": '<path d="M3 19L9 5l6 14M5 14.5h8M16 19l3-7 3 7M17 16.5h4"/>',
    "audio": '<path d="M4 9v6h4l5 4V5L8 9zM16.5 8.5a5 5 0 0 1 0 7M19 6a9 9 0 0 1 0 12"/>',
    "hand": '<path d="M7 12V6a1.5 1.5 0 0 1 3 0v5V4a1.5 1.5 0 0 1 3 0v7V5a1.5 1.5 0 0 1 3 0v7V8'
    'a1.5 1.5 0 0 1 3 0v7a6 6 0 0 1-6 6h-1.5C8 21 6.5 18.5 3.5 14c1.5-1.5 2.8-.5 3.5.5z"/>',
    "step-free": '<path d="M2 20h20M4 20L20 13v7M7 9h6M10 5v8"/>',
    "break": '<path d="M5 8h11v6a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4zM16 10h2a2 2 0 0 1 0 5h-2'
    'M4 21h14M8 3v2M12 3v2"/>',
    "ear": '<path d="M7 9a5.5 5.5 0 1 1 10 3.2c-1 1.5-2.5 2-2.5 4.3a3 3 0 0 1-5.7 1.5'
    'M10 9.5a2.3 2.3 0 1 1 3.5 2"/>',
    "car": '<path d="M3 17v-4l2.5-6h11L20 12l1 1v4h-2M9 17h6M3 12h16M10 7V5h4v2"/>'
    '<circle cx="7" cy="17" r="2"/><circle cx="17" cy="17" r="2"/>',
    "pound": '<circle cx="12" cy="12" r="9"/><path d="M15 9a2.8 2.8 0 0 0-5.2 1.2V16'
    'M8.5 12.5h5M8.5 16H15"/>',
    "lock": '<path d="M5 11h14v9H5zM8 11V8a4 4 0 0 1 8 0v3"/>',
    "pencil": '<path d="M4 20l1-5L16 4l4 4L9 19zM14 6l4 4"/>',
    "list": '<path d="M9 6h12M9 12h12M9 18h12M4 6h.1M4 12h.1M4 18h.1"/>',
    "chevron": '<path d="M6 9l6 6 6-6"/>',
    "home": '<path d="M3 11l9-7 9 7M6 9v11h12V9M10 20v-6h4v6"/>',
    "search": '<circle cx="11" cy="11" r="6"/><path d="M15.5 15.5L21 21"/>',
    "download": '<path d="M12 4v11M7 11l5 5 5-5M4 20h16"/>',
    "print": '<path d="M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z"/>',
    "question": '<circle cx="12" cy="12" r="9"/><path d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300'
    'c-.8.400-1 .900-1 1.700M12 16.500v.2"/>',
}

# Nothing a person typed is in these: they are built once, from the table above.
DRAWINGS: dict[str, SafeString] = {
    name: mark_safe(  # noqa: S308 - constants only, see the line above
        f'<svg class="app-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{shape}</svg>'
    )
    for name, shape in _SHAPES.items()
}
