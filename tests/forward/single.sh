#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool forward to one server: what arrives (once, byte for byte), what each answer
# means, requeue, signals, and access.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/forward/nats.sh"

make_installation "$T/a"
make_installation "$T/b"
cp "$T/a/secret" "$T/b/secret"
conf=$T/a/alertspool.conf
port=$(free_port)
url=nats://127.0.0.1:$port

history_of() { cat "$T/a/spool/history/$1"; }
messages() {
	nats api "$port" '$JS.API.STREAM.INFO.ATLAS_ALERTS' |
		sed -n 's/.*"messages": \([0-9]*\).*/\1/p'
}
purge() { nats api "$port" '$JS.API.STREAM.PURGE.ATLAS_ALERTS' >/dev/null; }
edit() { # KEY VALUE: of the stream's settings
	nats api "$port" '$JS.API.STREAM.INFO.ATLAS_ALERTS' |
		"$python" -c 'import json, sys
config = json.load(sys.stdin)["config"]
config[sys.argv[1]] = json.loads(sys.argv[2])
print(json.dumps(config))' "$1" "$2" >"$T/config"
	nats api "$port" '$JS.API.STREAM.UPDATE.ATLAS_ALERTS' "$(cat "$T/config")" |
		grep -q '"config"' || bail "the stream's $1 cannot be changed"
}

# ---- words of the command line ----------------------------------------------

run 64 "a password in the URL is refused" forward "$conf" nats://u:secret@127.0.0.1
like "$(err)" '--auth FILE' "and the option for it"
unlike "$(err)" 'secret@' "and it is not repeated"
run 64 "no scheme" forward "$conf" 127.0.0.1:4222
run 64 "no host" forward "$conf" nats://
run 64 "a wildcard in the subject" forward "$conf" --subject 'a.*' "$url"
run 64 "an unknown field in the subject" forward "$conf" --subject 'a.{x}' "$url"
run 64 "an empty token in the subject" forward "$conf" --subject 'a..b' "$url"
run 64 "no name of a stream" forward "$conf" --stream a.b "$url"
run 64 "two kinds of credentials" forward "$conf" --auth x --creds y "$url"
run 66 "a file of credentials that is not there" forward "$conf" --creds "$T/none" "$url"
run 69 "a batch of more than may be open" sh -c 'ulimit -n 1024; "$@"' - \
	"$alertspool" -c "$conf" forward --batch 1024 "$url"
like "$(err)" 'LimitNOFILE' "says what to do"
printf 'NATS_TOKEN=x\n' >"$T/open"
run 78 "a file of secrets that others can read" forward "$conf" --auth "$T/open" "$url"

# ---- everything that arrives ------------------------------------------------

start_nats nats "$port"
run 69 "no stream" forward "$conf" "$url"
like "$(err)" '--create-stream' "and the option that makes one"
records=$(length 600 20000)
"$tools/seed" "$T/a/spool" "$records" "$((records / 10))" || bail "seed"
stored=0
for case in "$srcdir"/tests/data/*/; do
	[ -f "$case/event" ] && event=$(cat "$case/event") || event=alert.open
	[ -s "$case/body" ] || continue
	stored=$((stored + 1))
	[ -n "$(store "$conf" "$case/body" "$event")" ] || stored=$((stored - 1))
	[ "$stored" -lt "$(length 40 1000)" ] || break
done
diag "$stored cases stored"
find "$T/a/spool/bad" -type f -delete
cp -a "$T/a/spool/new/." "$T/b/spool/new/"
cp -a "$T/a/spool/new" "$T/seen"
begin=$(date +%s%N)
run 0 "all is forwarded, the stream made" forward "$conf" --create-stream 1 "$url"
diag "$(ls "$T/seen" | wc -l) records in $((($(date +%s%N) - begin) / 1000000)) ms"
like "$(err)" 'made stream ATLAS_ALERTS' "and a message"
is "$(spool_files "$T/a/spool" | grep -vc '^done/')" 0 "nothing is left"
is "$(find "$T/a/spool/history" -type f 2>/dev/null | wc -l)" 0 "no history: each was stored at once"
in_stream "every record is there, once and byte for byte, in order" "$port" "$T/a/spool"
is "$(ls "$T/a/spool/done" | wc -l)" "$(ls "$T/seen" | wc -l)" "and none is missing"
is "$(grep -cE '"signature..:[^,]*,..signature_verdict' "$T/messages") $(grep -c signature_verdict \
	"$T/messages")" "0 $(wc -l <"$T/messages")" "no signature is in a body"
like "$(nats api "$port" '$JS.API.STREAM.INFO.ATLAS_ALERTS')" \
	'"subjects": \["atlas.alerts.\*.\*"\].*"discard": "new", "storage": "file".*"duplicate_window": 2592000000000000' \
	"the stream is as promised"
one=$(grep -F '"subject": "atlas.alerts.000000000000000000000007.' "$T/messages" | head -n 1)
for header in '"Alertspool-Record-Version": "1"' '"Alertspool-State": "open"' \
	'"Alertspool-Event-Type": "OUTSIDE_METRIC_THRESHOLD"' \
	'"Alertspool-Source": "default"' '"Nats-Expected-Stream": "ATLAS_ALERTS"'; do
	like "$one" "$header" "a header: $header"
done

# ---- the manual's consumer

awk '/^\.Bd -literal/ { text = ""; inside = 1; next }
	/^\.Ed/ && inside { if (text ~ /nats\/nats\.h/) printf "%s", text; inside = 0 }
	inside { text = text $0 "\n" }' "$srcdir/man/alertspool.1" >"$T/printer.c"
# shellcheck disable=SC2046 # words
ok "the manual's sample consumer compiles" ${CC:-cc} -Wall -o "$T/printer" "$T/printer.c" \
	$(pkg-config --cflags --libs libnats)
ok "and runs" sh -c '"$1" "$2" >"$3"' - "$T/printer" "$url" "$T/printed"
is "$(sed 's/^{"record_version":1,"id":"\([^"]*\)".*/\1/' "$T/printed" | LC_ALL=C sort | cksum)" \
	"$(cd "$T/seen" && LC_ALL=C ls | cksum)" "it prints every record, once"
"$T/printer" "$url" >"$T/printed"
is "$(wc -l <"$T/printed")" 0 "and acknowledges: another run prints nothing"

# ---- two receivers of the same deliveries

run 0 "a second receiver with the same deliveries" forward "$T/b/alertspool.conf" "$url"
in_stream "makes no second message" "$port" "$T/a/spool" "$T/b/spool"
is "$(messages)" "$(ls "$T/seen" | wc -l)" "there are as many messages as deliveries"
"$alertspool" -c "$T/b/alertspool.conf" stats --prometheus >"$T/stats"
is "$(sed -n 's/^alertspool_forwarded_total{result="duplicate"} //p' "$T/stats")" \
	"$(ls "$T/seen" | wc -l)" "and the duplicates are counted"
like "$(cat "$T/b/spool/history/$(ls "$T/b/spool/done" | head -n 1)")" \
	'"what":"ack","why":"ATLAS_ALERTS [0-9]+ \(duplicate\)"' "and noted"

# ---- requeue

id=$(ls "$T/a/spool/done" | head -n 1)
run 0 "requeue" "$alertspool" -c "$conf" requeue "$id"
before=$(messages)
run 0 "forward what was requeued" forward "$conf" "$url"
is "$(messages)" "$((before + 1))" "it is stored once more"
"$alertspool" -c "$conf" requeue "$id" >/dev/null
forward "$conf" "$url"
nats consume "$port" ATLAS_ALERTS "$T/messages"
is "$(tail -n 2 "$T/messages" | grep -o '"Nats-Msg-Id": "[^"]*"' | tr '\n' ' ')" \
	"\"Nats-Msg-Id\": \"$id+1\" \"Nats-Msg-Id\": \"$id+2\" " "with +N behind its id"
is "$(tail -n 1 "$T/messages" | grep -c "\"Alertspool-Id\": \"$id\"")" 1 \
	"and its name in the header"

# ---- another subject

run 78 "a subject that the stream does not take" forward "$conf" --subject other "$url"
like "$(err)" 'does not take other' "the message comes before anything is published"
edit subjects '["atlas.alerts.*.*", "x.>"]'
make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/body"
id=$(store "$conf" "$T/body")
run 0 "a template of fields" forward "$conf" \
	--subject 'x.{alert}.{severity}.{source}-{state}.{category}' "$url"
nats consume "$port" ATLAS_ALERTS "$T/messages"
like "$(tail -n 1 "$T/messages")" \
	'"subject": "x.5d1b6f8e8c2e4e2d3c4a5b6c.-.default-open.host-metric"' \
	"has the fields in it"

# ---- too large: dead at once

printf '{"id":"5d1b6f8e8c2e4e2d3c4a5b6d","x":"%0200000d"}' 1 >"$T/large"
id=$(store "$conf" "$T/large")
edit max_msg_size 100000
run 0 "a record that is too large for the stream" forward "$conf" "$url"
is "$(ls "$T/a/spool/dead")" "$id" "is dead"
like "$(history_of "$id")" '"what":"bury","why":"the broker says: message size exceeds maximum' \
	"with the reason"
like "$(err)" 'records of over 100000 bytes become dead letters' "after a warning"
edit max_msg_size -1
run 0 "requeued when there is room" "$alertspool" -c "$conf" requeue "$id"
run 0 "it is forwarded" forward "$conf" "$url"
is "$(ls "$T/a/spool/dead" | wc -l)" 0 "and not dead any more"

# ---- the stream is full, or gone: nothing is dead, nothing lost

empty_spool "$T/b/spool"
purge
"$tools/seed" "$T/b/spool" 300 300 new 1000000 || bail "seed"
edit max_msgs 100
start full "$alertspool" -c "$T/b/alertspool.conf" forward --follow "$url"
wait_for 'grep -q "records wait" "$T/full.log"' 120 || fail "full" "$(cat "$T/full.log")"
like "$(cat "$T/full.log")" 'maximum messages exceeded' "a full stream: the message"
is "$(spool_count "$T/b/spool" done/)" 100 "what it took is done"
is "$(spool_count "$T/b/spool" dead/) $(spool_count "$T/b/spool" '\(new\|cur\)/')" \
	"0 200" "the rest is in the spool"
edit max_msgs -1
wait_for '[ "$(spool_count "$T/b/spool" done/)" -eq 300 ]' 180 || diag_file "$T/full.log"
is "$(spool_count "$T/b/spool" done/)" 300 "and goes when there is room"
is "$(messages)" 300 "as one message each"
like "$(find "$T/b/spool/history" -type f -exec tail -qn 1 {} + |
	sed 's/.*"what":"\([a-z]*\)","why":"ATLAS_ALERTS [0-9]*".*/\1/' | sort -u)" '^ack$' \
	"histories of refused records end with the message's place"

nats api "$port" '$JS.API.STREAM.DELETE.ATLAS_ALERTS' >/dev/null
id=$(store "$T/b/alertspool.conf" "$T/body")
wait_for 'grep -q "JetStream does not answer" "$T/full.log"' 120 || diag_file "$T/full.log"
like "$(cat "$T/full.log")" 'JetStream does not answer' "a stream that is gone: the message"
wait_for '[ "$(spool_count "$T/b/spool" cur/)" -eq 1 ]' 120
is "$(spool_count "$T/b/spool" cur/)" 1 "the record is kept"
nats api "$port" '$JS.API.STREAM.CREATE.ATLAS_ALERTS' "$(cat "$T/config")" >/dev/null
wait_for '[ "$(spool_count "$T/b/spool" done/)" -eq 301 ]' 120 || diag_file "$T/full.log"
is "$(spool_count "$T/b/spool" done/)" 301 "and goes when the stream is back"
stop full
is "$?" 0 "SIGTERM ends it with 0"

# ---- signals

stop nats
id=$(store "$T/b/alertspool.conf" "$T/large")
start waits "$alertspool" -c "$T/b/alertspool.conf" forward --follow "$url"
wait_for 'grep -q "records wait" "$T/waits.log"' 60
stop waits INT
is "$?" 0 "SIGINT while there is no broker: 0"
start_nats nats "$port"
start waits "$alertspool" -c "$T/b/alertspool.conf" forward --follow --lease 1s "$url"
wait_for '[ "$(spool_count "$T/b/spool" done/)" -eq 302 ]' 120
kill -STOP "$(pid_of nats)"
make_alert 5d1b6f8e8c2e4e2d3c4a5b6e >"$T/body"
id=$(store "$T/b/alertspool.conf" "$T/body")
wait_for '[ "$(spool_count "$T/b/spool" cur/)" -eq 1 ]' 60
before=$(stat -c %Y "$T/b/spool/cur/$id")
wait_for '[ "$(stat -c %Y "$T/b/spool/cur/$id")" -gt "$before" ]' 60
ok "the lease is renewed while there is no answer" \
	[ "$(stat -c %Y "$T/b/spool/cur/$id")" -gt "$before" ]
kill -TERM "$(pid_of waits)"
wait_for 'grep -q "another signal stops it" "$T/waits.log"' 120
stop waits TERM
is "$?" 75 "a second signal: 75"
is "$(ls "$T/b/spool/new")" "$id" "and the record is given back"
kill -CONT "$(pid_of nats)"
run 0 "which goes the next time" forward "$T/b/alertspool.conf" "$url"
is "$(messages)" 3 "once"

# ---- a queue with forward

make_installation "$T/q" "" "" "[queue archive]
forward = $url
batch = 4"
"$tools/seed" "$T/q/spool" 5 5 >/dev/null || bail "seed"
chown -R --reference="$T/q/spool" "$T/q/spool"/*/
queue() { "$alertspool" -c "$T/q/alertspool.conf" "$@"; }
run 64 "a wrong option is reported before the settings" env ALERTSPOOL_CONF=/nowhere \
	"$alertspool" forward --batch 0 "$url"
run 78 "forward of a spool that has queues" queue forward "$url"
run 0 "route" queue route
run 0 "run -n 2 of its queue" queue run -n 2 archive
is "$(messages) $(spool_count "$T/q/spool/queues/archive" new/)" "5 3" "publishes two records"
run 0 "and run the others" queue run archive
is "$(messages) $(spool_count "$T/q/spool/queues/archive" done/)" "8 5" "all are there, once"

done_testing
