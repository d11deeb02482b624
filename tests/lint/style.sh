#!/bin/sh
# SPDX-License-Identifier: ISC
# Every file has a licence and a first comment, functions and lines are short, and the
# format is clang-format's.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
cd "$srcdir" || bail "no source tree"

c_files=$(find src tests/fuzz tests/unit tests/tools bench -name '*.[ch]' | sort)
programs=$(find src -name '*.c' | sort)
. tests/lint/scripts.sh

# empty OUTPUT NAME: nothing was found
empty() { is "$1" "" "$2"; }

# shellcheck disable=SC2086 # lists of files without blanks
{
	empty "$(grep -L 'SPDX-License-Identifier: ISC' $c_files $scripts \
		configure.ac Makefile.am)" "every file names its licence"
	empty "$(awk '
		FNR == 2 { comment = $0 }
		FNR == 3 {
			module = FILENAME
			gsub(/.*\/|\.c$/, "", module)
			if ((comment $0) !~ "^/\\*( \\*)? " module ": ")
				print FILENAME
		}' $programs)" 'every source begins with "module: what it is for"'
	empty "$(awk '
		FNR == 1 { inside = 0 }
		/^\{/ { inside = 1; begin = FNR }
		/^\}/ {
			if (inside && FNR - begin + 1 > 60)
				print FILENAME ":" begin ": " FNR - begin + 1
			inside = 0
		}' $programs)" "no function is over 60 lines"
	empty "$(awk 'FNR == 451 { print FILENAME }' $programs)" \
		"no source is over 450 lines"
	# Tests in sh have tables of commands, a row a line.
	empty "$(awk '{
		gsub(/\t/, "        ")
		if (length($0) > 100) print FILENAME ":" FNR
		}' $c_files quickstart check tools/*)" "no line is over 100 columns"
	empty "$(grep -nE '[[:blank:]]+$' $c_files $scripts configure.ac)" \
		"no blanks at the end of a line"
	empty "$(grep -nE '\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b' $c_files $scripts)" \
		"nothing is left for later"
	empty "$(grep -nE 'typedef struct' $c_files)" "structs have no second name"
}

# Versions differ in what they find pretty. This one is in Debian 12 and 13 alike.
if clang-format-19 --version >/dev/null 2>&1; then
	# shellcheck disable=SC2086
	empty "$(clang-format-19 -n $c_files 2>&1 | grep 'warning:' | cut -d: -f1 |
		sort | uniq -c)" "the format is that of .clang-format"
else
	skip "the format is that of .clang-format" "clang-format-19 is not installed"
fi

# shellcheck disable=SC2086 # words
empty "$(for script in $(awk 'FNR == 1 && /^#!/ { print FILENAME }' $scripts); do
	[ -x "$script" ] || echo "$script"
done)" "what begins with #! can be executed"

done_testing
