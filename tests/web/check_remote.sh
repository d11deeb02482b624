#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool check --url as from another machine, not over loopback: in a network
# namespace with an address that is reserved for documentation.

srcdir=${srcdir:-$(dirname "$0")/../..}
if [ -z "${NETWORK:-}" ] && [ "$(id -u)" -eq 0 ] && unshare -n true 2>/dev/null &&
	command -v ip >/dev/null; then
	NETWORK=own exec unshare -n sh "$0"
fi
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
[ -n "${NETWORK:-}" ] || skip_all "a network of its own needs root, unshare and ip"
address=192.0.2.9
ip link set lo up && ip addr add "$address/32" dev lo || bail "no address"

# found: what is wrong at the front door, by the tool of check
found() {
	"$alertspool" -c "$installation/alertspool.conf" check --json --url "$url" \
		2>"$T/check.err" | jq -r 'select(.check == "url" and .level != "ok") | .what'
}

front_prepare nginx
url=http://$address:$port/atlas
front_responder
front_nginx_configuration
sed -i "s/listen 127.0.0.1:$port;/& listen $address:$port;/" "$T/nginx.conf"
front_run_nginx
is "$(found)" "is not encrypted" "another machine without TLS: that alone is found"

sed -i 's/REMOTE_ADDR \$remote_addr/REMOTE_ADDR 127.0.0.1/' "$T/alertspool-server.conf"
stop nginx
front_run_nginx
is "$(found | sort)" "is not encrypted
the counters are shown to other machines
the real client's address does not arrive" "everybody looks local: that is found, once for all sources"

sed -i 's/REMOTE_ADDR 127.0.0.1/REMOTE_ADDR 10.1.2.3/' "$T/alertspool-server.conf"
stop nginx
front_run_nginx
is "$(found | sort)" "is not encrypted
the responder sees the private address 10.1.2.3 for a public name" \
	"a load balancer without real_ip: that is found, once for all sources"

# Within one site a private address is what is expected.
ip addr add 10.1.2.9/32 dev lo
url=http://10.1.2.9:$port/atlas
sed -i "s/listen 127.0.0.1:$port;/& listen 10.1.2.9:$port;/" "$T/nginx.conf"
stop nginx
front_run_nginx
is "$(found)" "is not encrypted" "a private name may have a private address"

done_testing
