#!/bin/sh
# SPDX-License-Identifier: ISC
# examples/prometheus-rules.yml: each rule fires when it should, not a moment earlier
# and not one unit below the threshold. Every metric in it is one of alertspool's.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

command -v promtool >/dev/null || skip_all "promtool (Debian: prometheus) is not installed"
rules=$srcdir/examples/prometheus-rules.yml
run 0 "promtool reads the rules" promtool check rules "$rules"

make_installation "$T/i" "" "" "[queue archive]
command = /bin/true"
"$alertspool" -c "$T/i/alertspool.conf" stats --prometheus >"$T/metrics"
for metric in $(grep -o 'alertspool_[a-z_]*' "$rules" | sort -u); do
	ok "alertspool has $metric" grep -q "^${metric}[ {]" "$T/metrics"
done

# fires N ALERT SERIES VALUES MINUTES NAME [SERIES VALUES]: so many of this alert fire
# after that time, by one series or two
fires() {
	second=
	[ $# -eq 6 ] || second="- {series: '$7', values: '$8'}"
	cat >"$T/test.yml" <<-EOT
		rule_files: ["$(realpath "$rules")"]
		evaluation_interval: 1m
		tests:
		  - interval: 1m
		    input_series:
		      - {series: '$3', values: '$4'}
		      $second
		    promql_expr_test:
		      - expr: count(ALERTS{alertname="$2",alertstate="firing"}) or vector(0)
		        eval_time: ${5}m
		        exp_samples: [{labels: '{}', value: $1}]
	EOT
	run 0 "$2: $6" promtool test rules "$T/test.yml"
}

up='up{job="alertspool",instance="a"}'
fires 0 AlertspoolDown "$up" '1x10' 10 "it is up"
fires 0 AlertspoolDown "$up" '1x4 0x1' 6 "down for a minute"
fires 1 AlertspoolDown "$up" '1x4 0x9' 10 "down"
outcome() { echo "alertspool_requests_total{outcome=\"$1\"}"; }
fires 0 AlertspoolUnavailable "$(outcome unavailable)" '7x10' 10 "503 long ago"
fires 1 AlertspoolUnavailable "$(outcome unavailable)" '7x6 9x3' 10 "503 now"
fires 0 AlertspoolUnavailable "$(outcome stored)" '0+9x10' 10 "alerts that are stored"
fires 0 AlertspoolForbidden "$(outcome forbidden)" '0+1x20' 20 "a 403 a minute"
fires 1 AlertspoolForbidden "$(outcome forbidden)" '0+5x20' 20 "five a minute"
heard='alertspool_last_delivery_timestamp_seconds{source="default"}'
fires 0 AlertspoolSilent "$heard" '0x1600' 1559 "heard of 26 hours ago"
fires 1 AlertspoolSilent "$heard" '0x1600' 1561 "longer ago"
records() { echo "alertspool_records{state=\"$1\"}"; }
fires 0 AlertspoolDead "$(records dead)" '0x5' 5 "nothing dead"
fires 1 AlertspoolDead "$(records dead)" '0x3 1x1' 5 "one dead"
fires 0 AlertspoolDead "$(records "done")" '9x5' 5 "records that are done"
open='alertspool_open_alerts{severity="CRITICAL"}'
fires 0 AlertspoolCritical "$open" '1x59' 59 "open for less than an hour"
fires 1 AlertspoolCritical "$open" '1x61' 61 "for an hour"
fires 0 AlertspoolCritical 'alertspool_open_alerts{severity="WARNING"}' '1x61' 61 "a warning"
age='alertspool_oldest_record_age_seconds{state="new"}'
fires 0 AlertspoolBacklog "$age" '600x20' 20 "ten minutes"
fires 0 AlertspoolBacklog "$age" '0x16 700x3' 20 "over ten, for a moment"
fires 1 AlertspoolBacklog "$age" '700x20' 20 "over ten"
fires 0 AlertspoolBad "$(records bad)" '0x20 1x5' 24 "bad for a moment"
fires 1 AlertspoolBad "$(records bad)" '1x20' 20 "bad"
resting='alertspool_queue_resting_seconds{queue="pager"}'
fires 0 AlertspoolResting "$resting" '900x5' 5 "a quarter of an hour"
fires 1 AlertspoolResting "$resting" '0x3 901x3' 5 "longer"
disk() { echo "node_filesystem_avail_bytes{mountpoint=\"$1\"}"; }
fires 0 AlertspoolDisk "$(disk /var)" '536870912x20' 20 "512 MiB"
fires 1 AlertspoolDisk "$(disk /var)" '536870911x20' 20 "less"
fires 0 AlertspoolDisk "$(disk /boot)" '1x20' 20 "another file system"

seconds=alertspool_commit_seconds_total
commits=alertspool_commits_total
fires 0 AlertspoolSlow "$seconds" '0+5x20' 20 "half a second a commit" "$commits" '0+10x20'
fires 1 AlertspoolSlow "$seconds" '0+20x20' 20 "two seconds" "$commits" '0+10x20'
fires 0 AlertspoolSlow "$commits" '0x20' 20 "no commit at all"
is "$(grep -c 'alert:' "$rules")" "$(grep -o 'Alertspool[A-Z][a-z]*' "$0" | sort -u | wc -l)" \
	"each rule is tried"
done_testing
