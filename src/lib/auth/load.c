/* SPDX-License-Identifier: ISC */
/*
 * load: reads the files of secrets and tokens straight into one anonymous mapping that is
 * kept out of swap and core dumps and wiped at the end, without stdio or a buffer on the
 * heap, so that there is only one copy to wipe. It does not use libgcrypt: a supervisor
 * loads before it forks, its workers start libgcrypt.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/auth/private.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/file.h"
#include "lib/settings/settings.h"

#define CREDENTIALS "%d/"

/* The longest key, its newline, and one byte to detect a longer one. */
#define ROOM (AUTH_SECRET_MAX + 2)

struct loader {
	struct auth *auth;
	const char *file; /* the settings file, for messages */
	const struct auth_warner *warner;
	struct error *error;
};

static int
no_memory(struct error *error)
{
	errno = ENOMEM;
	return error_sys(error, ERROR_IO, "cannot load secrets");
}

/* ---- the area ---------------------------------------------------------- */

void
auth_lock_area(const struct auth *auth)
{
	/* If the system does not allow locking, the keys still work. */
	if (auth->area != NULL)
		(void)mlock(auth->area, auth->area_size);
}

static int
map_area(struct auth *auth, size_t nkeys, struct error *error)
{
	void *area;

	if (nkeys == 0)
		return 0;
	area = mmap(NULL, nkeys * ROOM, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		return no_memory(error);
	auth->area = area;
	auth->area_size = nkeys * ROOM;
	(void)madvise(area, auth->area_size, MADV_DONTDUMP);
	auth_lock_area(auth);
	return 0;
}

/* ---- one file --------------------------------------------------------------- */

/* Append the path, with %d replaced, to text. */
static int
resolve(struct buf *text, const char *path, struct error *error)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");

	if (strncmp(path, CREDENTIALS, strlen(CREDENTIALS)) == 0) {
		if (directory == NULL || directory[0] != '/')
			return error_set(error, ERROR_SETTINGS,
			    "%s: CREDENTIALS_DIRECTORY is not set; systemd "
			    "sets it for services with LoadCredential=",
			    path);
		buf_adds(text, directory);
		path += strlen(CREDENTIALS) - 1;
	}
	buf_adds(text, path);
	return buf_check(text, error);
}

static int
secret_open_failed(const char *shown, struct error *error)
{
	if (errno == ELOOP)
		return error_set(error, ERROR_SETTINGS,
		    "%s is a link; name the file itself", shown);
	return error_sys(error, errno == EACCES ? ERROR_DENIED : ERROR_SETTINGS,
	    "cannot open %s", shown);
}

/* Read the key from the descriptor into the area, after the others. */
static int
read_key(struct auth *auth, int fd, const char *shown, struct auth_key *key,
    struct error *error)
{
	unsigned char *bytes = auth->area + auth->area_used;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return error_sys(error, ERROR_IO, "cannot read %s", shown);
	if (!S_ISREG(st.st_mode))
		return error_set(error, ERROR_SETTINGS,
		    "%s is not a regular file", shown);
	if ((st.st_mode & (S_IROTH | S_IWOTH)) != 0)
		return error_set(error, ERROR_SETTINGS,
		    "%s: others can read or write it: chmod o-rwx %s", shown,
		    shown);
	n = file_read_full(fd, bytes, ROOM);
	if (n == -1)
		return error_sys(error, ERROR_IO, "cannot read %s", shown);
	if (n > 0 && bytes[n - 1] == '\n')
		bytes[--n] = '\0';
	if (n == 0)
		return error_set(error, ERROR_SETTINGS, "%s is empty", shown);
	if (n > AUTH_SECRET_MAX)
		return error_set(error, ERROR_SETTINGS,
		    "%s has more than %d bytes", shown, AUTH_SECRET_MAX);
	key->bytes = bytes;
	key->len = (size_t)n;
	auth->area_used += (size_t)n;
	key->dev = st.st_dev;
	key->ino = st.st_ino;
	return 0;
}

/* Open and read the file at this path; shown is the escaped path. */
static int
load_file(const struct loader *l, struct auth_key *key, const char *path,
    const char *shown)
{
	int fd, rc;

	key->name = strdup(strrchr(path, '/') + 1);
	if (key->name == NULL)
		return no_memory(l->error);
	fd = open(path,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return secret_open_failed(shown, l->error);
	rc = read_key(l->auth, fd, shown, key, l->error);
	close(fd);
	return rc;
}

/* ---- oddities --------------------------------------------------------------- */

/* What editors, shells and a paste leave around a key. */
static const struct {
	const char *front, *back;
	const char *phrase;
} odd_ends[] = {
    {"\xEF\xBB\xBF", "", "begins with a byte order mark (EF BB BF)"},
    {"\xFF\xFE", "", "begins with the byte order mark of UTF-16 (FF FE)"},
    {" ", "", "begins with a blank (20)"},
    {"\t", "", "begins with a tab (09)"},
    {"secret=", "", "begins with \"secret=\""},
    {"token=", "", "begins with \"token=\""},
    {"\"", "\"", "is in quotes (22)"},
    {"'", "'", "is in quotes (27)"},
    {"", "\r", "ends in a carriage return (0D)"},
    {"", "\n", "ends in a second newline (0A)"},
    {"", " ", "ends in a blank (20)"},
    {"", "\t", "ends in a tab (09)"},
};

static bool
has_ends(const struct auth_key *key, const char *front, const char *back)
{
	size_t nfront = strlen(front), nback = strlen(back);

	return key->bytes != NULL && key->len > nfront + nback &&
	    memcmp(key->bytes, front, nfront) == 0 &&
	    memcmp(key->bytes + key->len - nback, back, nback) == 0;
}

static int
warn(const struct loader *l, enum auth_warning warning, struct buf *phrase)
{
	int rc = buf_check(phrase, l->error);

	if (rc == 0)
		l->warner->warn(l->warner->context, warning, phrase->data);
	buf_reset(phrase);
	return rc;
}

/* Report oddities of the key in this file, a secret or a token. */
static int
judge(const struct loader *l, const struct auth_key *key, const char *shown,
    bool secret)
{
	const char *what = secret ? "secret" : "token";
	struct buf phrase = BUF_INIT;
	int rc = 0;

	if (l->warner == NULL)
		return 0;
	if (secret && key->len < AUTH_SECRET_WEAK) {
		buf_addf(&phrase, "the secret in %s has fewer than %d bytes",
		    shown, AUTH_SECRET_WEAK);
		rc = warn(l, AUTH_WARN_SHORT, &phrase);
	}
	for (size_t i = 0; rc == 0 && i < sizeof(odd_ends) / sizeof(*odd_ends);
	    i++) {
		if (!has_ends(key, odd_ends[i].front, odd_ends[i].back))
			continue;
		buf_addf(&phrase,
		    "the %s in %s %s; unless Atlas has the same, "
		    "every delivery is refused",
		    what, shown, odd_ends[i].phrase);
		rc = warn(l, AUTH_WARN_ODD, &phrase);
	}
	buf_free(&phrase);
	return rc;
}

/* Is it the file of another key, even by a link or another path? */
static bool
has_same_file(const struct auth_keys *keys, const struct auth_key *key)
{
	for (size_t i = 0; i < keys->n; i++)
		if (&keys->key[i] != key && keys->key[i].bytes != NULL &&
		    keys->key[i].dev == key->dev &&
		    keys->key[i].ino == key->ino)
			return true;
	return false;
}

static int
load_key(const struct loader *l, const struct auth_source *source,
    struct auth_key *key, const char *path, bool secret)
{
	struct buf real = BUF_INIT, shown = BUF_INIT;
	int rc = -1;

	if (resolve(&real, path, l->error) == -1)
		goto out;
	escape_log(&shown, real.data, real.len);
	if (buf_check(&shown, l->error) == -1 ||
	    load_file(l, key, real.data, shown.data) == -1)
		goto out;
	if (has_same_file(&source->secrets, key) ||
	    has_same_file(&source->tokens, key))
		error_set(l->error, ERROR_SETTINGS,
		    "%s: [source %s] names this file already, perhaps by "
		    "another path; remove one of the two lines",
		    shown.data, source->name);
	else
		rc = judge(l, key, shown.data, secret);
out:
	buf_free(&shown);
	buf_free(&real);
	return rc;
}

/* ---- all files ----------------------------------------------------------- */

static int
load_keys(const struct loader *l, struct auth_source *source,
    struct auth_keys *keys, const struct settings_paths *paths)
{
	size_t i;

	if (paths->n == 0)
		return 0;
	keys->key = calloc(paths->n, sizeof(*keys->key));
	if (keys->key == NULL)
		return no_memory(l->error);
	keys->n = paths->n;
	for (i = 0; i < paths->n; i++) {
		if (load_key(l, source, &keys->key[i], paths->path[i],
			keys == &source->secrets) == 0)
			continue;
		if (paths->line != NULL)
			error_prefix(l->error, "%s:%d: ", l->file,
			    paths->line[i]);
		return -1;
	}
	return 0;
}

static int
load_source(const struct loader *l, const struct settings_source *from)
{
	struct auth_source *to = &l->auth->sources[l->auth->nsources++];

	/* settings_load() refuses such a source already; this is the second check. */
	if (from->secrets.n + from->tokens.n == 0 && !from->unauthenticated)
		return error_set(l->error, ERROR_SETTINGS,
		    "[source %s] has neither secret nor token", from->name);
	to->name = strdup(from->name);
	if (to->name == NULL)
		return no_memory(l->error);
	if (load_keys(l, to, &to->secrets, &from->secrets) == -1)
		return -1;
	return load_keys(l, to, &to->tokens, &from->tokens);
}

static int
load_sources(const struct loader *l, const struct settings_source *from,
    size_t n)
{
	size_t i, nkeys = 0;

	if (n == 0)
		return 0;
	for (i = 0; i < n; i++)
		nkeys += from[i].secrets.n + from[i].tokens.n;
	if (map_area(l->auth, nkeys, l->error) == -1)
		return -1;
	l->auth->sources = calloc(n, sizeof(*l->auth->sources));
	if (l->auth->sources == NULL)
		return no_memory(l->error);
	for (i = 0; i < n; i++)
		if (load_source(l, &from[i]) == -1)
			return -1;
	return 0;
}

int
auth_load(struct auth **out, const struct settings *settings,
    const struct settings_source *source, const struct auth_warner *warner,
    struct error *error)
{
	struct loader l = {
	    .file = settings->file,
	    .warner = warner,
	    .error = error,
	};
	int rc;

	*out = NULL;
	l.auth = calloc(1, sizeof(*l.auth));
	if (l.auth == NULL)
		return no_memory(error);
	if (source != NULL)
		rc = load_sources(&l, source, 1);
	else
		rc = load_sources(&l, settings->sources, settings->nsources);
	if (rc == -1)
		auth_unload(l.auth);
	else
		*out = l.auth;
	return rc;
}

static void
free_keys(struct auth_keys *keys)
{
	size_t i;

	for (i = 0; i < keys->n; i++)
		free(keys->key[i].name);
	if (keys->n > 0)
		explicit_bzero(keys->key, keys->n * sizeof(*keys->key));
	free(keys->key);
}

void
auth_unload(struct auth *auth)
{
	size_t i;

	for (i = 0; i < auth->nsources; i++) {
		free(auth->sources[i].name);
		free_keys(&auth->sources[i].secrets);
		free_keys(&auth->sources[i].tokens);
	}
	free(auth->sources);
	if (auth->area != NULL) {
		explicit_bzero(auth->area, auth->area_size);
		munmap(auth->area, auth->area_size);
	}
	free(auth);
}
