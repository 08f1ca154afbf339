"""Post-processing: the steps of a profile, and frames that have gone through them.

`graph.py` builds the command line of an ffmpeg filter graph and runs nothing, `flicker.py` is the one step that ffmpeg
doesn't do, `stream.py` is the stream. The steps as data: `clips/post.py`.
"""
