"""Frames and sound into every rendition at once, by one clip's spec and output profile.

Start with `ladder.py`; `graph.py` and `sound.py` hold the command lines with their reasons, `feed.py` what is done
to frames on their way. What comes out is described by `vidgen_assets/clips/renditions.py`.
"""
