"""Clips whose final verdict is pass, at versioned addresses with a signed statement of what they are.

`statement.py` writes the statement (in-toto), `address.py` where it stands,
`resources/release_shelf.py` lays the package out and signs (DSSE). An address is
never overwritten: another statement is another version.
"""
