#!/bin/sh
# SPDX-License-Identifier: ISC
# The protocols as models: every interleaving of them is right, and each variant
# that leaves something out is found to be wrong.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

for protocol in protocol queues rest; do
	model=$srcdir/tests/model/$protocol.py
	ok "$protocol" "$python" -B "$model"
	diag "$(cat "$T/ok.out")"
	variants=$("$python" -B "$model" --list)
	for variant in $variants; do
		ok "$protocol fails: $variant" "$python" -B "$model" --variant "$variant"
		diag "$(cat "$T/ok.out")"
	done
	like "$(echo "$variants" | wc -w)" '^[1-9][0-9]$' "$protocol has variants"
done
done_testing
