#!/bin/sh
# SPDX-License-Identifier: ISC
# The clock is set a day forward or back while a FastCGI responder and a runner are
# working: deliveries are stored, duplicates are recognized, leases and deferrals end in
# time, and no record is handled twice because of it.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
preload clock
installation "" "workers = 2"
day=86400

# clock SECONDS: so far ahead of the real one, from now on
clock() { printf '%-16s' "$1" | dd of="$T/ahead" conv=notrunc 2>/dev/null; }
clock 0
CLOCK_AHEAD=$T/ahead
export CLOCK_AHEAD
c() { env LD_PRELOAD="$T/clock.so" "$alertspool" -c "$conf" "$@"; }
# post NUMBER: the same alert each time for the same number; its status
post() {
	make_alert "$(printf '%024x' "$1")" >"$T/body"
	env LD_PRELOAD= "$python" - "$T/socket" "$T/i/secret" "$T/body" "$srcdir/tests/web" <<-'PY'
		import sys
		sys.path.insert(0, sys.argv[4])
		import peer
		body = open(sys.argv[3], "rb").read()
		with peer.connect(sys.argv[1]) as connection:
		    connection.sendall(b"".join(peer.request(
		        open(sys.argv[2], "rb").read().rstrip(b"\n"), body)))
		    print(peer.status_of(connection))
	PY
}
received() { "$alertspool" -c "$conf" show --json "$1" | jq -r .received_at | cut -c1-10; }
date_of() { date -u -d "@$(($(date +%s) + $1))" +%Y-%m-%d; }

start responder env LD_PRELOAD="$T/clock.so" "$responder" -c "$conf" --listen "unix:$T/socket"
wait_for 'listens "$T/socket"' || bail "no responder"
n=0
for ahead in 0 $day -$day; do
	clock $ahead
	n=$((n + 1))
	is "$(post $n)" 200 "$ahead s: stored"
	is "$(post $n)" 200 "$ahead s: again"
	is "$(post 1)" 200 "$ahead s: what was before"
	is "$(spool_count "$spool")" $n "$ahead s: is a duplicate"
	id=$(ls "$spool/new" | sed -n "/$(printf '%024x' $n)/p")
	wanted=$(date_of $ahead)
	like "$(received "$id") $(date_of $ahead)" "$wanted" "$ahead s: it tells its own time"
done
is "$(grep -c 'level=error' "$T/responder.log")" 0 "nobody complains"
stop responder
is $? 0 "the responder ends well"
valid_spool "every record fits the schema" "$spool"

# ---- leases

# What was given back by a clock that is ahead waits until the right one is there.
give_back() {
	clock 0
	for id in $(out); do c release "$id" >"$T/released"; done
}

for ahead in $day -$day; do
	clock 0
	run 0 "$ahead s: claimed" c claim
	id=$(out)
	run 0 "$ahead s: nothing of it is free" c claim --dry-run -n 9
	unlike "$(out)" "$id" "$ahead s: it is leased"
	clock $ahead
	run 0 "$ahead s: then" c claim -n 9
	like "$(out)" "$id" "$ahead s: a lease ends with the clock"
	give_back

	# A day and more ahead is a clock that was wrong, and counts as due.
	clock 0
	run 0 "$ahead s: claimed again" c claim
	id=$(out)
	run 0 "$ahead s: deferred" c release --delay 10m "$id"
	run 0 "$ahead s: not now" c claim -n 9 --dry-run
	unlike "$(out)" "$id" "$ahead s: it is not before its time"
	clock $ahead
	run 0 "$ahead s: afterwards" c claim -n 9
	like "$(out)" "$id" "$ahead s: a deferral ends with the clock"
	give_back
done

# ---- a runner, and a handler that is at work meanwhile

cat >"$T/handler" <<'EOT'
#!/bin/sh
echo "$ALERTSPOOL_ID" >>"$1/handled"
[ -e "$1/go" ] || : >"$1/waits"
until [ -e "$1/go" ]; do sleep 0.05; done
EOT
chmod 755 "$T/handler"
start runner env LD_PRELOAD="$T/clock.so" "$alertspool" -c "$conf" run --follow --lease 1s -- \
    "$T/handler" "$T"
ok "a handler is at work" wait_for '[ -e "$T/waits" ]'
for ahead in $day 0 -$day 0; do
	clock $ahead
	sleep 0.7 # two renewals of the lease
	c claim -n 9 >"$T/out" 2>&1
	unlike "$(cat "$T/out")" "$(head -n 1 "$T/handled")" "$ahead s: what is handled is nobody else's"
	for id in $(cat "$T/out"); do c release "$id" >"$T/released"; done
done
touch "$T/go"
ok "all are done" wait_for '[ "$(spool_count "$spool" done/)" -eq 3 ]'
is "$(sort "$T/handled" | uniq -d)" "" "and none twice"
stop runner
is $? 0 "the runner ends well"
done_testing
