#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool run on a terminal: short IDs, a progress line, no control sequences from
# records.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

fill() {
	fill_spool "$@"
	short=$(printf %s "${one##*.}" | cut -c1-12)
}

# typed COLUMNS COMMAND: all bytes that a terminal this wide gets
typed() {
	TERM=${TERM_OF:-xterm} script -qec "stty cols $1; $2" /dev/null </dev/null
}

run="$alertspool -c $conf run"
printf '#!/bin/sh\nsleep 0.15; printf "\\033]0;x\\007hi\\n"; echo err >&2\n' >"$T/handler"
printf '#!/bin/sh\nsleep 0.15\n[ "$ALERTSPOOL_ID" != "$1" ]\n' >"$T/fails"
chmod 755 "$T/handler" "$T/fails"

fill 4 4
typed 80 "$run -- $T/handler" >"$T/typed"
is "$(tr -d '\r\n' <"$T/typed" | tr -d '[:print:]' | wc -c)" 0 "no control character but line ends"
tr '\r' '\n' <"$T/typed" >"$T/lines"
is "$(grep -cE '^[0-9a-f]{12}: \\u\{1b\}\]0;x\\u\{07\}hi$' "$T/lines")" 4 "output has a short id in front"
like "$(cat "$T/lines")" "^$short: err\$" "standard error, too"
like "$(cat "$T/lines")" '^[1-3] done, 0 failed, [0-3]\+? waiting, [0-9]+\.[0-9]/s, 0 dead, [01] running' \
	"a progress line is drawn meanwhile"
is "$(sed '/^ *$/d' "$T/lines" | tail -n 1 | cut -d, -f1-3)" "4 done, 0 failed, 0 waiting" \
	"the last one stays"
ok "and is redrawn at most ten times a second" test "$(grep -c 'running' "$T/lines")" -le 14

fill 2 2
NO_COLOR=1 typed 40 "$run -- $T/handler" | tr '\r' '\n' >"$T/lines"
like "$(cat "$T/lines")" '^2 done, 0 failed, 0 waiting, ' "with NO_COLOR as well, it has none"
ok "40 columns are enough" test "$(grep ' done, ' "$T/lines" | awk 'length > n { n = length }
	END { print n }')" -lt 40

fill 1 1
typed 0 "$run -- $T/handler" | tr '\r' '\n' >"$T/lines"
like "$(cat "$T/lines")" '^1 done, 0 failed, 0 waiting, .*, 0 dead, 0 running' \
	"a terminal that knows no width has room for all of it"

fill 2 2
one=$(cd "$spool/new" && ls | sed -n 2p)
short=$(printf %s "${one##*.}" | cut -c1-12)
typed 80 "$run --max-attempts 1 -- $T/fails $one" | tr '\r' '\n' >"$T/lines"
like "$(cat "$T/lines")" "^alertspool run: $short: dead: gave up after 1 attempt: exit 1\$" \
	"a dead letter is reported"
like "$(sed '/^ *$/d' "$T/lines" | tail -n 1)" '^1 done, 1 failed, 0 waiting, .*/s, 1 dead' "and counted"

fill 2 2
TERM_OF=dumb typed 80 "$run -- $T/handler" | tr '\r' '\n' >"$T/lines"
is "$(grep -c 'waiting' "$T/lines")" 0 "a dumb terminal gets no progress line"
fill 2 2
$run -- true >"$T/out" 2>"$T/err"
is "$(cat "$T/out" "$T/err")" "" "elsewhere it is quiet"
fill 2 2
typed 80 "$run -- $T/handler 2>$T/err" | tr '\r' '\n' >"$T/lines"
is "$(grep -c 'waiting' "$T/lines" "$T/err" | tr '\n' ' ')" "$T/lines:0 $T/err:0 " \
	"so it is with standard error in a file"
is "$(grep -cE "^20.*\.[0-9a-f]{32}: err" "$T/err")" 2 "where ids are long"

done_testing
