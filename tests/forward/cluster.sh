#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool forward to a cluster of three servers with three replicas, under load: the
# leader is killed and restarted, all servers are down, one is stopped as if behind a
# partition. No message is lost, doubled, dead, or out of order.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/forward/nats.sh"

installation
start_cluster
run 0 "the stream is made, with three replicas" forward "$conf" --create-stream 3 "$url"
like "$(nats api "$p1" '$JS.API.STREAM.INFO.ATLAS_ALERTS')" '"num_replicas": 3' \
	"the cluster has it so"
run 78 "another number of replicas" forward "$conf" --create-stream 1 "$url"
like "$(err)" 'has 3 replicas, not 1' "another number of replicas: the message"

# load TURN ROUNDS N: N new records each time, while the forwarder runs
load() {
	for round in $(seq "$2"); do
		"$tools/seed" "$spool" "$3" $(($3 / 4)) new \
			$(($1 * 100000 + round * 10000)) || return 1
		sleep 0.3
	done
}

# settle NAME [PORT]: everything goes; then the account is drawn
settle() {
	wait_for '[ "$(left "$spool")" -eq 0 ]' 300 ||
		diag_file "$T/forward.log"
	is "$(spool_count "$spool" '\(new\|cur\|dead\)/')" 0 "$1: all is forwarded"
	in_stream "$1: once each, as they are, in order" "${2:-$p1}" "$spool"
	is "$(grep -c ': dead: ' "$T/forward.log")" 0 "$1: none is dead"
}

per=$(length 100 1000)
new='' here=''
start forward "$alertspool" -c "$conf" forward --follow --lease 5s --timeout 2s "$url"

# ---- the leader

load 1 2 "$per"
old=$(leader "$p1")
load 2 6 "$per" & loader=$!
wait_for '[ "$(spool_count "$spool" done/)" -gt '$((per * 2 + per / 2))' ]' 120
kill_nats "n$old"
wait "$loader" || bail "load"
eval "here=\$p$((old % 3 + 1))"
wait_for 'new=$(leader $here); [ -n "$new" ] && [ "$new" != "$old" ]' 120
ok "another node leads" [ "$new" != "$old" ]
start_node "$old"
settle "leader killed under load" "$here"

# ---- all of them

load 3 6 "$per" & loader=$!
sleep 0.5
for i in 1 2 3; do kill_nats n$i; done
down=$(date +%s)
wait "$loader" || bail "load"
wait_for '[ "$(($(date +%s) - down))" -ge '"$(length 4 20)"' ]' 120
ok "records wait while all nodes are down" \
	[ "$(spool_count "$spool" '\(new\|cur\)/')" -gt 0 ]
is "$(spool_count "$spool" dead/)" 0 "and none is dead"
for i in 1 2 3; do start_node $i; done
settle "all nodes killed and started"

# ---- a partition: the leader hears and says nothing, but keeps its sockets

old=$(leader "$p1")
load 4 6 "$per" & loader=$!
sleep 0.5
kill -STOP "$(pid_of "n$old")"
wait "$loader" || bail "load"
eval "here=\$p$((old % 3 + 1))"
wait_for 'new=$(leader $here); [ -n "$new" ] && [ "$new" != "$old" ]' 120
settle "leader stopped" "$here"
kill -CONT "$(pid_of "n$old")"
settle "and running again" "$here"

stop forward
is "$?" 0 "the forwarder ends with 0"
done_testing
