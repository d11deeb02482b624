#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""visible.py [--lines] FILE: are the strings of the newest request in FILE (a line of
vendors.py) free of invisible characters, control characters, and those that reorder text?
With --lines, FILE is a text, which may have newlines."""
import json
import sys
import unicodedata


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


# Default_Ignorable_Code_Point, beyond what is of category Cf (Unicode Annex 44)
IGNORABLE = {0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180f, 0x3164,
             0xffa0, *range(0xfe00, 0xfe10), *range(0xe0100, 0xe01f0)}


def hides(character):
    # Cf: Arabic number signs and the like are seen
    return (unicodedata.category(character) in ("Cc", "Zl", "Zp", "Co", "Cs") or
            ord(character) in IGNORABLE or ord(character) & 0xfffe == 0xfffe or
            unicodedata.category(character) == "Cf" and not 0x600 <= ord(character) <= 0x605
            and ord(character) not in (0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd)
            and not 0x13430 <= ord(character) <= 0x13440)


def main():
    if sys.argv[1] == "--lines":
        with open(sys.argv[2], encoding="utf-8", newline="") as file:
            texts = file.read().split("\n")
    else:
        with open(sys.argv[1], encoding="utf-8") as file:
            texts = list(strings(json.loads(json.loads(file.readlines()[-1])["body"])))
    bad = sorted({f"U+{ord(c):04X}" for text in texts for c in text if hides(c)})
    if bad:
        sys.exit(" ".join(bad))


if __name__ == "__main__":
    main()
