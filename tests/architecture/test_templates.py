"""Templates keep to the policy of every page: no inline style or script, no foreign address, only icons that exist."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from jinja2 import Environment

PACKAGES = ("common", "intake", "routing", "notifications")
STATIC = Path(str(files("common") / "static"))
TEMPLATES = [file for package in PACKAGES for file in sorted(Path(str(files(package))).glob("templates/**/*.html"))]
STYLE = re.sub(r"/\*.*?\*/", "", (STATIC / "loket.css").read_text("utf-8"), flags=re.DOTALL)
FORBIDDEN = {
    "a style attribute": r"\sstyle\s*=",
    "a handler in an attribute": r"<[^>]*\son[a-z]+\s*=",
    "a script without a nonce": r"<script(?![^>]*(?:\ssrc=|nonce=))",
    "a style without a nonce": r"<style(?![^>]*nonce=)",
    "an address elsewhere": r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""",
    "an address that javascript runs": r"javascript:",
    "text that is not escaped": r"\|\s*safe\b",
}
ICON_CALLS = re.compile(
    r"""(?:\bicon\(|icon_name=|icon_button\([^,]*,\s*)["']([a-z0-9-]+)|icons\.svg'\) \}\}#([a-z0-9-]+)"""
)

each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: f"{file.parts[-3]}/{file.name}")


def is_page(template: Path) -> bool:
    return "mail" not in template.parts  # mail is read by other programs, which know no policy of ours


@each_template
def test_a_template_is_well_formed(template: Path) -> None:
    Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(template.read_text("utf-8"))


@each_template
def test_a_page_holds_nothing_its_policy_forbids(template: Path) -> None:
    text = template.read_text("utf-8")
    found = [
        what for what, pattern in FORBIDDEN.items() if is_page(template) and re.search(pattern, text, re.IGNORECASE)
    ]

    assert not found


@each_template
def test_a_form_that_changes_something_carries_a_token(template: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", template.read_text("utf-8"), re.DOTALL):
        is_login = re.search(r"""action=["'][/a-z]*/login""", form)  # no session yet that a token could belong to
        if re.search(r"""method=["']?post""", form, re.IGNORECASE) and not is_login:
            assert "csrf" in form, form[:80]


@each_template
def test_every_icon_of_a_template_exists(template: Path) -> None:
    known = set(re.findall('symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8")))

    named = {one or other for one, other in ICON_CALLS.findall(template.read_text("utf-8"))}

    assert named <= known


def test_the_style_sheet_names_no_colour_outside_its_tokens() -> None:
    rules = re.sub(r":root\s*\{.*?\}", "", STYLE, flags=re.DOTALL)

    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)", rules)


def test_every_property_that_is_used_is_a_token_that_exists() -> None:
    used, given = set(re.findall(r"var\((--[\w-]+)", STYLE)), set(re.findall(r"(--[\w-]+)\s*:", STYLE))

    assert used == given


def test_what_is_vendored_has_its_licence_and_version_beside_it() -> None:
    known = (STATIC / "vendor" / "README.md").read_text("utf-8")
    for folder in (STATIC / "vendor").iterdir():
        if folder.is_dir():
            assert (folder / "LICENSE").is_file()
            assert re.search(rf"`{folder.name}/` \|.*\| \d+\.\d+\.\d+ \|", known)
