# SPDX-License-Identifier: ISC
# nats.sh: servers for the tests of forward; sourced after lib.sh and run.sh.

"$alertspool" help --tables | grep -q '^command	forward	' ||
	bail "alertspool has no forward"
grep -q '^#define HAVE_NATS 1' "$builddir/config.h" ||
	skip_all "built without libnats"
command -v nats-server >/dev/null || bail "nats-server is not installed"

nats() { "$python" "$srcdir/tests/forward/nats.py" "$@"; }

# start_nats NAME PORT OPTION…: a server; its store is $T/NAME.store
start_nats() {
	nats_name=$1
	nats_port=$2
	shift 2
	start "$nats_name" nats-server -a 127.0.0.1 -p "$nats_port" -js \
		-sd "$T/$nats_name.store" "$@"
	wait_for 'listens "$nats_port"' 20 || bail "nats-server does not listen"
}

# one_receiver: its settings $conf and its spool $spool; no server yet at $port, $url
one_receiver() {
	make_installation "$T/i"
	conf=$T/i/alertspool.conf
	spool=$T/i/spool
	port=$(free_port)
	url=nats://127.0.0.1:$port
}

# start_stream: a server there, with the stream
start_stream() {
	start_nats nats "$port"
	forward "$conf" --create-stream 1 "$url" 2>/dev/null || bail "no stream"
}

# kill_nats NAME: at once, as a crash would
kill_nats() {
	stop "$1" KILL >/dev/null 2>&1
	return 0
}

# start_cluster: three servers n1 n2 n3 at $p1 $p2 $p3
start_cluster() {
	p1=$(free_port) p2=$(free_port) p3=$(free_port)
	r1=$(free_port) r2=$(free_port) r3=$(free_port)
	for i in 1 2 3; do start_node $i; done
	url=nats://127.0.0.1:$p1,127.0.0.1:$p2,127.0.0.1:$p3
}

start_node() {
	eval "node_port=\$p$1 node_route=\$r$1"
	# shellcheck disable=SC2154
	start_nats "n$1" "$node_port" -n "n$1" --cluster_name test \
		--cluster "nats://127.0.0.1:$node_route" --routes \
		"nats://127.0.0.1:$r1,nats://127.0.0.1:$r2,nats://127.0.0.1:$r3"
}

# leader: the number of the node that leads the stream; asks the given port
leader() {
	nats api "$1" '$JS.API.STREAM.INFO.ATLAS_ALERTS' 2>/dev/null |
		sed -n 's/.*"leader": "n\([123]\)".*/\1/p'
}

# forward CONF OPTION…: ends with the queue empty, or is tried again
forward() {
	forward_conf=$1
	shift
	"$alertspool" -c "$forward_conf" forward "$@"
}

# drain CONF OPTION…: until it says that the queue is empty; 75 is tried again
drain() {
	drain_until=$(($(date +%s) + 600))
	until forward "$@" >>"$T/drain.log" 2>&1; do
		[ $? -eq 75 ] && [ "$(date +%s)" -lt "$drain_until" ] || return 1
		sleep 0.2
	done
}

# in_stream NAME PORT SPOOL…: each record of done/ is in the stream, once, unchanged and in
# order; and how many
in_stream() {
	stream_name=$1
	stream_port=$2
	shift 2
	nats wait "$stream_port" ATLAS_ALERTS || bail "no stream"
	nats consume "$stream_port" ATLAS_ALERTS "$T/messages" || bail "no consumer"
	ok "$stream_name" nats check "$T/messages" "$@"
	diag "$(tail -n 1 "$T/ok.out")"
}

# left SPOOL: how many records are in new/ or cur/
left() { find "$1/new" "$1/cur" -type f | wc -l; }

# empty_spool SPOOL
empty_spool() { find "$1" -type f ! -name lock -delete; }
