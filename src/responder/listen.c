/* SPDX-License-Identifier: ISC */
/*
 * listen: binds a unix socket under the lock of PATH.lock, which this process and its
 * workers hold as long as they live: bind(2) refuses an existing name, and only
 * connecting shows whether an existing socket is dead. The umask during bind(2) sets the
 * mode: at no moment could others connect.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/quantity.h"
#include "responder/listen.h"

#define UNIX_PREFIX "unix:"
#define BACKLOG 4096 /* the kernel caps it at net.core.somaxconn */
#define SOCKET_UMASK 0117
#define LOCK_MODE 0600	  /* the web server must not lock it, either */
#define LOCK_WAIT_MS 5000 /* for workers of a dead responder */

static int
open_socket(int domain, struct error *error)
{
	int fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		error_sys(error, ERROR_CREATE, "socket");
	return fd;
}

/* The descriptor stays open, and keeps the lock, until the process and its workers have
 * ended. After a kill, workers finish their requests, and a new responder waits for them
 * here. */
static int
lock_path(const char *path, struct error *error)
{
	char name[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 8];
	int fd;

	snprintf(name, sizeof(name), "%s.lock", path);
	fd = file_open_regular(AT_FDCWD, name, O_RDWR | O_CREAT, LOCK_MODE);
	if (fd == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	if (fchmod(fd, LOCK_MODE) == -1)
		error_sys(error, ERROR_CREATE, "%s", name);
	else if (lock_byte(fd, 0, LOCK_WAIT_MS) == 0)
		return 0;
	else
		error_set(error, ERROR_CREATE,
		    "%s: another responder listens there", path);
	close(fd);
	return -1;
}

/* Remove a socket without a listener. */
static int
remove_stale(const struct sockaddr_un *address, struct error *error)
{
	struct stat st;
	int fd, sys;

	if (lstat(address->sun_path, &st) == -1 && errno == ENOENT)
		return 0;
	fd = open_socket(AF_UNIX, error);
	if (fd == -1)
		return -1;
	sys =
	    connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0
	    ? EADDRINUSE
	    : errno;
	close(fd);
	errno = sys;
	if (sys != ECONNREFUSED || !S_ISSOCK(st.st_mode))
		return error_sys(error, ERROR_CREATE,
		    "%s exists, and is not a socket", address->sun_path);
	if (unlink(address->sun_path) == -1)
		return error_sys(error, ERROR_CREATE, "%s", address->sun_path);
	return 0;
}

static int
bind_and_listen(int fd, const struct sockaddr *address, socklen_t len,
    const char *text, struct error *error)
{
	mode_t saved = umask(SOCKET_UMASK);
	int rc = bind(fd, address, len);
	int sys = errno;

	umask(saved);
	errno = sys;
	if (rc == -1 || listen(fd, BACKLOG) == -1)
		return error_sys(error, ERROR_CREATE, "cannot listen on %s",
		    text);
	return 0;
}

static int
listen_unix(const char *path, struct error *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (path[0] != '/' || strlen(path) >= sizeof(address.sun_path))
		return error_set(error, ERROR_USAGE,
		    "--listen unix:PATH needs an absolute path of at most %zu "
		    "bytes",
		    sizeof(address.sun_path) - 1);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (lock_path(path, error) == -1 || remove_stale(&address, error) == -1)
		return -1;
	fd = open_socket(AF_UNIX, error);
	if (fd == -1)
		return -1;
	if (bind_and_listen(fd, (struct sockaddr *)&address, sizeof(address),
		path, error) == 0)
		return fd;
	close(fd);
	return -1;
}

/* getaddrinfo(3) accepts 99999 and listens on 34463. */
static bool
valid_port(const char *text)
{
	int64_t port;

	return quantity_number(text, strlen(text), 1, UINT16_MAX, &port) == 0;
}

/* Split "host:port" or "[host]:port" in place. */
static int
split_address(char *text, char **host, char **port)
{
	char *colon = strrchr(text, ':');

	if (colon == NULL || colon == text || !valid_port(colon + 1))
		return -1;
	*colon = '\0';
	*port = colon + 1;
	*host = text;
	if (text[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		*host = text + 1;
	}
	return 0;
}

static struct addrinfo *
parse_address(const char *text)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	struct addrinfo *info = NULL;
	char *copy = strdup(text), *host, *port;

	if (copy != NULL && split_address(copy, &host, &port) == 0 &&
	    getaddrinfo(host, port, &hints, &info) != 0)
		info = NULL;
	free(copy);
	return info;
}

static int
listen_inet(const char *text, struct error *error)
{
	struct addrinfo *info = parse_address(text);
	int fd, yes = 1;

	if (info == NULL)
		return error_set(error, ERROR_USAGE,
		    "--listen needs unix:/path, 127.0.0.1:port or [::1]:port");
	fd = open_socket(info->ai_family, error);
	if (fd != -1 &&
	    (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ==
		    -1 ||
		bind_and_listen(fd, info->ai_addr, info->ai_addrlen, text,
		    error) == -1)) {
		error_sys(error, ERROR_CREATE, "cannot listen on %s", text);
		close(fd);
		fd = -1;
	}
	freeaddrinfo(info);
	return fd;
}

int
listen_open(const char *address, struct error *error)
{
	size_t prefix = strlen(UNIX_PREFIX);

	if (strncmp(address, UNIX_PREFIX, prefix) == 0)
		return listen_unix(address + prefix, error);
	return listen_inet(address, error);
}
