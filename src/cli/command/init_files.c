/* SPDX-License-Identifier: ISC */
/*
 * init_files: notes everything made (init_way), so that a failure half way removes it
 * all. The settings are loaded once after writing: they must have the intended values,
 * whatever characters a path has.
 */
#include "config.h"
#include "installed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command/init_files.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/settings/settings.h"
#include "lib/spool/spool.h"

#define SECRET_BYTES 32
#define TOKEN_BYTES 24

#define DIRECTORY_MODE 0750
#define SETTINGS_MODE 0640
#define SECRET_MODE 0640	 /* root's, readable by the group */
#define SECRET_MODE_PRIVATE 0600 /* the user's own */

static const struct place {
	const char *name;   /* below DIR */
	const char *system; /* without DIR */
} places[INIT_FILES_FILES] = {
    [INIT_FILES_CONF] = {"alertspool.conf",
	SYSCONFDIR "/alertspool/alertspool.conf"},
    [INIT_FILES_SECRET] = {"secret", SYSCONFDIR "/alertspool/secret"},
    [INIT_FILES_TOKEN] = {"token", SYSCONFDIR "/alertspool/token"},
    [INIT_FILES_SPOOL] = {"spool", LOCALSTATEDIR "/spool/alertspool"},
};

/* ---- paths ---------------------------------------------------------- */

char *
init_files_absolute(const char *path)
{
	char *cwd = NULL, *result = NULL;
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (path[0] == '/')
		return strndup(path, n);
	cwd = realpath(".", NULL);
	if (cwd == NULL)
		return NULL;
	while (strncmp(path, "./", 2) == 0) {
		path += 2;
		n -= n > 2 ? 2 : n;
	}
	if (n == 0 || (n == 1 && path[0] == '.'))
		return cwd;
	if (asprintf(&result, "%s/%.*s", cwd, (int)n, path) == -1)
		result = NULL;
	free(cwd);
	return result;
}

int
init_files_plan(struct init_files *i, const char *dir, struct error *error)
{
	*i = (struct init_files){.uid = (uid_t)-1, .gid = (gid_t)-1};
	i->dir =
	    init_files_absolute(dir != NULL ? dir : SYSCONFDIR "/alertspool");
	if (i->dir == NULL)
		return error_sys(error, ERROR_IO, "%s",
		    dir != NULL ? dir : SYSCONFDIR);
	for (int f = 0; f < INIT_FILES_FILES; f++)
		if ((dir == NULL ? asprintf(&i->path[f], "%s", places[f].system)
				 : asprintf(&i->path[f], "%s/%s", i->dir,
				       places[f].name)) == -1) {
			i->path[f] = NULL;
			return error_sys(error, ERROR_IO, "%s", i->dir);
		}
	return 0;
}

static int
check_nothing_there(const struct init_files *i, struct error *error)
{
	struct buf there = BUF_INIT;
	struct stat st;
	int rc = 0;

	for (int f = 0; f < INIT_FILES_FILES; f++)
		if (lstat(i->path[f], &st) == 0)
			buf_addf(&there, "%s%s", there.len > 0 ? ", " : "",
			    i->path[f]);
		else if (errno != ENOENT) {
			rc = error_sys(error, ERROR_CREATE, "%s", i->path[f]);
			break;
		}
	if (rc == 0)
		rc = buf_check(&there, error);
	if (rc == 0 && there.len > 0)
		rc = error_set(error, ERROR_CREATE, "exists already: %s",
		    there.data);
	buf_free(&there);
	return rc;
}

/* ---- making --------------------------------------------------------- */

/* A file in dir, which only the caller can change meanwhile. */
static int
make_file(struct init_files *i, enum init_files_file file, mode_t mode,
    const struct buf *text, struct error *error)
{
	const char *name = strrchr(i->path[file], '/') + 1;

	if (buf_check(text, error) == -1 ||
	    file_create(i->fd, name, mode, text->data, text->len, error) == -1)
		return -1;
	if (init_way_note(&i->way, i->fd, name, error) == -1) {
		(void)unlinkat(i->fd, name, 0);
		return -1;
	}
	if (fchownat(i->fd, name, (uid_t)-1, i->gid, AT_SYMLINK_NOFOLLOW) == -1)
		return error_sys(error, ERROR_CREATE, "%s: group %ld",
		    i->path[file], (long)i->gid);
	return 0;
}

/* ---- the files' content --------------------------------------------- */

/* Random bytes as base64url without padding (RFC 4648 section 5), which needs no escape
 * in a URL or a form. */
static int
make_random(struct buf *text, size_t n, struct error *error)
{
	unsigned char bytes[SECRET_BYTES];
	char base64[ENCODE_BASE64_SIZE(SECRET_BYTES)];
	int rc = -1;

	if (getrandom(bytes, n, 0) != (ssize_t)n) {
		error_sys(error, ERROR_UNAVAILABLE, "random numbers");
		goto out;
	}
	encode_base64(base64, bytes, n);
	for (char *p = base64; *p != '\0' && *p != '='; p++) {
		if (*p == '+')
			*p = '-';
		else if (*p == '/')
			*p = '_';
		buf_addc(text, *p);
	}
	rc = buf_check(text, error);
out:
	explicit_bzero(bytes, sizeof(bytes));
	explicit_bzero(base64, sizeof(base64));
	return rc;
}

static int
make_secret(struct init_files *i, enum init_files_file file, struct buf *text,
    size_t bytes, struct error *error)
{
	mode_t mode = geteuid() == 0 ? SECRET_MODE : SECRET_MODE_PRIVATE;
	struct buf line = BUF_INIT;
	int rc;

	if (make_random(text, bytes, error) == -1)
		return -1;
	buf_add(&line, text->data, text->len);
	buf_addc(&line, '\n');
	rc = make_file(i, file, mode, &line, error);
	buf_wipe(&line);
	return rc;
}

int
init_files_make_secrets(struct init_files *i, struct error *error)
{
	if (make_secret(i, INIT_FILES_SECRET, &i->secret, SECRET_BYTES,
		error) == -1)
		return -1;
	return make_secret(i, INIT_FILES_TOKEN, &i->token, TOKEN_BYTES, error);
}

/* This installation's value, if it is not the default. */
static const char *
chosen_value(const struct init_files *i, const char *key)
{
	static const struct {
		const char *key;
		enum init_files_file file;
	} chosen[] = {{"directory", INIT_FILES_SPOOL},
	    {"secret_file", INIT_FILES_SECRET},
	    {"token_file", INIT_FILES_TOKEN}};

	for (size_t k = 0; k < sizeof(chosen) / sizeof(chosen[0]); k++)
		if (strcmp(chosen[k].key, key) == 0)
			return i->path[chosen[k].file];
	return NULL;
}

/*
 * Every setting, from the settings' own table: chosen ones as lines, the others as
 * comments. A section must not be empty, so its first row is a line, too, unless it has
 * no default, as in [severity].
 */
static void
add_settings(const struct init_files *i, struct buf *out)
{
	const char *section, *key, *fallback, *last = "";

	buf_adds(out,
	    "# Settings of alertspool and alertspool.fcgi, see "
	    "alertspool.conf(5).\n"
	    "# Comments show the defaults; nothing after \"=\" means none.\n");
	for (size_t row = 0; settings_describe(row, &section, &key, &fallback);
	    row++) {
		const char *value = chosen_value(i, key);
		bool first = strcmp(section, last) != 0;
		bool line = value != NULL || (first && *fallback != '\0');

		if (first)
			buf_addf(out, "\n%s[%s%s]\n", line ? "" : "# ", section,
			    strcmp(section, "source") == 0 ? " default" : "");
		buf_addf(out, "%s%s =%s%s\n", line ? "" : "# ", key,
		    value != NULL || *fallback != '\0' ? " " : "",
		    value != NULL ? value : fallback);
		last = section;
	}
}

static int
make_settings(struct init_files *i, struct error *error)
{
	const char *path = i->path[INIT_FILES_CONF];
	struct settings settings = {.file = NULL};
	struct buf text = BUF_INIT;
	int rc = -1;

	add_settings(i, &text);
	if (make_file(i, INIT_FILES_CONF, SETTINGS_MODE, &text, error) == -1 ||
	    settings_load(&settings, path, error) == -1)
		goto out;
	if (strcmp(settings.directory, i->path[INIT_FILES_SPOOL]) == 0 &&
	    strcmp(settings.sources[0].secrets.path[0],
		i->path[INIT_FILES_SECRET]) == 0)
		rc = 0;
	else
		error_set(error, ERROR_CREATE,
		    "%s: a settings file cannot hold this path", i->dir);
out:
	settings_free(&settings);
	buf_free(&text);
	return rc;
}

/* ---- all of it ------------------------------------------------------ */

static int
make_spool(struct init_files *i, struct error *error)
{
	const char *path = i->path[INIT_FILES_SPOOL],
		   *name = strrchr(path, '/');
	char *parent = strndup(path, (size_t)(name - path));
	int fd, rc = -1;

	if (parent == NULL)
		return error_sys(error, ERROR_CREATE, "%s", path);
	fd = init_way_open(&i->way, parent, INIT_WAY_PARENT_MODE, error);
	free(parent);
	if (fd == -1)
		return -1;
	/* An existing directory is not ours, and keeps its owner. */
	if (mkdirat(fd, name + 1, 0700) == -1)
		error_sys(error, ERROR_CREATE, "%s", path);
	else if (init_way_note(&i->way, fd, name + 1, error) == -1)
		(void)unlinkat(fd, name + 1, AT_REMOVEDIR);
	else
		rc = spool_create(fd, name + 1, i->uid, i->gid, error);
	close(fd);
	return rc;
}

/* Whatever it was: nothing could be made, and nothing is left of it. */
static int
take_back(struct init_files *i, struct error *error)
{
	init_way_take_back(&i->way);
	error->kind = ERROR_CREATE;
	return -1;
}

int
init_files_make_spool(struct init_files *i, struct error *error)
{
	i->way.gid = i->gid;
	return make_spool(i, error) == 0 ? 0 : take_back(i, error);
}

int
init_files_make(struct init_files *i, struct error *error)
{
	int rc = -1;

	if (check_nothing_there(i, error) == -1)
		return -1;
	i->way.gid = i->gid;
	i->fd = init_way_open(&i->way, i->dir, DIRECTORY_MODE, error);
	if (i->fd != -1 && init_files_make_secrets(i, error) == 0 &&
	    make_settings(i, error) == 0)
		rc = make_spool(i, error);
	if (i->fd != -1)
		close(i->fd);
	return rc == 0 ? 0 : take_back(i, error);
}

void
init_files_free(struct init_files *i)
{
	init_way_free(&i->way);
	for (int f = 0; f < INIT_FILES_FILES; f++)
		free(i->path[f]);
	free(i->dir);
	buf_wipe(&i->secret);
	buf_wipe(&i->token);
	*i = (struct init_files){.fd = -1};
}
