"""From a script to words in time: which parts a clip speaks, how long each takes, when each is heard.

`script.py` says what is spoken, `schedule.py` when, `narrate.py` has it spoken. Two stages ask here: `prompts` for the
length of a clip that lasts as long as its narration, `soundtracks` for the sound.
"""
