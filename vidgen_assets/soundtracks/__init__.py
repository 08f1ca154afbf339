"""A clip's sound: narration, music under it, the loudness that is promised, exactly as long as the clip.

`asset.py` is the stage; `compose.py` makes one clip's folder, from `decode.py` (the customer's file), `mix.py` (voice,
bed, ducking, as arrays) and `loudness.py` (two passes of one gain). Speaking lives in `resources/speech/`, what is said
when in `vidgen_assets/narration/`.
"""
