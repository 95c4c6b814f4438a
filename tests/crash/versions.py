# SPDX-License-Identifier: Apache-2.0
"""What may be there of something that is written again and again: what was acknowledged last, or any later try whose answer was
lost. Python 3.9, standard library only."""

ABSENT = None


class Versions:
    """Of one key; written by one thread."""

    def __init__(self):
        self.possible = [ABSENT]  # the last acknowledged one, then what was tried since
        self.acknowledged = 0

    def trying(self, value):
        self.possible.append(value)

    def is_acknowledged(self):
        """The last try was heard of: it is what is there now."""
        self.possible = self.possible[-1:]
        self.acknowledged += 1

    def fault(self, key, found):
        """"" if that may be there."""
        return "" if found in self.possible else f"{key} is {found!r}, not one of {self.possible[-5:]}"
