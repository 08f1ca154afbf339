"""From a request to a spec: every choice that later stages rely on, made once and written down.

`routing.py` chooses what makes the clip, `media.py` finds the customer's files without leaving their folder,
`specify.py` puts the `ClipSpec` together. Whether the words are allowed is for `quality_checks/safety/` to say.
"""
