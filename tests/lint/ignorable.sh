#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of characters that show nothing is the one that Unicode's data gives, as
# this machine's perl has them. A newer perl may know more of them: then run
# tools/ignorable again.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

perl -MUnicode::UCD -e 1 2>/dev/null || skip_all "perl has no Unicode::UCD here"
is "$(cat "$srcdir/src/lib/base/ignorable.h")" "$("$srcdir/tools/ignorable")" \
	"the table is what tools/ignorable writes"
like "$("$srcdir/tools/ignorable")" '^    \{0xfe00, 0xfe0f\},$' \
	"tools/ignorable writes ranges"
done_testing
