"""The light path for uploads: videos that others have made are probed, guarded, and shown as thumbnails, a storyboard
and a short preview.

`packets.py` and `facts.py` say what a file is, `sampling.py` looks at it once; what is shown is drawn in
`thumbnails.py`, `storyboard.py` and `previews.py`. `commands.py` has every command line, `limits.py` every number.
"""
