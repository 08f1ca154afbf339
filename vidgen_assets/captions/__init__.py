"""What is said, to be read along: cues cut from the script's own text at the times of its words.

`cues.py` cuts and times them, `breaking.py` knows where a reader likes a break, `files.py` writes WebVTT and SRT.
Drawing them into the picture is a profile's choice (`burn_captions`), and done with the frames.
"""
