"""Speech engines: espeak-ng from its wheel, and Piper and Kokoro where a deployment names their voices.

Start with `studio.py`, which picks the engine and remembers what was said. The protocol is in `clips/speech.py`.
"""
