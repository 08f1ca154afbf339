"""Checksums that tell a real number from one that only looks like it."""

import re


def passes_luhn(number: str) -> bool:
    """Whether the digits of a payment card add up (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in re.sub(r"\D", "", number)]
    doubled = (2 * digit if place % 2 else digit for place, digit in enumerate(reversed(digits)))
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0 and any(digits)


def is_iban(number: str) -> bool:
    """Whether the check digits of an account number fit (ISO 13616-1: modulo 97 leaves 1)."""
    plain = number.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1
