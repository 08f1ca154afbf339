"""A folder of HLS and DASH, whoever made it, held against the specifications: rules with names, findings with places.

Start with `validate.py`. `folder.py` is the only way to a package's files: it stays inside the folder and reads no more
than it must. `playlists.py`, `mpd.py`, `bmff.py`, `ts.py` and `webvtt.py` read what's written, `measure.py` what the
segments hold; the files named `rules_of_…` hold the two against each other. `rulebook.py` lists every rule.
"""
