#!/bin/sh
# SPDX-License-Identifier: ISC
# The files for containers, without a container: what they name is there, the commands
# have the verbs and options that the programs have, and nginx takes its configuration.
# tests/container/run builds the image and runs them all.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

"$python" -c 'import yaml' 2>/dev/null || skip_all "python3-yaml is not installed"
commands() { "$python" "$srcdir/tests/container/commands.py" "${1:-$srcdir}"; }

# help WORD...: the program takes these words, and prints its help
help() {
	case $1 in
	*/alertspool.fcgi) program=$responder ;;
	*) program=$alertspool ;;
	esac
	shift
	"$program" "$@" --help
}

ok "what the services name is there" commands
commands >"$T/commands"
tab=$(printf '\t')
while read -r line; do
	IFS=$tab
	# shellcheck disable=SC2086 # words
	set -- $line
	unset IFS
	ok "there is: $*" help "$@"
done <"$T/commands"
for wanted in 'fcgi.--listen' 'route.--follow' 'run.--follow.pager' 'init.--spool-only' clean; do
	like "$(cat "$T/commands")" "$wanted" "that was looked at: $wanted"
done

# What is not there is found.
mkdir "$T/tree"
cp -R "$srcdir/Containerfile" "$srcdir/container" "$srcdir/nginx" "$T/tree/"
chmod -R u+w "$T/tree"
sed -i 's/route, --follow/route, --folow/; s,\./nginx\.conf,./engine.conf,' \
	"$T/tree/container/compose.yml"
like "$(commands "$T/tree" 2>&1)" 'nginx: \./engine.conf' "a file that is not there is found"
if help alertspool route --folow 2>/dev/null; then
	fail "an option that there is not is refused"
else
	pass "an option that there is not is refused"
fi

# The user and the group that they agree on.
like "$(cat "$srcdir/Containerfile")" '^ARG UID=10001$' "the user is 10001"
like "$(cat "$srcdir/container/README.Containers")" '10001:10001' "as the README says"

if command -v nginx >/dev/null && command -v openssl >/dev/null; then
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
		-keyout "$T/tls.key" -out "$T/tls.crt" 2>/dev/null
	holds_secret "$T/tls.key"
	sed "s,/etc/nginx/alertspool,$T/tree/nginx,; s,/run/secrets,$T," \
		"$srcdir/container/nginx.conf" >"$T/default.conf"
	sed -i "s,/var/log/nginx/,$T/,; s,/run/alertspool/,$T/," "$T"/tree/nginx/*.conf
	cat >"$T/nginx.conf" <<-EOF
		pid $T/nginx.pid;
		error_log $T/error.log;
		events { }
		http {
			access_log off;
			include $T/default.conf;
		}
	EOF
	ok "nginx -t" nginx -t -p "$T/" -e "$T/error.log" -c "$T/nginx.conf"
else
	skip "nginx -t" "nginx or openssl is not installed"
fi
done_testing
