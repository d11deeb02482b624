#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of invisible characters matches the Unicode data of this machine's perl. If
# a newer perl has more of them, run tools/ignorable again.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

perl -MUnicode::UCD -e 1 2>/dev/null || skip_all "perl has no Unicode::UCD here"
is "$(cat "$srcdir/src/lib/base/ignorable.h")" "$("$srcdir/tools/ignorable")" \
	"the table is what tools/ignorable writes"
like "$("$srcdir/tools/ignorable")" '^    \{0xfe00, 0xfe0f\},$' \
	"tools/ignorable writes ranges"
# handlers/common.sh has them in decimal, together with those of escape.c.
is "$("$python" - "$srcdir" <<'EOT'
import re, sys
def points(text, pattern):
    return {c for low, high in re.findall(pattern, text)
            for c in range(int(low, 0), int(high, 0) + 1)}
def read(name):
    return open(f"{sys.argv[1]}/{name}", encoding="utf-8").read()
c = r"\{(0x[0-9a-f]+), (0x[0-9a-f]+)\}"
ours = points(read("src/lib/base/ignorable.h") + read("src/lib/base/escape.c"), c)
hidden = re.search(r"def hidden:(.*?);\n", read("handlers/common.sh"), re.S).group(1)
last = {plane << 16 | low for plane in range(17) for low in (0xfffe, 0xffff)}
theirs = points(hidden, r"\[(\d+), (\d+)\]")
print(len(ours) > 10000, [hex(c) for c in sorted((ours | last) ^ (theirs | last))][:10])
EOT
)" "True []" "the handlers hide the same characters"
done_testing
