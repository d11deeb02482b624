# SPDX-License-Identifier: ISC
# queues.sh: shared by the tests of queues. Source it after lib.sh and cli/run.sh.

make_installation "$T/i"
conf=$T/i/alertspool.conf
spool=$T/i/spool
cp "$conf" "$T/plain.conf"
now=$(date +%s)

# queues <<SECTIONS: the settings have these, and no others
queues() { cat "$T/plain.conf" - >"$conf"; }

a() { "$alertspool" -c "$conf" "$@"; }

stamp() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# record ALERT EVENT SECOND [SEVERITY [PROJECT [STATE]]]: into the spool, an alert of
# this number; its name is printed
record() {
	record_time=$(stamp $((now - 3600 + $3)))
	case $2 in
	close) record_status=CLOSED ;;
	cancel) record_status=CANCELLED ;;
	inform) record_status=INFORMATIONAL ;;
	*) record_status=OPEN ;;
	esac
	record_more=
	[ -z "${4:-}" ] || [ "$4" = - ] || record_more=",\"severity\":\"$4\""
	[ -z "${5:-}" ] || record_more="$record_more,\"projectName\":\"$5\""
	[ "$2" != acknowledge ] ||
		record_more="$record_more,\"acknowledgedUntil\":\"$(stamp $((now + 86400)))\""
	printf '%s\tdefault\talert.%s\t%s\t{"id":"%024x","status":"%s","eventTypeName":"HOST_DOWN","created":"%s","updated":"%s","lastNotified":"%s","groupId":"%024x"%s}\n' \
		"${6:-new}" "$2" $((now - 3600 + $3)) "$1" "$record_status" \
		"$(stamp $((now - 3600)))" "$record_time" "$record_time" 7 "$record_more" |
		"$tools/seed" "$spool" - || bail "seed"
}

# empty: no record, no queue
empty() {
	find "$spool" -type f ! -name lock -delete
	rm -rf "$spool/queues"
}

# q QUEUE STATE: the names there, each with a blank behind it
q() { (cd "$spool/queues/$1/$2" 2>/dev/null && ls | tr '\n' ' '); }

# main STATE: the same of the spool itself
main() { (cd "$spool/$1" && ls | tr '\n' ' '); }

# everywhere QUEUE: what a queue has, in any state
everywhere() { for state in new cur done dead; do q "$1" $state; done; }

# words FILE: what a history tells
words() { jq -r .what "$1" | tr '\n' ' '; }

# has_role READ|WRITE: somebody has the byte of run and claim (shared) or that of route
# (alone) in the lock file
has_role() {
	grep -Eq " $1 .*:$(stat -c %i "$spool/lock") 4611686018427387904 4611686018427387904\$" /proc/locks
}
