/* SPDX-License-Identifier: ISC */
/* servers: parses words of the command line, and reads small files with secrets. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cli/nats/servers.h"
#include "lib/base/error.h"
#include "lib/base/file.h"

#define FILE_LIMIT ((size_t)64 * 1024)

/* ---- addresses ------------------------------------------------------ */

/* Letters, digits and the other characters of IPv6 addresses and ports. */
static bool
is_address(const char *text, size_t n)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-_:[]";

	return n > 0 && n < 256 && strspn(text, allowed) >= n;
}

static int
add_server(struct servers *s, const char *scheme, const char *address, size_t n,
    struct error *error)
{
	struct buf url = BUF_INIT;

	if (s->n == SERVERS_MAX)
		return error_set(error, ERROR_USAGE, "at most %d servers",
		    SERVERS_MAX);
	if (!is_address(address, n))
		return error_set(error, ERROR_USAGE,
		    "\"%.*s\" is not HOST or HOST:PORT", n < 80 ? (int)n : 80,
		    address);
	buf_adds(&url, scheme);
	buf_add(&url, address, n);
	if (buf_check(&url, error) == -1)
		return -1;
	s->url[s->n++] = url.data;
	return 0;
}

int
servers_parse(struct servers *s, const char *url, struct error *error)
{
	const char *scheme = NULL;

	if (strchr(url, '@') != NULL)
		return error_set(error, ERROR_USAGE,
		    "a user name or secret does not belong in the URL, where "
		    "every user of this machine can read it");
	for (;;) {
		size_t n;

		if (strncmp(url, "nats://", 7) == 0)
			scheme = "nats://";
		else if (strncmp(url, "tls://", 6) == 0)
			scheme = "tls://";
		else if (scheme == NULL)
			return error_set(error, ERROR_USAGE,
			    "the broker's URL begins with nats:// or tls://");
		if (strncmp(url, scheme, strlen(scheme)) == 0)
			url += strlen(scheme);
		s->tls = s->tls || *scheme == 't';
		n = strcspn(url, ",");
		if (add_server(s, scheme, url, n, error) == -1)
			return -1;
		if (url[n] == '\0')
			return 0;
		url += n + 1;
	}
}

void
servers_free(struct servers *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->url[i]);
	s->n = 0;
	buf_wipe(&s->user);
	buf_wipe(&s->password);
	buf_wipe(&s->token);
}

/* ---- files ---------------------------------------------------------- */

static int
read_private(const char *path, struct buf *text, struct error *error)
{
	struct stat st;

	if (file_read(AT_FDCWD, path, FILE_LIMIT, text, &st, error) == -1)
		return -1;
	if ((st.st_mode & (S_IROTH | S_IWOTH)) == 0)
		return buf_check(text, error);
	return error_set(error, ERROR_SETTINGS,
	    "%s: others can read or write it: chmod o-rwx %s", path, path);
}

/* The next line of a text, which is cut into strings; NULL at its end. */
static char *
next_server_line(char **text)
{
	char *line = *text;

	if (line == NULL || *line == '\0')
		return NULL;
	*text = line + strcspn(line, "\n");
	if (**text == '\n')
		*(*text)++ = '\0';
	line[strcspn(line, "\r")] = '\0';
	return line;
}

/* A value may be quoted. */
static int
set_value(struct servers *s, const char *name, char *value, const char *path,
    struct error *error)
{
	struct buf *into = strcmp(name, "NATS_USER") == 0 ? &s->user
	    : strcmp(name, "NATS_PASSWORD") == 0	  ? &s->password
	    : strcmp(name, "NATS_TOKEN") == 0		  ? &s->token
							  : NULL;
	size_t n = strlen(value);

	/* The file may have other variables, too. */
	if (into == NULL)
		return 0;
	if (n >= 2 && (*value == '"' || *value == '\'') &&
	    value[n - 1] == *value) {
		value++;
		n -= 2;
	}
	if (n == 0)
		return error_set(error, ERROR_SETTINGS, "%s: %s is empty", path,
		    name);
	buf_wipe(into);
	buf_add(into, value, n);
	return buf_check(into, error);
}

int
servers_read_auth(struct servers *s, const char *path, struct error *error)
{
	struct buf text = BUF_INIT;
	char *rest, *line, *value;
	int rc = read_private(path, &text, error);

	rest = text.data;
	while (rc == 0 && (line = next_server_line(&rest)) != NULL) {
		if (*line == '#' || *line == ';' || *line == '\0')
			continue;
		value = strchr(line, '=');
		if (value == NULL) {
			rc = error_set(error, ERROR_SETTINGS,
			    "%s: a line is not NAME=VALUE", path);
			break;
		}
		*value++ = '\0';
		rc = set_value(s, line, value, path, error);
	}
	if (rc == 0 && s->user.len + s->token.len == 0)
		rc = error_set(error, ERROR_SETTINGS,
		    "%s has neither NATS_USER nor NATS_TOKEN", path);
	buf_wipe(&text);
	return rc;
}

int
servers_read_nkey(const char *path, struct buf *seed, struct buf *key,
    struct error *error)
{
	struct buf text = BUF_INIT;
	char *rest, *line;
	int rc = read_private(path, &text, error);

	rest = text.data;
	while (rc == 0 && (line = next_server_line(&rest)) != NULL) {
		if (line[0] == 'S' && line[1] == 'U' && seed->len == 0)
			buf_adds(seed, line);
		else if (line[0] == 'U' && key->len == 0)
			buf_adds(key, line);
	}
	if (rc == 0 && (seed->len == 0 || key->len == 0))
		rc = error_set(error, ERROR_SETTINGS,
		    "%s has no line with a seed (SU…) or none with the public "
		    "key (U…): \"nk -gen user -pubout\" prints both",
		    path);
	buf_wipe(&text);
	return rc;
}

int
servers_check_inbox(const char *prefix, struct error *error)
{
	size_t n = strlen(prefix);

	if (n > 0 && n <= SERVERS_INBOX_MAX &&
	    strspn(prefix,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_$.") == n &&
	    prefix[0] != '.' && prefix[n - 1] != '.' &&
	    strstr(prefix, "..") == NULL)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "\"%.80s\" is not a prefix of inboxes: 1 to %d of A-Z a-z 0-9 - _ "
	    "$, "
	    "with single dots between them",
	    prefix, SERVERS_INBOX_MAX);
}

int
servers_refuse_inbox(const struct servers *s, const char *inbox,
    struct error *error)
{
	return error_set(error, ERROR_DENIED,
	    "we may not subscribe to %s, where answers would come; permit "
	    "\"%s.>\", or name what is permitted with --inbox-prefix",
	    inbox, s->inbox_prefix);
}

int
servers_check_files(const struct servers *s, struct error *error)
{
	struct buf text = BUF_INIT, seed = BUF_INIT, key = BUF_INIT;
	int rc = 0;

	if (s->tls_ca != NULL)
		rc = file_read(AT_FDCWD, s->tls_ca, FILE_LIMIT * 16, &text,
		    NULL, error);
	buf_reset(&text);
	if (rc == 0 && s->creds != NULL)
		rc = read_private(s->creds, &text, error);
	if (rc == 0 && s->nkey != NULL)
		rc = servers_read_nkey(s->nkey, &seed, &key, error);
	buf_wipe(&text);
	buf_wipe(&seed);
	buf_wipe(&key);
	return rc;
}
