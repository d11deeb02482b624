#!/bin/sh
# SPDX-License-Identifier: ISC
# The server configuration that we ship does what its comments promise, beyond the table
# of cases. Tokens stay out of the logs, also when the responder is down. The client's
# address is taken from a proxy only if that proxy is configured. The drop-in for
# cgi-bin works.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/body"

# post ARGUMENTS…: a signed alert with both credentials; prints the status
post() {
	deliver "$url/both?token=$(cat "$installation/token")" "$T/body" \
	    "$installation/secret" alert.open "$@"
}

remote_of_last() {
	cat "$installation"/spool/new/* | jq -rs 'max_by(.received_at).delivery.remote_addr'
}

fresh() {
	rm -f "$installation"/spool/new/*
}

# A request with fields of 7000 bytes, and the log line it may have.
long_fields() {
	long=$(printf '%07000d' 0)
	curl -o /dev/null -A "$long" -H "X-MMS-Event: $long" "$url/$long"
}
cut='"GET /atlas/0{121}" 404 .* event="0{64}" agent="0{64}"$'

tidy() {
	for name in nginx apache responder; do stop $name; done
	rm -rf "$installation" "$logs" "$T/socket" "$T"/*.log
}

# ---- nginx

if command -v nginx >/dev/null; then
	front_prepare nginx
	front_nginx_configuration
	ok "nginx -t" nginx -t -c "$T/nginx.conf" -p "$T/nginx/" -e "$logs/error.log"
	front_run_nginx
	is "$(post)" 502 "nginx, no socket: 502"
	front_responder
	is "$(post)" 200 "nginx: stored"
	curl -o /dev/null "$url/both?token=$(cat "$installation/token")%zz" -d x
	stop responder KILL
	is "$(post)" 502 "nginx, a dead socket: 502"
	like "$(cat "$logs/alertspool.log")" '"POST /atlas/both" 502 .*upstream_status=502' \
	    "nginx: the access log tells of it"
	no_leaks "nginx: no log has a token" "$logs"/* "$T"/*.log
	front_responder

	fresh
	post -H 'X-Forwarded-For: 198.51.100.77' >/dev/null
	is "$(remote_of_last)" 127.0.0.1 "nginx: X-Forwarded-For is not believed"
	stop nginx
	sed -i "s,listen .*,&\nset_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;," \
	    "$T/nginx.conf"
	front_run_nginx
	fresh
	post -H 'X-Forwarded-For: 198.51.100.77' >/dev/null
	is "$(remote_of_last)" 198.51.100.77 "nginx: real_ip finds the client's address"

	fresh
	long_fields
	like "$(tail -n 1 "$logs/alertspool.log")" "$cut" "nginx: long fields are cut in the log"

	# A thousand alerts at once do not reach the limit. A lower limit shows that there is
	# one.
	# ready N [CURL-OPTION...]: so many requests: the statuses that there were
	ready() {
		for i in $(seq "$1"); do
			printf 'url = "%s"\noutput = /dev/null\n' "$url/-/ready"
		done >"$T/urls"
		shift
		curl -Z --parallel-max 50 -w '%{http_code}\n' "$@" -K "$T/urls" 2>/dev/null |
			sort -u | xargs
	}
	is "$(ready 1000)" 200 "nginx: a thousand at once are not limited"
	stop nginx
	sed -i 's,rate=1000r/s,rate=1r/m,' "$T/alertspool-http.conf"
	sed -i 's/burst=2000/burst=4/' "$T/alertspool-server.conf"
	front_run_nginx
	is "$(ready 20)" "200 429" "nginx: the rate limit answers 429"
	v6() { ready 1 -H "X-Forwarded-For: $1"; }
	for i in 1 2 3 4 5; do v6 "2001:db8:0:7::$i"; done >"$T/v6"
	is "$(xargs <"$T/v6")" "200 200 200 200 200" "nginx: five addresses of a /64 are its burst"
	is "$(v6 2001:db8:0:7:aaaa::1)" 429 "nginx: a sixth is over the limit"
	is "$(v6 2001:db8:0:8::1)" 200 "nginx: one of another /64 is not"
	stop nginx
	echo '{"outbound":{"aws":{"r":["198.51.100.0/24","2001:db8::/32"]}}}' |
		"$srcdir/examples/allow-list" nginx-geo >"$T/sender.conf"
	sed -i "s,#include .*alertspool-sender.conf,include $T/sender.conf," \
		"$T/alertspool-http.conf"
	front_run_nginx
	is "$(ready 20 -H 'X-Forwarded-For: 198.51.100.77')" 200 \
		"nginx: what the sender's addresses ask is not limited"
	for i in 1 2 3 4 5 6 7; do v6 "2001:db8:0:7::$i"; done | sort -u >"$T/v6"
	is "$(cat "$T/v6")" 200 "nginx: also by IPv6"
	is "$(ready 20)" "200 429" "nginx: what others ask is"
	is "$(grep -c '" 429 ' "$logs/alertspool.log")" 0 "nginx: which has no line in the log"
	tidy
else
	skip "nginx" "not installed"
fi

# ---- Apache

# configtest KIND: with every module that the files name
configtest() {
	front_prepare "$1"
	front_apache_configuration
	ok "apache2ctl configtest, $1" apache2 -t -f "$T/apache.conf"
}

if command -v apache2 >/dev/null; then
	[ ! -f /usr/lib/apache2/modules/mod_fcgid.so ] || {
		configtest fcgid
		tidy
	}

	configtest cgid
	sed -i 's/mpm_event/mpm_prefork/g; s/cgid_module/cgi_module/; s/mod_cgid.so/mod_cgi.so/' \
	    "$T/apache.conf"
	ok "apache2ctl configtest, prefork with mod_cgi" apache2 -t -f "$T/apache.conf"
	front_run_apache
	is "$(post)" 200 "mod_cgi: stored"
	stop apache

	# Debian's configuration of mod_fcgid takes every file whose name ends in .fcgi.
	[ ! -f /usr/lib/apache2/modules/mod_fcgid.so ] || {
		front_apache_configuration
		sed -i "s,^LoadModule cgid.*,&\nLoadModule mime_module $modules/mod_mime.so\nLoadModule fcgid_module $modules/mod_fcgid.so\nTypesConfig /dev/null\nAddHandler fcgid-script .fcgi," \
			"$T/apache.conf"
		front_run_apache
		head -c 200000 /dev/zero >"$T/large"
		is "$(curl -o /dev/null -w '%{http_code}' --data-binary "@$T/large" "$url/both")" \
			403 "mod_cgid beside mod_fcgid: a large alert reaches the responder"
		stop apache
	}

	front_apache_configuration
	sed "s,/etc/alertspool/,$installation/,; s,/usr/libexec/alertspool/,$T/," \
	    "$srcdir/apache/alertspool.cgi" >"$T/drop-in.cgi"
	chmod 755 "$T/drop-in.cgi"
	sed -i "s,Include .*cgid.conf,ScriptAlias /atlas $T/drop-in.cgi," "$T/apache.conf"
	front_run_apache
	is "$(post)" 200 "the drop-in: a duplicate"
	is "$(curl -o /dev/null -w '%{http_code}' "$url/-/ready?-c+nonsense")" 200 \
	    "the drop-in: a query string is no argument"
	no_leaks "cgi: no log has a token" "$logs"/* "$T"/*.log
	tidy

	configtest proxy_fcgi
	front_run_apache
	is "$(post)" 503 "Apache, no socket: 503"
	front_responder
	is "$(post)" 200 "Apache, a moment later: stored"
	stop responder KILL
	is "$(post)" 503 "Apache, a dead socket: 503"
	no_leaks "Apache: no log has a token" "$logs"/* "$T"/*.log
	front_responder
	fresh
	post -H 'X-Forwarded-For: 198.51.100.77' >/dev/null
	is "$(remote_of_last)" 127.0.0.1 "Apache: X-Forwarded-For is not believed"
	stop apache
	remote_ip="LoadModule remoteip_module $modules/mod_remoteip.so"
	remote_ip="$remote_ip\nRemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1"
	sed -i "s,^Listen .*,&\n$remote_ip," "$T/apache.conf"
	front_run_apache
	fresh
	post -H 'X-Forwarded-For: 198.51.100.77' >/dev/null
	is "$(remote_of_last)" 198.51.100.77 "Apache: mod_remoteip finds the client's address"
	like "$(tail -n 1 "$logs/alertspool.log")" '^198.51.100.77 .*"POST /atlas/both" 200' \
	    "Apache: and so does its log"
	long_fields
	like "$(tail -n 1 "$logs/alertspool.log")" "$cut" "Apache: long fields are cut in its log"
	tidy
else
	skip "Apache" "not installed"
fi
done_testing
