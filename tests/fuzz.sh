#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs every fuzz target over the seeds and the inputs that fuzzing found worth keeping:
# each input, some changes of it, and every beginning of those of the corpora.
# tests/fuzz/run looks for more. LONG=1 makes five hundred times as many changes.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

targets=$builddir/tests/fuzz
corpus=$srcdir/tests/fuzz/corpus
changes=2
export ALERTSPOOL_SCHEMA="$srcdir/schema/record.schema.json"
[ -z "${LONG:-}" ] || changes=1000

mkdir "$T/bodies" "$T/json" "$T/records" "$T/names" "$T/bad"
for case in "$srcdir"/tests/data/*/; do
	name=$(basename "$case")
	cp "$case/body" "$T/bodies/$name"
	cp "$case/body" "$T/json/$name"
	if [ -f "$case/event" ]; then
		{ cat "$case/body"; printf '\377'; cat "$case/event"; } >"$T/bodies/$name.event"
	fi
done

# replay TARGET [-p] PATH…
replay() {
	target=$1
	shift
	if FUZZ_ARTIFACT=$T/bad/$target "$targets/$target" -m "$changes" "$@" \
	    >"$T/replay" 2>&1; then
		pass "$target: $(sed -n 's/^# \([0-9]* inputs\)$/\1/p' "$T/replay")"
	else
		fail "$target" "the input that broke it:"
		diag_file "$T/replay" 10
		od -c "$T/bad/$target" | head -n 40 | sed 's/^/#   /'
	fi
}

# The records made from the seeds and the corpus fit the schema. They are the seeds of the
# next target, which reads records.
ALERTSPOOL_RECORDS=$T/records "$targets/body" "$T/bodies" "$corpus/body" >"$T/made" 2>&1
is $? 0 "a record for every body"
diag_file "$T/made" 3
ok "every record fits the schema" "$python" "$srcdir/tests/validate" \
    "$srcdir/schema/record.schema.json" "$T/records"
mkdir "$T/some"
n=0
for record in "$T/records"/*; do
	n=$((n + 1))
	[ $((n % 50)) -ne 0 ] || cp "$record" "$T/some/"
	[ $((n % 50)) -ne 0 ] || basename "$record" >"$T/names/$n"
done

replay body "$T/bodies"
replay json "$T/json"
replay record "$T/some"
replay name "$T/names"
for target in atlas body json name query record settings signature; do
	replay "$target" -p "$corpus/$target"
done
# Every beginning of one sample of the sender's.
for target in body json; do
	replay "$target" -p "$srcdir/tests/data/host-metric-raw/body"
done
done_testing
