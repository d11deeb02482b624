#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool-network does everything that needs libcurl or the NATS library. All other
# commands start without these libraries.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

make_installation "$T/i" "" "" '[queue bus]
forward = nats://127.0.0.1:1'
conf=$T/i/alertspool.conf

libraries() { ldd "$1" | grep -oE '^[[:blank:]]*lib(curl|nats|ssl)\b' | tr -d ' \t' | sort | tr '\n' ' '; }
is "$(libraries "$alertspool")" "" "alertspool is linked without the network's libraries"
if grep -q '^#define HAVE_CURL 1' "$builddir/config.h"; then
	like "$(libraries "$alertspool-network")" 'libcurl' "alertspool-network has libcurl"
fi

# ---- where it is looked for: beside the program, then where it is installed

mkdir "$T/alone"
cp "$alertspool" "$T/alone/"
alone=$T/alone/alertspool
cat >"$T/alone/alertspool-network" <<-'EOT'
	#!/bin/sh
	printf '<%s>' "$@" >"$0.arguments"
EOT
chmod 755 "$T/alone/alertspool-network"

# becomes NAME WORDS…: this command line is given on, word for word
becomes() {
	becomes_name=$1
	shift
	rm -f "$T/alone/alertspool-network.arguments"
	run 0 "$becomes_name" "$alone" "$@"
	is "$(cat "$T/alone/alertspool-network.arguments" 2>/dev/null)" \
		"$(printf '<%s>' "$@")" "$becomes_name: with the same arguments"
}

becomes "send" -c "$conf" send 'http://127.0.0.1:1/?a=b c' --source ''
becomes "forward" -c "$conf" forward nats://127.0.0.1:1
becomes "check --url" -c "$conf" check --json --url http://127.0.0.1:1/
becomes "check --nats" -c "$conf" check --nats nats://127.0.0.1:1
becomes "run of a queue that forwards" -c "$conf" run --limit 1 bus
becomes "atlas check" -c "$conf" atlas check --json one
becomes "atlas severity" -c "$conf" atlas severity one
becomes "atlas reconcile" -c "$conf" atlas reconcile -n one two
becomes "atlas ack" -c "$conf" atlas ack --comment 'two words' one
becomes "atlas unack" -c "$conf" atlas unack one

# A mistake on the command line is reported at once.
rm -f "$T/alone/alertspool-network.arguments"
run 64 "an option that send does not have" "$alone" send --no-such
run 0 "help of send" "$alone" send --help
ok "neither needs the other program" [ ! -e "$T/alone/alertspool-network.arguments" ]

# ---- it is not there

rm "$T/alone/alertspool-network"
installed=$(grep -aoE '/[a-zA-Z0-9/._-]+/alertspool-network' "$alone" | head -n 1)
like "$installed" '/libexec/alertspool/' "an installed one is in libexec"
if [ -e "$installed" ]; then
	skip "send says which program is missing" "$installed is installed here"
else
	run 69 "send without alertspool-network" "$alone" -c "$conf" send http://127.0.0.1:1/
	like "$(err)" "$installed: No such file.*install" "send says which program is missing"
fi
run 0 "list does not need it" "$alone" -c "$conf" list
done_testing
