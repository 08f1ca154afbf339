"""Post-processing: the steps of a profile as one ffmpeg filter graph, and frames that have gone through it.

`graph.py` builds the command line and runs nothing, `stream.py` is the stream. The steps as data: `clips/post.py`.
"""
