#!/bin/sh
# SPDX-License-Identifier: ISC
# "make install" into a directory of its own: programs, manuals, schema and
# configuration are installed, work, and name the paths of this installation.

srcdir=${srcdir:-$(dirname "$0")/..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

# The directories as they were configured, without the variables in them.
places=$T/places.mk
cat >"$places" <<'EOT'
include Makefile
places: ; @echo '$(bindir) $(pkglibexecdir) $(pkgdatadir) $(mandir) $(sysconfdir) $(localstatedir)'
EOT
unset MAKEFLAGS MFLAGS MAKELEVEL
read -r bin libexec data man etc state <<-EOT
	$(make -s -C "$builddir" -f "$places" places)
EOT
root=$T/root
ok "make install DESTDIR=" make -s -C "$builddir" install DESTDIR="$root"

run 0 "alertspool runs from there" "$root$bin/alertspool" --version
run 0 "alertspool.fcgi runs from there" "$root$libexec/alertspool.fcgi" --version
for page in man1/alertspool.1 man5/alertspool.conf.5 man5/alertspool-spool.5 \
    man8/alertspool.fcgi.8; do
	ok "$page" [ -s "$root$man/$page" ]
done
# The manuals name the places of this installation.
grep -hoE '/[^ ,"]*/(libexec/alertspool|share/alertspool|spool/alertspool)' "$root$man"/man?/* |
    sort -u >"$T/named"
is "$(grep -vxF -e "$libexec" -e "$data" -e "$state/spool/alertspool" "$T/named")" "" \
    "the manuals name the places where things are"
is "$(wc -l <"$T/named")" 3 "all three"
is "$(grep -hoE '/[^ ,"]*etc/alertspool/alertspool\.conf' "$root$man"/man?/* | sort -u)" \
    "$etc/alertspool/alertspool.conf" "and the settings"
ok "the examples of units lie together" [ -s "$root$data/systemd/alertspool-run.service" ] \
    && [ -s "$root$data/systemd/spool.conf" ]
is "$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$root$data/systemd/alertspool-forward.service")" \
    "$bin/alertspool" "forward's unit is among them and names the program where it is"
ok "the schema is JSON" jq -e .properties.record_version "$root$data/record.schema.json"
is "$(find "$root" -type f -perm /022)" "" "nobody else may write any of it"
is "$(find "$root" -type f ! -perm -444)" "" "everybody may read it"

# ---- the servers' files ------------------------------------------------------

# Every absolute path below libexec that they name is there.
grep -rhoE '/[^ "]*/alertspool\.fcgi' "$root$data/nginx" "$root$data/apache" |
    sort -u >"$T/programs"
is "$(cat "$T/programs")" "$libexec/alertspool.fcgi" \
    "the servers' files name the program where it is"
# The web server's own directory may have files of ours, too.
grep -rhoE '/[^ "=]*/alertspool\.conf( |$)' "$root$data/apache" |
    grep -v /etc/apache2/ | tr -d ' ' | sort -u >"$T/settings"
is "$(cat "$T/settings")" "$etc/alertspool/alertspool.conf" "and the settings"
"$root$libexec/alertspool.fcgi" -t >"$T/said" 2>&1
ok "which are those that the program looks for" \
    grep -F "$etc/alertspool/alertspool.conf" "$T/said"
for file in nginx/alertspool-http.conf nginx/alertspool-server.conf \
    nginx/alertspool-status.conf apache/alertspool-status.conf \
    apache/alertspool.conf apache/alertspool-proxy-fcgi.conf \
    apache/alertspool-fcgid.conf apache/alertspool-cgid.conf; do
	is "$(wc -l <"$root$data/$file")" "$(wc -l <"$srcdir/$file")" "$file is whole"
done
for file in "$srcdir"/handlers/*; do
	file=${file##*/}
	[ "$file" != common.sh ] || continue
	ok "handlers/$file can be run" [ -x "$root$libexec/handlers/$file" ]
	is "$(grep -oE '/[^ ]*libexec/alertspool[^ ]*' "$root$libexec/handlers/$file" |
	    grep -v "^$libexec/handlers/$file\$")" "" "and names itself where it is"
done
for file in allow-list heartbeat; do
	ok "examples/$file can be run" [ -x "$root$data/examples/$file" ]
	is "$(grep -oE '/[^ ]*share/alertspool[^ ]*' "$root$data/examples/$file" |
	    grep -v "^$data/examples/$file\$")" "" "and names itself where it is"
done
ok "the drop-in can be run" [ -x "$root$data/apache/alertspool.cgi" ]

ok "make uninstall" make -s -C "$builddir" uninstall DESTDIR="$root"
is "$(find "$root" -type f)" "" "leaves nothing"
done_testing
