"""Error messages: what of an output is one, and what of it stays the same in another program.

A message that a reader pastes has other numbers, shapes, names and paths in it than the one in the
book. `NOISE` says what to leave out. Python and JavaScript both read these expressions.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

# The type, as Python writes it before the message; modules stand before it in a traceback.
TYPE = r"\b[A-Z][A-Za-z]*(?:Error|Warning|Exception|Interrupt|Exit|Iteration)"
# Over lower-case text, in this order.
NOISE = (
    r"https?://\S+",
    r"(?:[a-z]:)?(?:[\\/][\w.+~-]+){2,}",  # a path
    r"(?<![\w-])[\w-]+\.(?:csv|h5|jsonl?|keras|npz|pt|py)\b",  # a file
    r"<[^<>\n]{1,200}>",
    r"(?<!\w)'[^'\n]*'(?!\w)",  # a name in quotes; not the apostrophe of "can't"
    r'(?<!\w)"[^"\n]*"(?!\w)',
    r"=\s*[^\s,;()\[\]{}]+",  # the value after a name
    r"(?<![\w.])[\w.]*\d[\w.]*",
    r"\bnone\b",  # the length of an axis, or a name
    r":\s*[\w.]+\s*$",  # a name at the end
)
WORD = r"[a-z_]{2,}"
PATTERNS = {"type": TYPE, "noise": NOISE, "word": WORD}

_MESSAGE = re.compile(rf"({TYPE}): (\S.*)")
_NOISE = re.compile("|".join(f"(?:{each})" for each in NOISE), re.ASCII)
_WORD = re.compile(WORD)


def find(output: str) -> Iterator[tuple[str, str]]:
    """Yield type and text of each message in an output, at most one a line.

    A metric may be called `MeanSquaredError`, and what follows it is a number: no message.
    """
    for line in output.splitlines():
        if (match := _MESSAGE.search(line)) and len(words(match[2])) > 1:
            yield match[1], match[2].strip()


@cache  # the list of messages compares each with all others
def words(text: str) -> tuple[str, ...]:
    """Return the words of a message that stay the same in another program."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return tuple(_WORD.findall(_NOISE.sub(" ", plain)))
