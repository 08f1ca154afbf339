"""What guards content: the words of a request here, its pictures where a detector is configured.

`normalise.py` undoes disguises, `policy.yaml` holds the rules as data, `policy.py` applies them. A word list never
sees a paraphrase: a finding says that its coverage is rules only. Safety code fails closed.
"""
