"""Every rule there is, by its name."""

from collections.abc import Mapping

from vidgen_assets.packages import (
    folder,
    measure,
    mpd,
    mpd_segments,
    playlists,
    rules_of_captions,
    rules_of_dash,
    rules_of_hls,
    rules_of_masters,
    rules_of_media,
    rules_of_pictures,
    rules_of_playlists,
    rules_of_trick_play,
    rules_of_wholes,
    webvtt,
)
from vidgen_assets.packages.rule import Rule

_MODULES = (
    folder, rules_of_wholes, playlists, rules_of_masters, rules_of_playlists, rules_of_hls, rules_of_trick_play, mpd,
    mpd_segments, rules_of_dash, measure, rules_of_media, webvtt, rules_of_captions, rules_of_pictures,
)  # fmt: skip

RULES: Mapping[str, Rule] = {
    rule.id: rule for rule in sorted((r for m in _MODULES for r in m.RULES), key=lambda r: r.id)
}
