#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool source add: adds a source that works, or nothing at all.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

if am_root; then user=nobody; else user=$(id -un); fi
group=$(id -gn "$user")
as_user() { become "$user" "$@"; }
mkdir "$T/home"
! am_root || chown "$user:$group" "$T/home"
chmod 755 "$T/home"
dir=$T/home/i
conf=$dir/alertspool.conf
as_user "$alertspool" init "$dir" >/dev/null || bail init
add() { as_user "$alertspool" -c "$conf" source add "$@"; }
# names: what lies beside the settings
names() { (cd "$dir" && find . -maxdepth 1 -printf '%f ' | tr ' ' '\n' | grep -v '^\.$' | LC_ALL=C sort | tr '\n' ' '); }

# ---- a source

cp "$conf" "$T/before"
chmod 0604 "$conf"
run 0 "source add" add payments --url 'https://alerts.example.com/atlas/?x=1'
is "$(sed -n 's/^Webhook URL: //p' "$T/out")" \
	"https://alerts.example.com/atlas/payments?x=1&token=$(cat "$dir/payments.token")" "the URL has name and token"
is "$(sed -n 's/^Secret: //p' "$T/out")" "$(cat "$dir/payments.secret")" "the secret is printed"
like "$(cat "$dir/payments.secret")" '^[A-Za-z0-9_-]{43}$' "32 bytes in base64url"
like "$(out)" '^  kill -HUP ' "how to reload is printed"
is "$(stat -c '%a %U:%G' "$dir/payments.secret" "$dir/payments.token" | uniq)" "600 $user:$group" \
	"secret and token are as init makes them"
is "$(stat -c '%a %U:%G' "$conf")" "604 $user:$group" "the settings keep owner and mode"
ok "and all that was in them" cmp "$T/before" "$conf" -n "$(wc -c <"$T/before")"
is "$(tail -n 4 "$conf")" "
[source payments]
secret_file = $dir/payments.secret
token_file = $dir/payments.token" "the section is appended"
is "$(names)" "alertspool.conf payments.secret payments.token secret spool token " "nothing else is left"
chmod 0640 "$conf"

make_alert sourced OPEN >"$T/body"
# With its token, as Atlas sends it.
env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST PATH_INFO=/payments \
	QUERY_STRING="token=$(cat "$dir/payments.token")" CONTENT_LENGTH="$(wc -c <"$T/body")" \
	HTTP_X_MMS_SIGNATURE="$(sign "$T/body" "$dir/payments.secret")" \
	setpriv --reuid="$(id -u "$user")" --regid="$(id -g "$user")" --clear-groups -- \
	"$responder" -c "$conf" <"$T/body" >"$T/answer" 2>&1
like "$(cat "$T/answer")" '"status":"stored"' "a delivery of it is stored"
is "$(as_user "$alertspool" -c "$conf" source list | cut -f 1-4 | tail -n 1)" \
	"$(printf 'payments\t/payments\tpayments.secret\tpayments.token')" "source list has it"

run 0 "without --url" add search
is "$(sed -n 's/^Append to the URL: //p' "$T/out")" "/search?token=$(cat "$dir/search.token")" "what is to be appended"
printf '# no newline' >>"$conf"
run 0 "settings that do not end in a newline" add third
is "$(grep -c '^# no newline$' "$conf")" 1 "get one"
run 0 "the result is good" as_user "$responder" -t -c "$conf"

# ---- nothing at all

cp -p "$conf" "$T/before"
names >"$T/names"
# unchanged NAME: settings and directory are as before
unchanged() {
	ok "$1: the settings are unchanged" cmp "$T/before" "$conf"
	is "$(names)" "$(cat "$T/names")" "$1: nothing is left"
}
for name in '' Payments a.b -x "$(printf %033d 0)" ../x; do
	run 64 "refused: \"$name\"" add -- "$name"
done
run 64 "no name" add
run 64 "an invalid URL" add fourth --url example.com
run 73 "a source that is there" add payments
like "$(err)" 'source payments\] is in .* already' "a source that is there: the message"
unchanged "names"
for file in fourth.secret fourth.token; do
	as_user touch "$dir/$file"
	names >"$T/names"
	run 73 "a file that is there: $file" add fourth
	like "$(err)" "$file" "is named"
	unchanged "$file"
	rm "$dir/$file"
done
names >"$T/names"
for mode in 0770 0757 1777; do
	chmod $mode "$dir"
	run 73 "a directory of mode $mode" add fourth
	like "$(err)" 'users other than its owner can write.*chmod go-w' "is refused, with what to do"
	unchanged "mode $mode"
	chmod 0750 "$dir"
done
chmod 0660 "$conf"
run 73 "settings that others can write" add fourth
unchanged "mode 0660"
chmod 0640 "$conf"
as_user mkdir "$dir/real"
as_user mv "$conf" "$dir/real/"
as_user ln -s real/alertspool.conf "$conf"
names >"$T/names"
"$alertspool" -c "$conf" source add fourth >"$T/out" 2>"$T/err"
is "$([ $? -ne 0 ] && echo refused)" refused "settings that are a link"
is "$(names)" "$(cat "$T/names")" "nothing is left"
rm "$conf"
as_user mv "$dir/real/alertspool.conf" "$conf"
rmdir "$dir/real"
names >"$T/names"

# What an editor wrote meanwhile is not lost.
if command -v strace >/dev/null && strace -qq -o "$T/works" true 2>/dev/null; then
	run 75 "changed meanwhile" as_user strace -qq -o /dev/null -e trace=fchmod \
		-e inject=fchmod:delay_enter=1500000 sh -c \
		'(sleep 0.5; echo "# edited" >>"$2") & exec "$1" -c "$2" source add fourth' - "$alertspool" "$conf"
	like "$(err)" 'was changed meanwhile' "changed meanwhile: the message"
	is "$(tail -n 1 "$conf")" "# edited" "the edit is there"
	is "$(names)" "$(cat "$T/names")" "and nothing is left"
	cp -p "$conf" "$T/before"
	for call in fchmod fsync renameat getrandom; do
		# shellcheck disable=SC2046 # words
		run 1 "$call fails" sh -c '"$@" && exit 0; exit 1' - $(as "$user") strace -qq -o /dev/null \
			-e trace=$call -e inject=$call:error=EIO "$alertspool" -c "$conf" source add fourth
		unchanged "$call"
	done
	run 74 "the last fsync fails" as_user strace -qq -o /dev/null -e trace=fsync \
		-e inject=fsync:error=EIO:when=3 "$alertspool" -c "$conf" source add fourth
	is "$(grep -c '^\[source fourth\]$' "$conf")" 1 "but the source is there by then"
	ok "with its secret" test -s "$dir/fourth.secret"
	cp -p "$conf" "$T/before"
	names >"$T/names"
else
	skip "changed meanwhile, and calls that fail" "strace does not work here"
fi

# ---- root, whose settings the service's group reads

if am_root; then
	mkdir "$T/etc"
	chmod 755 "$T/etc"
	"$alertspool" init --owner "$user:daemon" "$T/etc/alertspool" >/dev/null
	run 0 "root" "$alertspool" -c "$T/etc/alertspool/alertspool.conf" source add payments
	is "$(stat -c '%a %U:%G' "$T"/etc/alertspool/payments.* "$T/etc/alertspool/alertspool.conf" | uniq)" \
		"640 root:daemon" "all of it is root's, and read by the group"
	run 73 "root in a user's directory" "$alertspool" -c "$conf" source add fifth
	unchanged "root"
	run 77 "somebody else" become games "$alertspool" -c "$T/etc/alertspool/alertspool.conf" source add other
	like "$(err)" 'sudo' "the message names sudo"
fi

for secret in "$dir"/*secret "$dir"/*token "$T"/etc/alertspool/*secret "$T"/etc/alertspool/*token; do
	[ ! -f "$secret" ] || holds_secret "$secret"
done
done_testing
