#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool check --url and --log, through real servers: no findings with the
# configuration that we ship, and the right finding for each single mistake.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

# check [OPTION…]: its findings as JSON in $T/found
check() {
	"$alertspool" -c "$installation/alertspool.conf" check --json --url "$url" "$@" \
		>"$T/found" 2>"$T/check.err"
}

# has LEVEL TEXT NAME: there is such a finding
has() {
	if jq -es --arg level "$1" --arg text "$2" \
		'any(.level == $level and (.where + ": " + .what + ": " + .fix | test($text)))' \
		"$T/found" >/dev/null; then
		pass "$3"
	else
		fail "$3" "no $1 like $2 in:"
		diag_file "$T/found" 60
		diag_file "$T/check.err"
	fi
}

# What was found of the front door that is not right.
faults() { jq -r 'select((.check == "url" or .check == "log") and .level != "ok") | .what' "$T/found"; }

# clean NAME [OPTION…]: nothing is found, and nothing is left
clean() {
	clean_name=$1
	shift
	check "$@"
	is "$?" 0 "$clean_name: check ends with 0"
	is "$(faults)" "" "$clean_name: nothing is found"
	is "$(jq -rs '[.[] | select(.what | startswith("a signed delivery is stored as"))] | length' \
		"$T/found")" 6 "$clean_name: every source stores what is signed"
	is "$(spool_files "$installation/spool")" "" "$clean_name: nothing is left in the spool"
}

tidy() {
	for name in nginx apache responder; do stop $name; done
	rm -rf "$installation" "$logs" "$T/socket" "$T/nginx" "$T/apache" "$T"/*.log
}

# again SERVER: after its configuration was changed
again() {
	stop "$1"
	"front_run_$1"
}

# ---- a server that answers everything alike

make_installation "$T/i"
installation=$T/i
mkdir "$T/alike"
start alike "$python" "$srcdir/tests/cli/front.py" "$T/alike.port" "$T/alike" --as "$T/status"
wait_for '[ -s "$T/alike.port" ]' || bail "no web server"
url=http://127.0.0.1:$(cat "$T/alike.port")/atlas
for status in 204 301 401 418 429 500 503 504; do
	echo "$status " >"$T/status"
	check
	is $? 78 "$status: check ends with 78"
	case $status in
	204 | 418) fix="is this the responder's URL" ;;
	301) fix="give Atlas the URL that it leads to" ;;
	401) fix="the web server wants a password here" ;;
	429) fix="the rate limit is too low" ;;
	500) fix="see the server's error log; with mod_fcgid" ;;
	503) fix="the responder's log shows why" ;;
	504) fix="start the responder" ;;
	esac
	has error "ready: answers $status, not 200: $fix" "$status: and says what to do"
done
stop alike

# ---- the responder, except for one request

make_secret "$T/i/token"
echo "token_file = $T/i/token" >>"$T/i/alertspool.conf"
# This script answers one request wrongly, and passes the others on to the responder. The
# lines of $T/odd: the path after /atlas and the beginning of the body of that request, the
# status and the body of the answer.
cat >"$T/front" <<-EOT
	#!/bin/sh
	{ read -r path; read -r begin; read -r status; read -r answer; } <"$T/odd"
	body=\$(cat; echo x) body=\${body%x}
	# As a server that is set up rightly does
	PATH_INFO=\${PATH_INFO#/atlas} REMOTE_ADDR=\${HTTP_X_FORWARDED_FOR:-\$REMOTE_ADDR}
	unset HTTP_X_MMS_EVENT
	case \$PATH_INFO:\$body in
	"\$path:\$begin"*) printf 'Status: %s\r\n\r\n%s' "\$status" "\$answer" ;;
	*) printf %s "\$body" | "$responder" -c "$T/i/alertspool.conf" ;;
	esac
EOT
chmod 755 "$T/front"
mkdir "$T/asked"
start odd "$python" "$srcdir/tests/cli/front.py" "$T/odd.port" "$T/asked" --cgi "$T/front"
wait_for '[ -s "$T/odd.port" ]' || bail "no web server"
url=http://127.0.0.1:$(cat "$T/odd.port")/atlas

# odd PATH BEGIN STATUS ANSWER
odd() { printf '%s\n' "$@" >"$T/odd"; }

# counter OUTCOME: how often the responder answered so
counter() {
	"$alertspool" -c "$T/i/alertspool.conf" stats --prometheus |
		sed -n "s/^alertspool_requests_total{outcome=\"$1\"} //p"
}
odd /none '' 200 ''
before="$(counter quarantined) $(counter forbidden) $(counter not_found)"
check
is "$?" 0 "as it should be: check ends with 0"
is "$before, $(counter quarantined) $(counter forbidden) $(counter not_found)" "0 0 0, 1 1 2" \
	"no more is asked than it takes"
has ok "this check added to the counters, and to the log: 1 quarantined, 1 forbidden, 2 not_found" \
	"and it says what that added"
is "$(faults)" "" "and finds nothing"
for status in 401 403; do
	odd /-/metrics '' $status ''
	check
	has ok 'metrics: not shown to others' "counters that are shown to nobody: $status"
done
odd /-/metrics '' 502 ''
check
has error 'metrics: answers 502, not 404: start the responder' "counters that cannot be asked for"
odd /alertspool-check-nobody '' 200 ''
check
has error 'alertspool-check-nobody: answers 200, not 404' "an unknown source, and it is answered"
odd '' x 400 ''
check
has error '/atlas: answers 400, not 403' "a wrong delivery is not refused"
is "$(jq -rs 'map(select(.what | startswith("a signed delivery"))) | length' "$T/found")" 0 \
	"and a right one is not tried then"
name=20261120T103000Z.a.open.00112233445566778899aabbccddeeff
for row in '500 {}' '202 {}' '202 nothing'; do
	odd '' '"' "${row%% *}" "${row#* }"
	check
	has error "/atlas: answers ${row%% *}, not 202" "a right one is answered: $row"
done
for id in ../../etc/passwd $name; do
	odd '' '"' 202 "{\"id\":\"$id\"}"
	check
	has error '/atlas: was stored, but not in this spool' "stored elsewhere, as $id"
done
stop odd
holds_secret "$T/asked"/*.head
is "$(spool_files "$T/i/spool")" "" "nothing is left in the spool"

# ---- nginx

if command -v nginx >/dev/null; then
	front_prepare nginx
	front_start
	clean "nginx as shipped" --log "$logs/alertspool.log" --log "$logs/error.log"
	has ok "alertspool.log: has these requests, without token" "nginx: the log was read"
	: >"$T/other"
	start writer sh -c 'while sleep 0.1; do echo line >>"$1"; done' - "$T/other"
	check --log "$T/other"
	stop writer
	has ok "other: grew, but has none of these requests" "a log of something else is reported"
	no_leaks "nginx: check tells no secret" "$T/found" "$T/check.err" "$logs"/* "$T"/*.log

	"$alertspool" -c "$installation/alertspool.conf" check --url "$url//" >"$T/text"
	like "$(cat "$T/text")" '^ok +url: http.*/atlas/both: a signed delivery' \
		"slashes at the end of the URL do not matter"

	cp "$T/alertspool-server.conf" "$T/server.kept"
	cp "$T/alertspool-http.conf" "$T/http.kept"
	sed -i 's/client_max_body_size 512k/client_max_body_size 16k/' "$T/alertspool-server.conf"
	again nginx
	check
	has error 'answers 413, not 403: raise the server.s limit' "nginx: a body limit that is too low"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	sed -i '/PATH_INFO/d' "$T/alertspool-server.conf"
	again nginx
	check
	has error 'ready: answers 405, not 200: .*pass PATH_INFO on' "nginx: no PATH_INFO"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	sed -i 's,fastcgi_split_path_info .*,fastcgi_split_path_info ^(/atlas)(/-/.*)\$;,' \
		"$T/alertspool-server.conf"
	again nginx
	check
	has error 'alertspool-check-nobody: an unknown source answers 403' \
		"nginx: PATH_INFO of the endpoints alone"
	has error '/both: leads to another source' "nginx: a source that leads to another"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	sed -i 's/listen .*/&\nunderscores_in_headers on;/' "$T/nginx.conf"
	again nginx
	check
	has error 'X_MMS_Event is passed on' "nginx: underscores_in_headers on"
	sed -i '/underscores_in_headers/d' "$T/nginx.conf"

	sed -i "s,^\taccess_log .*,\taccess_log $logs/leaky.log combined;," "$T/alertspool-server.conf"
	again nginx
	check --log "$logs/leaky.log" --log "$logs/alertspool.log" --log "$logs/nothing.log"
	is $? 78 "nginx: a leak is an error"
	has error 'leaky.log: has the token of a query string' "nginx: a log with query strings"
	has warning 'alertspool.log: has none of these requests' "nginx: a log of something else"
	has warning 'nothing.log: cannot be read' "nginx: no such log"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	sed -i 's/if (.alertspool_hidden)/if ($http_nothing)/' "$T/alertspool-server.conf"
	again nginx
	check
	has ok 'metrics: not shown to others' "nginx that hides no metrics: the responder does"
	sed -i 's/if (.http_nothing)/if ($uri ~ metrics)/; s/return 404;/return 200 "alertspool_alerts_total 1";/' \
		"$T/alertspool-server.conf"
	again nginx
	check
	has error 'metrics: the counters are shown to requests through a proxy' "nginx: metrics are let out"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	sed -i '/alertspool_hidden/,/}/s/return 404;/return 403;/' "$T/alertspool-server.conf"
	again nginx
	check
	is $? 0 "nginx: metrics that the server itself refuses are not shown"
	has ok 'metrics: not shown to others' "nginx: and it is said so"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	sed -i 's/in=\$request_length/& sig="$http_x_mms_signature"/' \
		"$T/alertspool-http.conf"
	again nginx
	check --log "$logs/alertspool.log"
	is $? 0 "nginx: a signature in a log is no error"
	has warning 'alertspool.log: has the signature of a request' "nginx: but worth a warning"

	sed -i 's/rate=1000r/rate=1r/' "$T/alertspool-http.conf"
	sed -i 's/burst=2000/burst=2/; s/ if=.alertspool_logged//; s/-error.log emerg/-error.log error/' \
		"$T/alertspool-server.conf"
	again nginx
	check
	has error 'answers 429, not (40[34]|202): the rate limit is too low' "nginx: a rate limit that is too low"
	check --log "$logs/alertspool.log" --log "$logs/alertspool-error.log"
	for log in alertspool alertspool-error; do
		has warning "$log.log: has [1-9][0-9]* requests that a rate limit refused" \
			"nginx: what it refused is counted in $log.log"
	done
	cp "$T/http.kept" "$T/alertspool-http.conf"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	sed -i 's/^\tfastcgi_pass .*/&\n\tauth_basic closed;\n\tauth_basic_user_file users;/' \
		"$T/alertspool-server.conf"
	: >"$T/users"
	again nginx
	check
	has error 'ready: answers 401, not 200: the web server wants a password' "nginx: a password"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	sed -i 's/if (.alertspool_hidden)/if ($uri)/; s/return 404;/return 308 $scheme:\/\/moved.example$request_uri;/' \
		"$T/alertspool-server.conf"
	again nginx
	check
	has error 'ready: answers 308, not 200, and leads to http://moved.example/atlas/-/ready: give Atlas' \
		"nginx: a redirect, and where it leads"
	cp "$T/server.kept" "$T/alertspool-server.conf"

	stop responder
	again nginx
	check
	has error 'ready: answers 502, not 200: start the responder' "nginx: no responder"
	front_responder

	make_secret "$installation/secret.hex" "$owner"
	check
	has error '/hex: a correctly signed delivery gets 403: reload the responder' \
		"nginx: a secret that the responder has not read yet"
	kill -HUP "$(pid_of responder)"
	wait_for 'check'
	is "$(faults)" "" "nginx: nothing is wrong after a reload"

	cp "$installation/alertspool.conf" "$T/conf.kept"
	printf '[source fresh]\nsecret_file = %s/secret\n' "$installation" \
		>>"$installation/alertspool.conf"
	check
	has error '/fresh: answers 404, not 202: the responder does not know this source' \
		"nginx: a source that the responder has not read yet"
	cp "$T/conf.kept" "$installation/alertspool.conf"

	sed -i 's/^\tfastcgi_pass .*/&\n\tfastcgi_param HTTP_X_MMS_SIGNATURE "";/' \
		"$T/alertspool-server.conf"
	again nginx
	check
	has error '/hex: a correctly signed delivery gets 403: .*drop X-MMS-Signature' \
		"nginx: the signature is not handed over"
	cp "$T/server.kept" "$T/alertspool-server.conf"
	again nginx

	cp -a "$installation" "$T/elsewhere"
	holds_secret "$T"/elsewhere/secret* "$T"/elsewhere/token*
	sed "s,^directory.*,directory = $T/elsewhere/spool," "$T/conf.kept" >"$T/elsewhere/alertspool.conf"
	"$alertspool" -c "$T/elsewhere/alertspool.conf" check --json --url "$url" >"$T/found" 2>"$T/check.err"
	has error '/hex: was stored, but not in this spool' "nginx: the settings of another spool"
	rm -f "$installation"/spool/bad/*

	url=$url/both
	check
	has error 'ready: answers 404, not 200: .*without the name of a source' "nginx: the URL of a source"
	url=http://127.0.0.1:$port/elsewhere
	check
	has error 'ready: answers 404, not 200: this path does not lead' "nginx: a wrong path"
	url=http://127.0.0.1:$(free_port)/atlas
	check
	has error 'ready: .*is the web server up' "nobody is there"
	tidy
else
	skip "nginx" "not installed"
fi

# ---- Apache

if command -v apache2 >/dev/null; then
	front_prepare proxy_fcgi
	front_start
	clean "mod_proxy_fcgi as shipped" --log "$logs/alertspool.log"
	sed "s,Include .*proxy-fcgi.conf,ProxyPass /atlas unix:$socket|fcgi://plain/," \
		"$T/apache.conf" >"$T/apache.plain"
	mv "$T/apache.plain" "$T/apache.conf"
	again apache
	check
	has error 'ready: answers 405, not 200: .*pass PATH_INFO on' "mod_proxy_fcgi without PATH_INFO"
	tidy

	front_prepare cgid
	front_start
	clean "mod_cgid as shipped" --log "$logs/alertspool.log"
	tidy
else
	skip "Apache" "not installed"
fi

if [ -f /usr/lib/apache2/modules/mod_fcgid.so ] && command -v apache2 >/dev/null; then
	front_prepare fcgid
	front_start
	clean "mod_fcgid as shipped" --log "$logs/alertspool.log"
	sed '/^FcgidMaxRequestLen/d' "$srcdir/apache/alertspool-fcgid.conf" >"$T/fcgid.conf"
	sed -i "s,Include .*/alertspool-fcgid.conf,Include $T/fcgid.conf," "$T/apache.conf"
	again apache
	check
	has error 'answers 500, not 403: .*FcgidMaxRequestLen' "mod_fcgid with its own limit"
	tidy
else
	skip "mod_fcgid" "not installed"
fi

done_testing
