#!/bin/sh
# SPDX-License-Identifier: ISC
# Where a secret is in the memory of the responder: only in locked pages, also after
# requests, and nowhere once a new secret has replaced it. If the system cannot lock
# memory, everything works.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
am_root || skip_all "only root can read the memory of the responder's processes"
! grep -qa __asan_init "$responder" || skip_all "ASan maps terabytes"
workers=3
front_prepare nginx "workers = $workers"

peer() { "$python" "$srcdir/tests/web/peer.py" "$socket" "$installation" "$@" 2>&1; }
processes() { echo "$(pid_of responder) $(workers)"; }
serve_some() { for _ in 1 2 3 4 5 6; do peer good; done | cut -d ' ' -f 1 | sort -u; }

# places FILE: where the secret of FILE is in memory, with the number of processes that
# have it there
places() {
	# shellcheck disable=SC2046 # process ids
	"$python" "$srcdir/tests/crash/memory_of.py" "$1" $(processes) >"$T/places"
	awk '{ print ($2 > 0 ? "locked" : "not locked"), ($3 > 0 ? "elsewhere" : "nowhere else") }' \
	    "$T/places" | sort | uniq -c | xargs
}

all=$((workers + 1))
front_responder
all_workers "$workers"
is "$(serve_some)" 200 "requests are served"
is "$(places "$installation/secret")" "$all locked nowhere else" \
    "the secret is in locked memory of supervisor and workers, and nowhere else"

cp "$installation/secret" "$T/secret.before"
holds_secret "$T/secret.before"
make_secret "$T/secret.new" "$owner"
cat "$T/secret.new" >"$installation/secret"
before=$(processes)
kill -HUP "$(pid_of responder)"
replaced() {
	for pid in ${before#* }; do
		case " $(processes) " in *" $pid "*) return 1 ;; esac
	done
	[ "$(processes | wc -w)" -eq $all ]
}
ok "SIGHUP: workers are replaced" wait_for replaced 30
is "$(serve_some)" 200 "requests are served with the new secret"
is "$(places "$T/secret.before")" "$all not locked nowhere else" "the old one is gone"
is "$(places "$installation/secret")" "$all locked nowhere else" "the new one has its place"
stop responder

if [ "$owner" != root ] && command -v prlimit >/dev/null; then
	# shellcheck disable=SC2046 # words
	start responder $(as "$owner") prlimit --memlock=0 "$program" \
	    -c "$installation/alertspool.conf" --listen "unix:$socket"
	wait_for 'listens "$socket"' || front_broken responder
	is "$(serve_some)" 200 "nothing can be locked: requests are served"
	is "$(places "$installation/secret")" "$all not locked elsewhere" \
	    "and the search tells the difference"
	stop responder
else
	skip "nothing can be locked" "no other user, or no prlimit"
fi
no_leaks "no log has a secret or a signature" "$T/responder.log"
done_testing
