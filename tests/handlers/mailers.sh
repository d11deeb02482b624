#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/mail with real mailers, those that are installed: msmtp sends to a server that
# enforces RFC 5321 and 5322; exim4 delivers into a mailbox, with settings of its own.
# Python's email package reads what arrives.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/handlers/handlers.sh"

PATH=$PATH:/usr/sbin
command -v msmtp >/dev/null || command -v exim4 >/dev/null || skip_all "no msmtp and no exim4"
mkdir "$T/bin" "$T/smtp" "$T/exim"
PATH=$T/bin:$PATH
mail=$srcdir/handlers/mail

# The alerts: an ordinary one; one with the words of a mail's end and of RFC 2047, long
# lines, dots, and text that is not ASCII.
plain=$(record "$srcdir/tests/data/host-metric-raw/body")
{
	printf '{"id":"1","status":"OPEN","eventTypeName":"HOST_DOWN","severity":"CRITICAL",'
	printf '"projectName":"caf\\u00e9 \\ud83d\\ude00 =?UTF-8?Q?x?=","clusterName":".",'
	printf '"updated":"2026-11-20T10:30:00Z","groupId":"5f1e2d3c4b5a69788796a5b4",'
	printf '"humanReadable":"It is down\\n.\\nFrom here on\\nQUIT\\n.\\n%s"}' "$(printf '%03000d' 0)"
} >"$T/odd"
odd=$(record "$T/odd")

cat >"$T/read.py" <<'EOT2'
import email.policy, sys
with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)
defects = [d for part in [message, *message.values()] for d in part.defects]
body = message.get_content().replace("\r\n", "\n")
print(message["From"], message["To"], message["Subject"], message["X-Alertspool-Record"],
      len(defects), sep="\n")
print("lines:", *[line for line in body.split("\n") if line in (".", "From here on", ">From here on",
                                                      "QUIT")], sep=" ")
EOT2
arrives() { # FILE RECORD SUBJECT LINES NAME
	is "$("$python" "$T/read.py" "$1")" "alertspool@example.org
dba@example.org
$3
${2##*/}
0
lines:${4:+ $4}" "$5"
}
plain_subject='[CRITICAL] Web Shop: Disk space % used on Data Partition has gone above 90'
odd_subject=$(printf '[CRITICAL] caf\303\251 \360\237\230\200 =?UTF-8?Q?x?=: It is down')
from="-f alertspool@example.org"

# ---- msmtp --------------------------------------------------------------------------

if command -v msmtp >/dev/null; then
	start smtp "$python" "$srcdir/tests/handlers/smtp_server.py" "$T/smtp"
	wait_for '[ -s "$T/smtp/port" ]' 20 || bail "no mail server"
	: >"$T/smtp/broken"
	printf 'account default\nhost 127.0.0.1\nport %s\nfrom nobody@example.org\n' \
		"$(cat "$T/smtp/port")" >"$T/msmtprc"
	printf '#!/bin/sh\nexec msmtp -C "%s" "$@"\n' "$T/msmtprc" >"$T/bin/sendmail"
	chmod 755 "$T/bin/sendmail"
	# shellcheck disable=SC2086 # words
	run 0 "msmtp" "$mail" $from dba@example.org <"$plain"
	arrives "$T/smtp/mail" "$plain" "$plain_subject" "" "the mail arrives"
	like "$(cat "$T/smtp/envelope")" '^MAIL FROM:<alertspool@example.org>' "its sender"
	like "$(cat "$T/smtp/envelope")" '^RCPT TO:<dba@example.org>' "its recipient"
	# shellcheck disable=SC2086 # words
	run 0 "msmtp: an odd alert" "$mail" $from dba@example.org <"$odd"
	arrives "$T/smtp/mail" "$odd" "$odd_subject" ". From here on QUIT ." "arrives whole"
	run 0 "msmtp: two addresses" "$mail" a@example.org b@example.org <"$plain"
	is "$(grep -c '^RCPT' "$T/smtp/envelope")" 2 "both get it"
	is "$(cat "$T/smtp/broken")" "" "no mail broke a rule"
	stop smtp
	run 75 "msmtp: the server is away" "$mail" dba@example.org <"$plain"
	like "$(err)" '^mail: sendmail failed with exit code 75$' "is tried again"
else
	skip "msmtp" "it is not installed"
fi

# ---- exim4 ----------------------------------------------------------------------------

if command -v exim4 >/dev/null && am_root; then
	cat >"$T/exim/conf" <<-EOT2
		spool_directory = $T/exim/spool
		log_file_path = $T/exim/%slog
		primary_hostname = mail.example.org
		keep_environment =
		deliver_drop_privilege
		begin routers
		all:
		  driver = accept
		  transport = box
		begin transports
		box:
		  driver = appendfile
		  file = $T/exim/box/mail
		  message_prefix =
		  message_suffix =
		  check_string =
	EOT2
	chmod 777 "$T/exim" # exim works as a user of its own
	install -d -m 777 "$T/exim/box"
	# -odf: the delivery is over when it returns
	printf '#!/bin/sh\nexec exim4 -C "%s" -odf "$@"\n' "$T/exim/conf" >"$T/bin/sendmail"
	chmod 755 "$T/bin/sendmail"
	for record in "$plain" "$odd"; do
		rm -f "$T/exim/box/mail"
		# shellcheck disable=SC2086 # words
		run 0 "exim4" "$mail" $from dba@example.org <"$record"
		if [ "$record" = "$plain" ]; then
			arrives "$T/exim/box/mail" "$plain" "$plain_subject" "" "the mail is delivered"
		else
			arrives "$T/exim/box/mail" "$odd" "$odd_subject" ". From here on QUIT ." \
				"an odd one, too"
		fi
		is "$(sed -n 's/^Return-path: //Ip; s/^Envelope-to: //Ip' "$T/exim/box/mail")" "" \
			"with its own headers only"
	done
else
	skip "exim4" "it is not installed, or this is not root"
fi
done_testing
