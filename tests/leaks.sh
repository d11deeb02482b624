#!/bin/sh
# SPDX-License-Identifier: ISC
# Every test that makes a secret ends with a search for it (tests/lib.sh). Here secrets
# are leaked on purpose, and the search must find each. Our programs start no program
# with a secret among its arguments or in its environment.

srcdir=${srcdir:-$(dirname "$0")/..}
. "$srcdir/tests/lib.sh"
make_installation "$T/i"
word=$(cat "$T/i/secret")
cd "$T" || bail "cd"

# found NAME: $T/planted is reported; then it is removed
found() {
	like "$(leaking_files)" "^$T/planted" "found: $1"
	rm -rf "$T/planted"*
}

is "$(leaking_files; leaking_processes)" "" "nothing has leaked"

# ---- files

printf 'level=info %s\n' "$word" >"$T/planted"
found "in a line"
printf 'a\0b\200%s\0' "$word" >"$T/planted"
found "among other bytes"
mkdir "$T/planted" && echo "$word" >"$T/planted/.deep"
found "in a directory"
: >"$T/planted-$word"
found "as a name"
cp "$T/i/secret" "$T/planted"
found "in a copy of its file"
hex=$(printf %s "$word" | od -An -v -tx1 | tr -d ' \n')
echo "x$hex" >"$T/planted"
found "in hexadecimal"
echo "$hex" | tr a-f A-F >"$T/planted"
found "in capital hexadecimal"
echo "$hex" | sed 's/../%&/g' >"$T/planted"
found "percent-encoded"
echo "$hex" | tr a-f A-F | sed 's/../%&/g' >"$T/planted"
found "percent-encoded in capitals"
for before in '' 1 22 333 4444; do
	for behind in '' 1 22; do
		printf %s "$before$word$behind" | base64 -w 0 >"$T/planted"
		found "in Base64, ${#before} bytes before it and ${#behind} behind"
	done
done
: >"$T/core.4711"
like "$(leaking_files)" 'core\.4711$' "found: a core"
rm "$T/core.4711"
echo "$word" >"$T/meant"
holds_secret "$T/meant"
is "$(leaking_files)" "" "not told: a copy that is meant so"

# ---- processes

wait_here='import signal; signal.pause()'
start planted "$python" -c "$wait_here" "$word"
ok "found: an argument" wait_for 'leaking_processes | grep -q /cmdline:'
stop planted
like "$(cat "$T/leaking")" '/cmdline: python3' "and not forgotten with the process"
start planted env "WORD=$word" "$python" -c "$wait_here"
ok "found: a variable" wait_for 'leaking_processes | grep -q /environ:'
stop planted
: >"$T/leaking"

# ---- what ours start

if ! command -v strace >/dev/null || ! strace -qq -o "$T/trace" true 2>/dev/null; then
	skip "what programs tell others" "strace cannot trace here"
	done_testing
fi

# traced NAME COMMAND…: whatever it executes is not told a secret. The arguments and
# the environment of a process are those of its execve(2).
traced() {
	name=$1
	shift
	strace -f -qq -v -s 100000 -e trace=execve -o "$T/trace" "$@" >"$T/traced" 2>&1
	like "$(cat "$T/trace")" 'execve\(.* = 0$' "$name: traced"
	is "$(grep -F -f "$T/secrets" "$T/trace")" "" "$name: tells no other program"
}

conf=$T/i/alertspool.conf
make_secret "$T/i/token"
echo "token_file = $T/i/token" >>"$conf"
make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/body"
traced sign sh -c '"$1" sign -c "$2" <"$3"' - "$alertspool" "$conf" "$T/body"
traced verify sh -c '"$1" verify -c "$2" --signature x <"$3"' - "$alertspool" "$conf" "$T/body"
traced check "$alertspool" check -c "$conf"
traced send "$alertspool" send -c "$conf" http://127.0.0.1:1/atlas
traced -t "$responder" -t -c "$conf"
"$tools/seed" "$T/i/spool" 2 2 || bail "seed"
traced run "$alertspool" run -c "$conf" -- env
like "$(cat "$T/trace")" 'execve\("[^"]*/env", \["env"\]' "run: its handler, too"
done_testing
