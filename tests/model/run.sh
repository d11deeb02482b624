#!/bin/sh
# SPDX-License-Identifier: ISC
# The protocol as a model: every interleaving of it is right, and each variant
# that leaves something out is found to be wrong.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
model=$srcdir/tests/model/protocol.py

ok "the protocol" "$python" "$model"
diag "$(cat "$T/ok.out")"
variants=$("$python" "$model" --list)
for variant in $variants; do
	ok "fails: $variant" "$python" "$model" --variant "$variant"
	diag "$(cat "$T/ok.out")"
done
like "$(echo "$variants" | wc -w)" '^1[0-9]$' "there are variants"
done_testing
