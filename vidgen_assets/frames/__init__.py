"""Latents in, frames out; and the record of them that is kept.

`features.py` measures a picture, `recording.py` is the artifact, `record.py` makes it and holds frames drawn again
against it; `post/` is what a profile's steps do to frames, `burning.py` draws captions on them. Drawing is a backend's
work (`resources/backends/`); judging is `quality_checks/frames.py`.
"""
