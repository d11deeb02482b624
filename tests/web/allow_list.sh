#!/bin/sh
# SPDX-License-Identifier: ISC
# examples/allow-list: the real servers accept its output for a list of addresses and
# admit only those addresses. For any other text it prints nothing.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
front_need jq
allow_list=$srcdir/examples/allow-list

# In the shape of the sender's answer, with 127.0.0.1 among the addresses.
cat >"$T/here.json" <<'EOT'
{"inbound": {"aws": {"us-east-1": ["192.0.2.1/32"]}},
 "outbound": {
  "aws": {"us-east-1": ["198.51.100.7/32", "127.0.0.1/32"], "eu-west-1": []},
  "azure": {},
  "gcp": {"europe-west3": ["198.51.100.7/32", "2001:db8::/48"]}},
 "gateways": [{"name": "Atlas Gateway", "ips": {
  "inbound": {}, "outbound": {"aws": {"us-east-1": ["203.0.113.9/32"]}}}}]}
EOT
sed 's,127.0.0.1,127.0.0.9,' "$T/here.json" >"$T/elsewhere.json"

is "$("$allow_list" nginx "$T/here.json" | grep -v '^#')" 'allow 127.0.0.1/32;
allow 198.51.100.7/32;
allow 2001:db8::/48;
deny all;' "nginx: outbound addresses, each once"
is "$("$allow_list" -g nginx "$T/here.json" | grep -v '^#')" 'allow 127.0.0.1/32;
allow 198.51.100.7/32;
allow 2001:db8::/48;
allow 203.0.113.9/32;
deny all;' "-g: those of gateways, too"
is "$("$allow_list" nginx-geo "$T/here.json" | grep -v '^#')" '127.0.0.1/32 1;
198.51.100.7/32 1;
2001:db8::/48 1;' "nginx-geo: the same, for the rate limit"
is "$("$allow_list" apache <"$T/here.json" | grep -v '^#')" 'Require ip 127.0.0.1/32
Require ip 198.51.100.7/32
Require ip 2001:db8::/48' "Apache: the same"
is "$(echo '{"outbound":{"aws":{"r":["192.0.2.0/24"]}}}' | "$allow_list" -g apache |
    tail -n 1)" "Require ip 192.0.2.0/24" "-g without any gateways"
is "$(echo '{"outbound":{"aws":{"r":["192.0.2.0/24"]}}}' | "$allow_list" apache |
    tail -n 1)" "Require ip 192.0.2.0/24" "no gateways, no other providers"

# refuses NAME TEXT
refuses() {
	printf '%s' "$2" | "$allow_list" nginx >"$T/out" 2>"$T/err"
	is "$? $(cat "$T/out")" "65 " "refused: $1"
}
refuses "nothing" ''
refuses "no JSON" '<html>'
refuses "two documents" '{"outbound":{"aws":{"r":["192.0.2.0/24"]}}} {}'
refuses "no addresses" '{"outbound":{"aws":{}}}'
refuses "an error in JSON" '{"error":404,"reason":"Not Found"}'
refuses "an address that is configuration" \
    '{"outbound":{"aws":{"r":["192.0.2.0/24; allow all"]}}}'
refuses "a line break in an address" \
    '{"outbound":{"aws":{"r":["192.0.2.0/24\nallow all;"]}}}'
refuses "a name" '{"outbound":{"aws":{"r":["example.com"]}}}'
refuses "a single address without a length" '{"outbound":{"aws":{"r":["192.0.2.1"]}}}'
"$allow_list" squid "$T/here.json" >"$T/out" 2>&1
is $? 64 "refused: another server"
"$allow_list" -x nginx "$T/here.json" >"$T/out" 2>&1
is $? 64 "refused: another option"

# lets_in KIND LIST STATUS NAME: the shipped configuration with the list in it
lets_in() {
	case $1 in
	nginx)
		"$allow_list" nginx "$T/$2.json" >"$T/allow.conf"
		sed -i "s,#include /etc/nginx/alertspool-allow.conf,include $T/allow.conf," \
		    "$T/alertspool-server.conf"
		;;
	*)
		"$allow_list" apache "$T/$2.json" >"$T/allow.conf"
		sed "s,#Include /etc/apache2/alertspool/allow.conf,Include $T/allow.conf,
		    /Require all granted/d" "$srcdir/apache/alertspool.conf" \
		    >"$T/alertspool.conf"
		sed -i "s,Include $srcdir/apache/alertspool.conf,Include $T/alertspool.conf," \
		    "$T/apache.conf"
		;;
	esac
	"front_run_$1"
	is "$(curl -o /dev/null -w '%{http_code}' "$url/-/ready")" "$3" "$4"
	stop "$1"
}

if command -v nginx >/dev/null; then
	front_prepare nginx
	front_responder
	front_nginx_configuration
	lets_in nginx here 200 "nginx lets an address of the list in"
	lets_in nginx elsewhere 403 "nginx lets nobody else in"
	stop responder
	rm -rf "$installation" "$logs" "$T/socket"
else
	skip "nginx" "not installed"
fi
if command -v apache2 >/dev/null; then
	front_prepare cgid
	front_apache_configuration
	lets_in apache here 200 "Apache lets an address of the list in"
	front_apache_configuration
	lets_in apache elsewhere 403 "Apache lets nobody else in"
else
	skip "Apache" "not installed"
fi
done_testing
