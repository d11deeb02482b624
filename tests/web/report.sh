#!/bin/sh
# SPDX-License-Identifier: ISC
# The page of "alertspool report" behind nginx and Apache, with the files that we ship:
# a password is needed, and nothing but the page is served.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

kind=nginx
front_users
logs=$T/logs
status=$T/status
mkdir "$logs" "$status"
chown "$owner:$server_group" "$status"
chmod 02750 "$status"
make_installation "$T/i" "$owner"
chown "$owner" "$T/i"
passwords=$T/htpasswd
printf 'reader:%s\n' "$(openssl passwd -6 'p:w d')" >"$passwords"
chown "root:$server_group" "$passwords" 2>/dev/null
chmod 0640 "$passwords"

# Made by the owner of the spool; the web server reads it by its group.
# shellcheck disable=SC2046 # words
$(as "$owner") "$alertspool" -c "$T/i/alertspool.conf" report -o "$status/index.html" ||
	bail "no page"
echo secret >"$T/outside"
ln -s "$T/outside" "$status/link.html"
ln -s "$T" "$status/all"
echo half >"$status/.alertspool-report"
mkdir "$status/list"

# get PATH [CURL-OPTION...]: the status; headers and body are kept
get() {
	get_path=$1
	shift
	curl -o "$T/body" -D "$T/headers" -w '%{http_code}' --path-as-is "$@" \
		"http://127.0.0.1:$port$get_path"
}
right='reader:p:w d'

# served NAME STATUS: what must be true of both servers. STATUS is the answer to the right
# password while the file of passwords is missing.
served() {
	is "$(get /atlas-status/)" 401 "$1: 401 without a password"
	like "$(cat "$T/headers")" '^WWW-Authenticate: Basic realm="Alerts"' "$1: which one to give"
	for wrong in 'reader:wrong' 'reader:' ':' 'other:p:w d'; do
		is "$(get /atlas-status/ -u "$wrong")" 401 "$1: 401 with a wrong one, $wrong"
	done
	for path in /atlas-status/index.html /atlas-status/.alertspool-report /atlas-status/none \
		/atlas-status/link.html /atlas-status/list/ /atlas-status//index.html \
		/x/../atlas-status/index.html /%61tlas-status/index.html; do
		like "$(get "$path")" '^(401|404|403)$' "$1: nothing without one: $path"
		is "$(grep -E 'made every minute|^half|^secret' "$T/body")" "" "$1: no page in the answer"
	done
	is "$(get /atlas-status/ -u "$right")" 200 "$1: 200 with the right one"
	ok "$1: it is the page" cmp "$T/body" "$status/index.html"
	headers=$(tr -d '\r' <"$T/headers")
	like "$headers" '^Content-Type: text/html; *charset=utf-8$' "$1: as HTML in UTF-8"
	like "$headers" '^Cache-Control: no-store$' "$1: which nobody keeps"
	like "$headers" "^Content-Security-Policy: base-uri 'none'; form-action 'none'; frame-ancestors 'none'\$" \
		"$1: in no frame"
	like "$headers" '^X-Content-Type-Options: nosniff$' "$1: and is nothing else"
	is "$(get /atlas-status -u "$right")" 301 "$1: without the slash, a redirect to it"
	is "$(get /atlas-status/ -u "$right" -I)" 200 "$1: HEAD"
	like "$(get /atlas-status/ -u "$right" -d x)" '^40[35]$' "$1: no POST"
	like "$(get /atlas-status/ -u "$right" -X DELETE)" '^40[35]$' "$1: no DELETE"
	for path in link.html all/outside all/; do
		like "$(get "/atlas-status/$path" -u "$right")" '^40[34]$' "$1: no link is followed: $path"
	done
	is "$(get /atlas-status/list/ -u "$right")" 403 "$1: no list of files"
	is "$(get /atlas-status/.alertspool-report -u "$right")" 404 "$1: nothing that begins with a dot"
	like "$(get /atlas-status/../outside -u "$right")" '^40[034]$' "$1: nothing outside"
	mv "$passwords" "$passwords.away"
	is "$(get /atlas-status/)" 401 "$1: without a file of passwords, 401"
	is "$(get /atlas-status/ -u "$right")" "$2" "$1: and $2 with what was right"
	: >"$passwords"
	chmod 0644 "$passwords"
	is "$(get /atlas-status/ -u "$right")" 401 "$1: with an empty one, 401"
	mv "$passwords.away" "$passwords"
	is "$(get /atlas-status/ -u "$right")" 200 "$1: with the file back, 200"
}

# ---- nginx

if command -v nginx >/dev/null; then
	port=$(free_port)
	mkdir "$T/nginx"
	sed "s,/run/alertspool-status/,$status/,; s,/etc/nginx/alertspool-status.htpasswd,$passwords," \
		"$srcdir/nginx/alertspool-status.conf" >"$T/alertspool-status.conf"
	# The site around it allows everything that it can.
	cat >"$T/nginx.conf" <<-EOT
		$(front_nginx_main 64)
		http {
			$(front_nginx_paths)
			server {
				listen 127.0.0.1:$port;
				satisfy any;
				allow all;
				autoindex on;
				location ~ \.html\$ { return 404; }
				include $T/alertspool-status.conf;
				location / { return 404; }
			}
		}
	EOT
	ok "nginx -t" nginx -t -c "$T/nginx.conf" -p "$T/nginx/" -e "$logs/error.log"
	front_run_nginx
	served nginx 403
	stop nginx
else
	skip "nginx" "not installed"
fi

# ---- Apache

if command -v apache2 >/dev/null; then
	modules=/usr/lib/apache2/modules
	port=$(free_port)
	mkdir "$T/apache"
	cat >"$T/apache.conf" <<-EOT
		$(front_apache_main auth_basic authn_core authn_file authz_user dir mime autoindex)
		ServerLimit 2
		TypesConfig /dev/null
		Define ALERTSPOOL_STATUS $status
		Define ALERTSPOOL_STATUS_PASSWORDS $passwords
		<Directory />
			Options FollowSymLinks Indexes
			AllowOverride All
			Require all granted
		</Directory>
		<VirtualHost 127.0.0.1:$port>
			<Location "/">
				Require all granted
			</Location>
			Include $srcdir/apache/alertspool-status.conf
		</VirtualHost>
	EOT
	printf 'Options +Indexes +FollowSymLinks\nRequire all granted\n' >"$status/.htaccess"
	ok "apache2ctl configtest" apache2 -t -f "$T/apache.conf"
	front_run_apache
	served Apache 500
	# What else leads to the directory, for example its name in another site.
	stop apache
	sed -i "s,<VirtualHost.*,&\nAlias /elsewhere $status," "$T/apache.conf"
	sed -i '/<Location "\/">/,/<\/Location>/d' "$T/apache.conf"
	front_run_apache
	is "$(get /elsewhere/index.html -u "$right")" 403 "Apache: by another path, nobody gets it"
	stop apache
else
	skip "Apache" "not installed"
fi
done_testing
