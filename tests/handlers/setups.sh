#!/bin/sh
# SPDX-License-Identifier: ISC
# The set-up in each handler's first comment, word by word: its commands are run in
# their order, as root on a machine of its own (namespaces), where the names of the
# destinations lead to stand-ins. What a person does by hand, a function here does.

srcdir=${srcdir:-$(dirname "$0")/../..}
PATH=$PATH:/usr/sbin:/sbin
if [ -z "${MACHINE:-}" ] && [ "$(id -u)" -eq 0 ] && unshare -mn true 2>/dev/null; then
	MACHINE=own exec unshare -mn --propagation private sh "$0"
fi
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
[ -n "${MACHINE:-}" ] || skip_all "needs root and namespaces"
for program in curl jq logger sqlite3 ip openssl; do
	command -v $program >/dev/null || skip_all "no $program"
done

# ---- a machine ------------------------------------------------------------------------

ip link set lo up
mkdir "$T/layers" && mount -t tmpfs tmpfs "$T/layers" || skip_all "no tmpfs"
at_exit 'umount -l "$T/layers"'
for directory in etc usr var/lib; do
	mkdir -p "$T/layers/$directory/upper" "$T/layers/$directory/work"
	mount -t overlay overlay -o "lowerdir=/$directory,upperdir=$T/layers/$directory/upper,workdir=$T/layers/$directory/work" \
		"/$directory" || skip_all "no overlay"
done
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /usr/libexec/alertspool /usr/share/alertspool /etc/systemd/system
rm -rf /etc/alertspool /var/lib/alertspool
mkdir /etc/alertspool && mount -t tmpfs tmpfs /etc/alertspool || bail "no tmpfs"
grep -q '^alertspool:' /etc/passwd || {
	echo 'alertspool:x:64998:64998::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
	echo 'alertspool:x:64998:' >>/etc/group
}
cp -R "$srcdir/handlers" /usr/libexec/alertspool/
cp -R "$srcdir/systemd" /usr/share/alertspool/
cp "$alertspool" "$alertspool-network" /usr/bin/
make_installation /etc/alertspool alertspool
chown root:alertspool /etc/alertspool/secret /etc/alertspool/alertspool.conf
chmod 640 /etc/alertspool/secret
ALERTSPOOL_CONF=/etc/alertspool/alertspool.conf
export ALERTSPOOL_CONF

# The destinations, by their names; a certificate that this machine trusts.
names="events.pagerduty.com api.atlassian.com hooks.example.org am.example.org logs.example.org"
echo "127.0.0.1 localhost $names" >/etc/hosts
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=stand-in -days 2 -keyout "$T/tls.pem" \
	-out "$T/tls.crt" -addext "subjectAltName=DNS:$(echo "$names" | sed 's/ /,DNS:/g')" \
	2>/dev/null || bail "no certificate"
cat "$T/tls.crt" >>"$T/tls.pem"
cat "$T/tls.crt" >>/etc/ssl/certs/ca-certificates.crt

# A web server with the responder as CGI.
cat >"$T/web.py" <<'EOT2'
import http.server, os, subprocess, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        env = {"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1",
               "REQUEST_METHOD": "POST", "REMOTE_ADDR": "192.0.2.1", "PATH_INFO": "/",
               "CONTENT_TYPE": self.headers["Content-Type"], "CONTENT_LENGTH": str(len(body))}
        env |= {"HTTP_" + name.upper().replace("-", "_"): value
                for name, value in self.headers.items() if name.lower().startswith("x-")}
        answer = subprocess.run([sys.argv[1]], env=env | dict(ALERTSPOOL_CONF=os.environ[
            "ALERTSPOOL_CONF"]), input=body, stdout=subprocess.PIPE, check=False).stdout
        head, _, body = answer.partition(b"\r\n\r\n")
        self.send_response(int(head.split(b"Status: ")[1][:3]))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
EOT2
# shellcheck disable=SC2046 # words before a command
start web $(as alertspool) "$python" "$T/web.py" "$responder"
ok "a web server" wait_for 'listens 8080' 20

# vendor NAME PORT [--tls]: that server of vendors.py, on this port
vendor() {
	V=$T/$1
	mkdir "$V" && : >"$V/broken" && echo "$2" >"$V/listen" && echo "$key" >"$V/key"
	start vendor "$python" "$srcdir/tests/handlers/vendors.py" "$1" "$V" ${3:+--tls "$T/tls.pem"}
	wait_for '[ -s "$V/port" ]' 20 || bail "no server for $1"
}
key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
taken() { is "$(wc -l <"$V/requests") $(cat "$V/broken")" "$1 " "$2: the alert is there"; }

# ---- the lines -------------------------------------------------------------------------

# lines HANDLER: its numbered lines
lines() { sed -n '/^#	1\. /,/^#$/ { s/^#	[1-5]\. //p; s/^#	   //p; }' "$srcdir/handlers/$1"; }

# set_up HANDLER: run the lines that are commands; for others, by_hand gets the line.
# systemctl and journalctl need a running systemd, and by_hand gets them, too.
set_up() {
	of=$1
	find /etc/alertspool/spool -type f ! -name lock -delete
	is "$(grep -c '^#	[1-5]\. ' "$srcdir/handlers/$of")" 5 "$of: five lines"
	lines "$of" >"$T/lines"
	while IFS= read -r line <&3; do
		case $line in
		'alertspool send URL-OF-THE-RESPONDER')
			run 0 "$of: $line" alertspool send http://127.0.0.1:8080/atlas ;;
		'Check that it delivers: '* | 'To a server: '* | 'For other readers: '*)
			by_hand "$line"
			run 0 "$of: ${line#*: }" sh -c "${line#*: }" ;;
		'cd '* | 'install '* | 'cp '* | 'alertspool '* | 'sqlite3 '*)
			run 0 "$of: $line" sh -c "$line"
			case $line in
			'alertspool run '*) is "$(out)$(err)" "" "$of: it has nothing to say" ;;
			esac ;;
		*) by_hand "$line" ;;
		esac
	done 3<"$T/lines"
}
# into FILE LINE: it must be there, empty and closed to others
into() {
	is "$(stat -c '%a %U %G %s' "$1")" "640 root alertspool 0" "$of: only alertspool reads $1"
	echo "$2" >"$1"
}

# ---- each handler -------------------------------------------------------------------------

by_hand() {
	case $1 in
	'Write its integration key, one line, into that file.') into /etc/alertspool/pagerduty.key "$key" ;;
	'PagerDuty: '*) ;;
	*) fail "pagerduty: by hand: $1" ;;
	esac
}
vendor pagerduty 443 --tls
set_up pagerduty
is "$(spool_count /etc/alertspool/spool new/)" 0 "pagerduty: no record is left"
taken 1 pagerduty
stop vendor

by_hand() {
	case $1 in
	'Write its API key, one line, into that file.') into /etc/alertspool/jsm.key "$key" ;;
	'Jira: '*) ;;
	*) fail "jsm: by hand: $1" ;;
	esac
}
vendor jsm 443 --tls
set_up jsm
taken 1 jsm
stop vendor

by_hand() {
	case $1 in
	'Write its URL, one line, into that file.')
		into /etc/alertspool/chat.url "https://hooks.example.org/services/$key" ;;
	'Make an incoming webhook '* | 'channel when a webhook '*) ;;
	*) fail "chat: by hand: $1" ;;
	esac
}
key=https://hooks.example.org/services/$key
vendor slack 443 --tls
key=${key##*/}
set_up chat
taken 1 chat
stop vendor

by_hand() {
	case $1 in
	'Write the URL, one line, into /etc/alertspool/webhook.url.')
		into /etc/alertspool/webhook.url https://hooks.example.org/alerts
		is "$(stat -c '%a %U %G %s' /etc/alertspool/webhook.secret)" "640 root alertspool 0" \
			"webhook: and the secret" ;;
	'echo '*)
		run 0 "webhook: $1" sh -c "$1"
		key=$(cat /etc/alertspool/webhook.secret)
		vendor webhook 443 --tls ;;
	*) fail "webhook: by hand: $1" ;;
	esac
}
set_up webhook
taken 1 webhook
stop vendor

by_hand() {
	case $1 in
	'Write its URL, one line, like http://am.example.org:9093, into that file.')
		into /etc/alertspool/alertmanager.url http://am.example.org:9093 ;;
	# Started each minute, as the owner of the spool.
	'systemctl enable --now alertspool-alertmanager.timer')
		ok "alertmanager: the timer is there" test -s /etc/systemd/system/alertspool-alertmanager.timer
		timer=$(sed -n 's/^ExecStart=//p' /etc/systemd/system/alertspool-alertmanager.service) ;;
	*) fail "alertmanager: by hand: $1" ;;
	esac
}
vendor alertmanager 9093
set_up alertmanager
# shellcheck disable=SC2086 # words
run 0 "alertmanager: $timer" setpriv --reuid=alertspool --regid=alertspool --clear-groups -- $timer
taken 1 alertmanager
stop vendor

by_hand() {
	case $1 in
	'To a server: '*)
		echo 601 >"$T/syslog.port"
		start syslog "$python" "$srcdir/tests/handlers/syslog_server.py" tcp "$T/syslog.port" "$T/messages"
		ok "syslog: a server" wait_for 'listens 601' 20
		run 0 "syslog: one more alert" alertspool send http://127.0.0.1:8080/atlas ;;
	'journalctl -t alertspool-alert -o json')
		is "$(jq -r .SYSLOG_IDENTIFIER "$T/journal")" alertspool-alert "syslog: the journal has it" ;;
	'In its rsyslog.conf: module(load="imtcp") and input(type="imtcp" port="601")') ;;
	*) fail "syslog: by hand: $1" ;;
	esac
}
start journal "$python" "$srcdir/tests/handlers/syslog_server.py" journal "$T/journal.port" "$T/journal"
wait_for '[ -s "$T/journal.port" ]' 20 || bail "no journal"
set_up syslog
ok "syslog: the server has it" wait_for '[ -s "$T/messages" ]'

by_hand() {
	case $1 in
	'For other readers: '*) ;;
	*) fail "sqlite: by hand: $1" ;;
	esac
}
set_up sqlite
is "$(sqlite3 /var/lib/alertspool/alerts.db 'SELECT count(*) FROM alerts_now')" 1 "sqlite: the alert is there"

cat >/usr/sbin/sendmail <<EOT2
#!/bin/sh
cat >>"$T/mail"
EOT2
chmod 755 /usr/sbin/sendmail
: >"$T/mail"
chmod 666 "$T/mail"
by_hand() {
	case $1 in
	'Install one of them '* | 'Check that it delivers: '*) ;;
	'As a service: '*) ok "mail: the unit" test -s "${1#*: }" ;;
	*) fail "mail: by hand: $1" ;;
	esac
}
set_up mail
is "$(grep -c '^Subject:\|^test$' "$T/mail")" 2 "mail: the alert is there"
done_testing
