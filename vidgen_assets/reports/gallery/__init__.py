"""The gallery: a static site of all clips that opens from a folder, without a server or a network.

`site.py` writes it, `clips.py` gathers what is shown of a clip, `release.py` verifies and copies a release, `words.py`
writes numbers for people; the pages themselves are in `pages/`.
"""

from vidgen_assets.reports.gallery.site import write_gallery

__all__ = ["write_gallery"]
