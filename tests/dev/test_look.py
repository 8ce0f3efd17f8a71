import gzip
import shutil

import pytest

from devkit import look

SOURCE = (
    '@charset "UTF-8";:root{--a:1}'
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}"
    ".govuk-body{font-family:GDS Transport,arial,sans-serif}"
    ".govuk-footer__copyright-logo:before{background-image:url(/assets/images/govuk-crest.svg)}"
    "@media print{.govuk-accordion__section,.govuk-button{color:#000}.govuk-tabs{color:#000}}"
    "@supports (color:red){.govuk-header{color:red}}"
    "\n/*# sourceMappingURL=govuk-frontend.min.css.map */"
)


@pytest.fixture(scope="module")
def vendor(tmp_path_factory):
    """A fresh build, away from the one in use."""
    folder = tmp_path_factory.mktemp("static") / "vendor"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(look, "VENDOR", folder)
        patch.setattr(look, "STAMP", folder / ".stamp")
        look.build()
        yield folder


def texts(vendor):
    files = [*vendor.glob("*.css"), *vendor.glob("*.js")]
    assert len(files) == 4
    return {file.name: file.read_text("utf-8") for file in files}


def test_trim_keeps_what_we_use_and_drops_the_rest():
    assert look.trim(SOURCE) == (
        '@charset "UTF-8";:root{--a:1}'
        '.govuk-body{font-family:"Atkinson Hyperlegible Next",arial,sans-serif}'
        "@media print{.govuk-button{color:#000}}"
    )


@pytest.mark.parametrize(
    "forbidden", ["GDS Transport", "crest", "crown", "url(/assets", "sourceMappingURL"]
)
def test_what_is_built_has_nothing_we_may_not_use(vendor, forbidden):
    original = (look.GOVUK / "govuk-frontend.min.css").read_text("utf-8")
    assert forbidden in original or forbidden == "crown"

    for name, text in texts(vendor).items():
        assert forbidden.lower() not in text.lower(), name


def test_every_font_that_is_named_is_there_and_none_else(vendor):
    named = set(look.re.findall(r"url\(fonts/([^)]+)\)", texts(vendor)["app.css"]))

    assert len(named) == 4
    assert named == {file.name for file in (vendor / "fonts").iterdir()}


def test_one_style_sheet_holds_all_and_stays_small(vendor):
    built = texts(vendor)
    ours = look.OUR_STYLES.read_text("utf-8")

    assert built["app.css"].endswith(ours)
    assert len(gzip.compress(built["app.css"].encode())) < 25 * 1024
    assert len(gzip.compress(built["govuk-frontend.min.js"].encode())) < 40 * 1024


def test_the_licences_travel_with_the_copies(vendor):
    text = (vendor / "LICENCES.txt").read_text("utf-8")

    assert "Government Digital Service" in text
    assert "Permission is hereby granted" in text
    assert "SIL OPEN FONT LICENSE" in text


def test_a_half_made_build_is_seen(vendor, tmp_path, monkeypatch):
    copy = tmp_path / "vendor"
    shutil.copytree(vendor, copy)
    monkeypatch.setattr(look, "VENDOR", copy)
    monkeypatch.setattr(look, "STAMP", copy / ".stamp")
    assert look.is_built()

    (copy / "app.css").unlink()

    assert not look.is_built()


def test_a_change_of_our_styles_is_seen(vendor, tmp_path, monkeypatch):
    assert look.is_built()
    changed = tmp_path / "look.css"
    changed.write_text(look.OUR_STYLES.read_text("utf-8") + "a{}", "utf-8")

    monkeypatch.setattr(look, "OUR_STYLES", changed)

    assert not look.is_built()


def test_the_lock_names_no_address():
    text = (look.ROOT / "package-lock.json").read_text("utf-8")

    assert "://" not in text
    assert text.count('"integrity": "sha512-') == 2
