"""Language tags, against the examples and the grammar of RFC 5646."""

import pytest

from vidgen_assets.packages.languages import is_language_tag


@pytest.mark.parametrize(
    "tag",
    [
        *("de", "deu", "en-US", "zh-Hant-TW", "sr-Latn-RS", "sl-rozaj-biske-1994", "es-419", "de-CH-x-phonebk"),
        *("zh-cmn-Hans-CN", "en-a-myext-b-another", "x-whatever", "i-klingon", "EN-us"),
    ],
)
def test_what_is_well_formed_is_taken(tag: str) -> None:
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    "text",
    ["", "e", "english language!", "en_US", "de--AT", "en-", "a-DE", "en-x", "en\n", "ｄｅ", "en" + "-abcde" * 99],
)
def test_what_is_not_is_refused(text: str) -> None:
    assert not is_language_tag(text)
