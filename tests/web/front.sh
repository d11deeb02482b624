# SPDX-License-Identifier: ISC
# front.sh: the ways to run the responder, each with the configuration that is
# shipped. After tests/lib.sh:
#
#	front_prepare KIND [RESPONDER-LINES]	nginx, proxy_fcgi, fcgid, cgid or cgi
#	front_start
#
# Then the installation is $installation, and the responder answers at $url, or is the
# CGI program $program; $owner owns both. $logs has the server's logs, and the
# responder's, if it has one. As root, each part runs as the user that it would have on a
# real machine; otherwise all run as your user.

PATH=$PATH:/usr/sbin:/sbin

front_need() {
	for need in "$@"; do
		command -v "$need" >/dev/null ||
		    skip_all "$need is not installed"
	done
}

# The users: the owner of the spool, and the web server's.
front_users() {
	owner=$(id -un)
	server_user=$owner
	if am_root; then
		server_user=www-data
		owner=www-data
		case $kind in
		nginx | proxy_fcgi) owner=nobody ;;
		esac
		id "$server_user" >/dev/null 2>&1 || skip_all "no user $server_user"
	fi
	server_group=$(id -gn "$server_user")
}

# A source for every combination of credentials, and that of tokens.txt.
front_sources() {
	cat <<-EOT
		secret_file = $installation/secret.old
		[source both]
		secret_file = $installation/secret
		token_file = $installation/token
		token_file = $installation/token.old
		[source token]
		token_file = $installation/token
		token_file = $installation/token.old
		[source tokens]
		token_file = $installation/token.plus
		token_file = $installation/token.x
		[source hex]
		secret_file = $installation/secret.hex
		signature_encoding = hex
		[source open]
		authentication = none
	EOT
}

front_prepare() {
	kind=$1
	case $kind in
	nginx) front_need nginx ;;
	proxy_fcgi | fcgid | cgid) front_need apache2 ;;
	esac
	modules=/usr/lib/apache2/modules
	[ "$kind" != fcgid ] || [ -f $modules/mod_fcgid.so ] ||
	    skip_all "libapache2-mod-fcgid is not installed"
	front_users

	installation=$T/installation
	logs=$T/logs
	mkdir "$installation" "$logs" "$T/socket"
	for key in secret.old secret.hex token token.old; do
		make_secret "$installation/$key" "$owner"
	done
	(umask 077 && echo 's3cret+tok/en' >"$installation/token.plus")
	(umask 077 && echo x >"$installation/token.x")
	chown "$owner" "$installation/token.plus" "$installation/token.x"
	make_installation "$installation" "$owner" \
	    "${2:-workers = 4
request_timeout = 3s}" "$(front_sources)"
	chown "$owner" "$installation"
	# The web server's user reaches the program there, wherever it was built.
	program=$T/alertspool.fcgi
	cp "$responder" "$program"
	chown "$owner:$server_group" "$T/socket"
	chmod 02750 "$T/socket"
	socket=$T/socket/fcgi.sock
	port=$(free_port)
	url=http://127.0.0.1:$port/atlas
}

front_start() {
	case $kind in
	nginx)
		front_responder
		front_nginx
		;;
	proxy_fcgi)
		front_responder
		front_apache
		;;
	fcgid | cgid) front_apache ;;
	esac
}

front_responder() {
	# shellcheck disable=SC2046 # words
	start responder $(as "$owner") "$program" -c "$installation/alertspool.conf" \
	    --listen "unix:$socket"
	wait_for 'listens "$socket"' || front_broken responder
}

# workers: the responder's, by process id
workers() { children_of responder; }

# all_workers N: wait until there are so many, because the socket listens before that.
all_workers() { wait_for "[ \"\$(workers | wc -w)\" -eq $1 ]"; }

# flood OPTION...: tests/web/flood.py at $url. Its last line is in $summary.
flood() {
	"$python" "$srcdir/tests/web/flood.py" "$@" "$url" "$installation" >"$T/flood" 2>&1
	flood_status=$?
	summary=$(tail -n 1 "$T/flood")
	[ "$flood_status" -eq 0 ] || diag_file "$T/flood"
	return "$flood_status"
}

# Remove all records, while the responder runs.
remove_records() {
	for state in new cur done dead bad; do
		find "$installation/spool/$state" -type f -delete
	done
}

front_broken() {
	diag_file "$T/$1.log"
	for file in "$logs"/*; do diag_file "$file"; done
	bail "$1 does not start"
}

# ---- nginx ----------------------------------------------------------------

# front_nginx_main CONNECTIONS: the lines before "http"
front_nginx_main() {
	cat <<-EOT
		daemon off;
		$(am_root && echo "user $server_user $server_group;")
		pid $T/nginx/pid;
		error_log $logs/error.log info;
		events { worker_connections $1; }
	EOT
}

# front_nginx_paths: the first lines in "http"
front_nginx_paths() {
	for part in client_body proxy fastcgi scgi uwsgi; do
		echo "${part}_temp_path $T/nginx/$part;"
	done
	echo "access_log $logs/access.log combined;"
}

front_nginx_configuration() {
	for part in http server; do
		sed "s,/run/alertspool/,$T/socket/,; s,/var/log/nginx/,$logs/," \
		    "$srcdir/nginx/alertspool-$part.conf" >"$T/alertspool-$part.conf"
	done
	mkdir -p "$T/nginx"
	cat >"$T/nginx.conf" <<-EOT
		$(front_nginx_main 512)
		worker_processes 2;
		http {
			$(front_nginx_paths)
			include $T/alertspool-http.conf;
			server {
				listen 127.0.0.1:$port;
				include $T/alertspool-server.conf;
				location / { return 404; }
			}
		}
	EOT
}

front_nginx() {
	front_nginx_configuration
	front_run_nginx
}

front_run_nginx() {
	start nginx nginx -c "$T/nginx.conf" -p "$T/nginx/" -e "$logs/error.log"
	wait_for 'listens $port' || front_broken nginx
}

# ---- Apache ---------------------------------------------------------------

# front_apache_main MODULE...: the first lines, with these modules and those always needed
front_apache_main() {
	cat <<-EOT
		ServerRoot $T
		ServerName localhost
		DefaultRuntimeDir $T/apache
		PidFile $T/apache/pid
		Listen 127.0.0.1:$port
		$(am_root && echo "User $server_user
		Group $server_group")
		ErrorLog $logs/error.log
		StartServers 1
		$(for module in mpm_event authz_core alias headers "$@"; do
			echo "LoadModule ${module}_module $modules/mod_$module.so"
		done)
	EOT
}

front_apache_configuration() {
	case $kind in
	proxy_fcgi) apache_modules="proxy proxy_fcgi" apache_file=proxy-fcgi ;;
	fcgid) apache_modules=fcgid apache_file=fcgid ;;
	cgid) apache_modules="cgid env" apache_file=cgid ;;
	esac
	mkdir -p "$T/apache"
	chmod 1777 "$T/apache"
	# shellcheck disable=SC2086 # words
	cat >"$T/apache.conf" <<-EOT
		$(front_apache_main authz_host reqtimeout setenvif $apache_modules)
		LogLevel info
		ServerLimit 4
		<IfModule mod_fcgid.c>
			FcgidIPCDir $T/apache/fcgid
			FcgidProcessTableFile $T/apache/fcgid_shm
		</IfModule>
		<IfModule mod_cgid.c>
			ScriptSock $T/apache/cgid.sock
		</IfModule>
		Define ALERTSPOOL_LOG $logs/alertspool.log
		Define ALERTSPOOL_SOCKET $socket
		Define ALERTSPOOL_PROGRAM $program
		Define ALERTSPOOL_SETTINGS $installation/alertspool.conf
		LogFormat "%h \\"%r\\" %>s" usual
		<VirtualHost 127.0.0.1:$port>
			CustomLog $logs/access.log usual env=!alertspool
			Include $srcdir/apache/alertspool.conf
			Include $srcdir/apache/alertspool-$apache_file.conf
		</VirtualHost>
	EOT
}

front_apache() {
	front_apache_configuration
	front_run_apache
}

front_run_apache() {
	start apache apache2 -f "$T/apache.conf" -D FOREGROUND
	wait_for 'listens $port' || front_broken apache
}
