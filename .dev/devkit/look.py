"""Build static/vendor: GOV.UK components and the Atkinson typeface, trimmed and joined to ours.

A council may use the components but not the GDS Transport typeface, the crown or the crest,
so those are taken out here, along with the components we do not use.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from devkit.console import ROOT, Stop, step

STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
MODULES = ROOT / "node_modules"
GOVUK = MODULES / "govuk-frontend/dist/govuk"
FACE = MODULES / "@fontsource/atkinson-hyperlegible-next"
STAMP = VENDOR / ".stamp"
OUR_STYLES = STATIC / "css/look.css"
WEIGHTS = (400, 700)
SUBSETS = ("latin", "latin-ext")
TYPEFACE = '"Atkinson Hyperlegible Next"'

# Parts of the design system that no page of ours has; what is left is about half the size.
UNUSED = (
    "accordion",
    "accordion-nav",
    "cookie-banner",
    "exit-this-page",
    "feedback",
    "footer",
    "generic-header",
    "header",
    "language-navigation",
    "logo-dot",
    "phase-banner",
    "service-navigation",
    "tabs",
)
UNUSED_SELECTOR = re.compile(r"\.govuk-(?:" + "|".join(UNUSED) + r")(?![a-z]|-[a-z])")


def blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield (prelude, body) for each top-level rule; body is None for a bare statement."""
    position = 0
    while position < len(css):
        brace, semicolon = css.find("{", position), css.find(";", position)
        if brace == -1 and semicolon == -1:
            return
        if brace == -1 or -1 < semicolon < brace:
            yield css[position:semicolon].strip(), None
            position = semicolon + 1
            continue
        depth, end = 1, brace + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[position:brace].strip(), css[brace + 1 : end - 1]
        position = end


def trim(css: str) -> str:
    """Return the rules we use: no fonts, no crest, no source map, no unused component."""
    kept: list[str] = []
    for prelude, body in blocks(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if body is None:
            kept.append(f"{prelude};")
        elif prelude.startswith(("@media", "@supports")):
            inside = trim(body)
            if inside:
                kept.append(f"{prelude}{{{inside}}}")
        elif prelude == "@font-face" or "url(/assets" in body:
            continue
        else:
            selectors = [
                selector
                for selector in prelude.split(",")
                if not UNUSED_SELECTOR.search(selector)
            ]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept).replace("GDS Transport,arial", f"{TYPEFACE},arial")


def font_faces() -> tuple[str, list[Path]]:
    """Return the @font-face rules we need, pointing at fonts/, and the files they name."""
    rules: list[str] = []
    files: list[Path] = []
    for weight in WEIGHTS:
        for prelude, body in blocks((FACE / f"{weight}.css").read_text("utf-8")):
            for subset in SUBSETS:
                name = f"atkinson-hyperlegible-next-{subset}-{weight}-normal.woff2"
                if f"/* {name.removesuffix('.woff2')} */" in prelude and body:
                    unicode_range = re.search(r"unicode-range:[^;]+", body)
                    rules.append(
                        f"@font-face{{font-family:{TYPEFACE};font-style:normal;"
                        f"font-display:swap;font-weight:{weight};"
                        f'src:url(fonts/{name}) format("woff2");'
                        f"{unicode_range.group() if unicode_range else ''}}}"
                    )
                    files.append(FACE / "files" / name)
    return "\n".join(rules) + "\n", files


def installed() -> bool:
    """Say whether node_modules holds exactly the versions of the lock."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    for place, entry in lock["packages"].items():
        if place:
            manifest = ROOT / place / "package.json"
            try:
                found = json.loads(manifest.read_text("utf-8"))["version"]
            except (OSError, ValueError, KeyError):
                return False
            if found != entry["version"]:
                return False
    return True


def fingerprint() -> str:
    """Return one hash of everything that static/vendor is made from."""
    digest = hashlib.sha256()
    for source in (ROOT / "package-lock.json", OUR_STYLES, Path(__file__)):
        digest.update(source.read_bytes() if source.exists() else b"")
    return digest.hexdigest()


def is_built() -> bool:
    """Say whether static/vendor is whole and made from what is here now."""
    try:
        stamp = STAMP.read_text("utf-8").splitlines()
    except OSError:
        return False
    return stamp[:1] == [fingerprint()] and all(
        (VENDOR / name).is_file() for name in stamp[1:]
    )


def build() -> None:
    """Make static/vendor from node_modules; the stamp comes last, so half a build is redone."""
    if not GOVUK.is_dir() or not FACE.is_dir():
        raise Stop(
            "node_modules is missing the look's packages. Run `npm ci` and try again."
        )
    done = step("Building the look")
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "fonts").mkdir(parents=True)
    fonts, files = font_faces()
    for file in files:
        shutil.copyfile(file, VENDOR / "fonts" / file.name)
    styles = '@charset "UTF-8";' + trim(
        (GOVUK / "govuk-frontend.min.css").read_text("utf-8")
    ).replace('@charset "UTF-8";', "")
    ours = OUR_STYLES.read_text("utf-8") if OUR_STYLES.exists() else ""
    script = (GOVUK / "govuk-frontend.min.js").read_text("utf-8")
    script = re.sub(r"//# sourceMappingURL=\S*", "", script)
    written = {
        "fonts.css": fonts,
        "govuk-frontend.min.css": styles,
        "govuk-frontend.min.js": script.rstrip() + "\n",
        "app.css": f"{styles}\n{fonts}{ours}",
        "LICENCES.txt": licences(),
    }
    for name, text in written.items():
        (VENDOR / name).write_text(text, "utf-8")
    names = [*written, *(f"fonts/{file.name}" for file in files)]
    STAMP.write_text("\n".join([fingerprint(), *names]) + "\n", "utf-8")
    done()


def licences() -> str:
    """Return the licences that must travel with what we copied."""
    permission = (ROOT / "LICENSE").read_text("utf-8").split("\n\n", 2)[2]
    face = (FACE / "LICENSE").read_text("utf-8")
    return (
        "GOV.UK Frontend (components; changed: parts taken out, typeface replaced)\n"
        f"MIT License\nCopyright (c) Government Digital Service\n\n{permission}\n"
        f"Atkinson Hyperlegible Next\n{face}"
    )
