#!/bin/sh
# SPDX-License-Identifier: ISC
# What a reader may rely on in every file: a licence, a first comment, short
# functions and lines, one format; shell that shellcheck has nothing against.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
cd "$srcdir" || bail "no source tree"

c_files=$(find src tests/fuzz tests/unit tests/tools bench -name '*.[ch]' | sort)
programs=$(find src -name '*.c' | sort)
scripts=$(grep -rlE '^#!/bin/sh' quickstart check .ci tools tests examples handlers bench \
	2>/dev/null | sort; echo tests/lib.sh handlers/common.sh)

# empty OUTPUT NAME: nothing was found
empty() { is "$1" "" "$2"; }

# shellcheck disable=SC2086 # lists of files without blanks
{
	empty "$(grep -L 'SPDX-License-Identifier: ISC' $c_files $scripts \
		configure.ac Makefile.am)" "every file names its licence"
	empty "$(for f in $programs; do
		head -n 2 "$f" | tail -n 1 | grep -q '^/\*' || echo "$f"
	done)" "every source begins with what it is about"
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

empty "$(for script in $scripts; do
	[ -x "$script" ] || ! head -n 1 "$script" | grep -q '^#!' || echo "$script"
done)" "what begins with #! can be executed"

if command -v shellcheck >/dev/null; then
	# What a script sources is read again for each script. Of the tests' libraries
	# the names of variables are enough there; the first one is looked at by itself.
	for script in $scripts; do
		mkdir -p "$T/tree/$(dirname "$script")" && cp "$script" "$T/tree/$script"
	done
	for library in tests/lib.sh tests/atlas/rig.sh tests/cli/run.sh tests/crash/cuts.sh \
		tests/forward/nats.sh \
		tests/handlers/handlers.sh tests/queues/queues.sh tests/web/cases.sh tests/web/front.sh; do
		{
			grep '^\. ' "$library"
			grep -oE '\b[a-z_0-9]+=' "$library" | sort -u | sed 's/$/x/'
		} >"$T/tree/$library"
	done
	# shellcheck disable=SC2086
	empty "$(shellcheck -s sh -S warning -e SC1010,SC1091,SC2034 tests/lib.sh
		cd "$T/tree" && shellcheck -x -s sh -S warning \
			-e SC1010,SC1091,SC2034 $scripts)" \
		"shellcheck has nothing to say"
else
	skip "shellcheck has nothing to say" "shellcheck is not installed"
fi

done_testing
