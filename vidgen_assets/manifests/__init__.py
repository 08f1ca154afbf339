"""Renditions into one streamable folder: CMAF segments, the HLS and DASH manifests over them, poster, metadata.

Start with `package.py`. `streams.py` says where everything lies and what the packager is told, `mend.py` what its
manifests lack, `metadata.py` what a search engine wants to know.
"""
