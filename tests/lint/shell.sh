#!/bin/sh
# SPDX-License-Identifier: ISC
# The shell scripts, as shellcheck sees them: it finds nothing.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
cd "$srcdir" || bail "no source tree"
command -v shellcheck >/dev/null || skip_all "shellcheck is not installed"

. tests/lint/scripts.sh


# What a script sources is read again for each script. Of the tests' libraries
# the names of variables are enough there; the first one is looked at by itself.
for script in $scripts; do
	mkdir -p "$T/tree/$(dirname "$script")" && cp "$script" "$T/tree/$script"
done
for library in tests/lib.sh tests/atlas/rig.sh tests/cli/run.sh tests/crash/cuts.sh \
	tests/forward/nats.sh tests/handlers/handlers.sh tests/host/guest.sh \
	tests/lint/scripts.sh tests/queues/queues.sh tests/web/cases.sh tests/web/front.sh; do
	{
		grep '^\. ' "$library"
		grep -oE '\b[a-z_0-9]+=' "$library" | sort -u | sed 's/$/x/'
	} >"$T/tree/$library"
done
# shellcheck disable=SC2086
is "$(shellcheck -s sh -S warning -e SC1010,SC1091,SC2034 tests/lib.sh
	cd "$T/tree" && shellcheck -x -s sh -S warning \
		-e SC1010,SC1091,SC2034 $scripts)" "" \
	"shellcheck finds nothing"

done_testing
