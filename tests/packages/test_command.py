"""`vidgen validate` for people and for programs; here, where the package is that it looks at."""

from pathlib import Path

import pytest

from tests.end_to_end.running import vidgen, vidgen_json
from tests.packages.whole import changed
from vidgen_assets.packages.rulebook import RULES

Capture = pytest.CaptureFixture[str]


def test_a_sound_package_ends_with_0(whole: Path, capsys: Capture) -> None:
    assert vidgen("validate", str(whole)) == 0
    assert f"0 errors, 0 warnings in {whole}" in capsys.readouterr().out


def test_an_error_is_told_with_place_value_allowed_and_remedy_and_ends_with_1(folder: Path, capsys: Capture) -> None:
    changed(folder / "v180p" / "media.m3u8", "#EXTINF:1.000", "#EXTINF:1.400")

    assert vidgen("validate", str(folder)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "error hls-segment-duration v180p/media.m3u8:8",
        "  EXTINF is 1.400 s, the segment lasts 1.000 s",
        "  Allowed: Each EXTINF is the time that its segment's pictures or sounds take. Write EXTINF as measured. "
        "(RFC 8216bis 4.4.4.1, 6.2.1)",
        f"1 error, 0 warnings in {folder}",
    ]


def test_a_warning_alone_ends_with_0(folder: Path, capsys: Capture) -> None:
    changed(folder / "master.m3u8", "VIDEO-RANGE=SDR,", "")

    found = vidgen_json(capsys, "validate", str(folder))

    assert (found["is_valid"], found["errors"]) == (True, [])
    assert [(w["rule"], w["severity"], w["line"]) for w in found["warnings"]] == [
        ("hls-video-range-declared", "warning", 11)
    ]
    assert found["measurements"]["length_s"] == pytest.approx(1.5)


def test_what_is_in_a_name_is_not_sent_to_the_terminal(folder: Path, capsys: Capture) -> None:
    (folder / "\x1b[31mred[bold]").write_text("left over")

    assert vidgen("validate", str(folder)) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\u001b[31mred[bold]" in out


@pytest.mark.parametrize("arguments", [("validate",), ("validate", "/nowhere/at/all")])
def test_no_folder_ends_with_2(arguments: tuple[str, ...], capsys: Capture) -> None:
    assert vidgen(*arguments) == 2
    assert "vidgen:" in capsys.readouterr().err


def test_every_rule_is_listed(capsys: Capture) -> None:
    assert {rule["rule"] for rule in vidgen_json(capsys, "validate", "--rules")["rules"]} == set(RULES)
    assert vidgen("validate", "--rules") == 0
    assert all(rule.demands in capsys.readouterr().out for rule in list(RULES.values())[:1])


def test_the_statement_of_a_release_may_lie_beside(folder: Path) -> None:
    (folder / "release.dsse.json").write_text("{}")

    assert vidgen("validate", str(folder)) == 0
