#!/bin/sh
# SPDX-License-Identifier: ISC
# An attacker who replays a signed delivery with another X-MMS-Event, or who has the
# secret of another source, cannot silence or resolve a page.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/queues/queues.sh"

make_secret "$T/i/other"
cat >>"$T/plain.conf" <<EOT
[source other]
secret_file = $T/i/other
EOT
cat >"$T/handler" <<'EOT'
#!/bin/sh
echo "$ALERTSPOOL_SOURCE $ALERTSPOOL_EVENT $ALERTSPOOL_ALERT_ID" >>"$1"
EOT
chmod 755 "$T/handler"
queues <<EOT
[queue pager]
command = $T/handler $T/log
EOT

# fresh: nothing there, and the body of an open and of its close
id=65a7d3f0a1b2c3d4e5f60001
fresh() {
	empty
	: >"$T/log"
	make_alert $id OPEN "$(stamp $((now - 60)))" >"$T/i/open"
	make_alert $id CLOSED "$(stamp $((now - 30)))" >"$T/i/close"
}
handle() {
	a route 2>>"$T/said"
	a run pager >>"$T/said" 2>&1
}
log() { tr '\n' ',' <"$T/log"; }

for event in alert.close alert.closed alert.cancel alert.inform alert.acknowledge alert.x ''; do
	fresh
	store "$conf" "$T/i/open" alert.open >"$T/id"
	store "$conf" "$T/i/open" "$event" >>"$T/id"
	handle
	like "$(log)" "^default open $id," "'$event': the page is sent"
	unlike "$(log)" "default (close|cancel)" "'$event': nothing resolves it"
	fresh
	store "$conf" "$T/i/open" "$event" >"$T/id"
	store "$conf" "$T/i/open" alert.open >>"$T/id"
	handle
	like "$(log)" "^default (open|update) $id," "'$event' first: the page is sent"
	unlike "$(log)" "default (close|cancel)" "'$event' first: nothing resolves it"
done

# The real close is still one, also with a forged event.
for event in alert.close alert.open alert.update alert.acknowledge; do
	fresh
	store "$conf" "$T/i/open" alert.open >"$T/id"
	handle
	store "$conf" "$T/i/close" $event >>"$T/id"
	handle
	is "$(log)" "default open $id,default close $id," "a close that says '$event' resolves"
done

# A close of the same id, signed by another source's secret
fresh
store "$conf" "$T/i/close" alert.close "$T/i/other" other >"$T/id"
ok "a close by another source is stored" test -s "$T/id"
store "$conf" "$T/i/open" alert.open >>"$T/id"
handle
is "$(sort "$T/log" | tr '\n' ',')" "default open $id,other close $id," "it does not supersede the open"
fresh
store "$conf" "$T/i/open" alert.open >"$T/id"
handle
store "$conf" "$T/i/close" alert.close "$T/i/other" other >>"$T/id"
handle
is "$(a alerts --json | jq -r 'select(.source == "default") | .state')" open "nor ends the alert"
store "$conf" "$T/i/close" alert.close >>"$T/id"
handle
is "$(log)" "default open $id,other close $id,default close $id," "whose own close comes"
# Sticky: what one source has begun takes no records of the other one.
queues <<EOT
[severity]
default = INFO
[queue pager]
source = default
command = $T/handler $T/log
EOT
fresh
store "$conf" "$T/i/open" alert.open >"$T/id"
handle
store "$conf" "$T/i/close" alert.close "$T/i/other" other >>"$T/id"
handle
is "$(log)" "default open $id," "a queue of one source gets no record of another, whatever its id"

done_testing
