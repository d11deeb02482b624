/* SPDX-License-Identifier: ISC */
/*
 * add: alertspool source add makes a secret, a token and a section for one more source.
 *
 * All of it happens in the directory of the settings, which is opened once. The new
 * settings are a separate file until they were loaded; then it is renamed over the old
 * one. A failure before that removes everything.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command/init_files.h"
#include "cli/frame/cli.h"
#include "cli/frame/owner.h"
#include "cli/frame/session.h"
#include "cli/http/url.h"
#include "lib/auth/auth.h"
#include "lib/base/file.h"
#include "lib/base/timestamp.h"
#include "lib/record/name.h"

#define SETTINGS_SIZE_MAX ((size_t)1024 * 1024)
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static const struct cli_option add_options[] = {
    {"url", 0, "URL", "the webhook's address, to print that of the source"},
    {NULL, 0, NULL, NULL},
};

struct add {
	struct cli *cli;
	const char *name; /* of the source */
	struct init_files files;
	char
	    *conf; /* of the settings, in their directory: points into a path */
	struct stat before; /* of the settings that were read */
	struct buf text;    /* the old content, and then the new section */
	char temporary[sizeof(".alertspool-") + NAME_SOURCE_MAX];
};

/* ---- where ---------------------------------------------------------- */

static int
spell_path(char **path, const struct add *a, const char *suffix,
    struct error *error)
{
	if (asprintf(path, "%s/%s%s", a->files.dir, a->name, suffix) != -1)
		return 0;
	*path = NULL;
	return error_sys(error, ERROR_IO, "%s", a->files.dir);
}

/* Set all paths. */
static int
plan(struct add *a, struct error *error)
{
	struct init_files *files = &a->files;
	char *slash;

	*files = (struct init_files){
	    .uid = (uid_t)-1,
	    .gid = (gid_t)-1,
	    .fd = -1,
	};
	files->path[INIT_FILES_CONF] =
	    init_files_absolute(a->cli->settings.file);
	if (files->path[INIT_FILES_CONF] == NULL)
		return error_sys(error, ERROR_IO, "%s", a->cli->settings.file);
	slash = strrchr(files->path[INIT_FILES_CONF], '/');
	a->conf = slash + 1;
	files->dir = strndup(files->path[INIT_FILES_CONF],
	    (size_t)(slash - files->path[INIT_FILES_CONF]));
	if (files->dir == NULL)
		return error_sys(error, ERROR_IO, "%s", a->cli->settings.file);
	snprintf(a->temporary, sizeof(a->temporary), ".alertspool-%s", a->name);
	if (spell_path(&files->path[INIT_FILES_SECRET], a, ".secret", error) ==
	    -1)
		return -1;
	return spell_path(&files->path[INIT_FILES_TOKEN], a, ".token", error);
}

/* Could anybody except root and us replace it? */
static int
check_closed(struct add *a, const struct stat *st, const char *path,
    struct error *error)
{
	if ((st->st_mode & OTHERS_WRITE) != 0) {
		error_set(error, ERROR_CREATE,
		    "%s: users other than its owner can write to it (mode "
		    "%04o), and could replace the new files",
		    path, (unsigned int)st->st_mode & 07777);
		return cli_advise(a->cli, "chmod go-w %s", path);
	}
	if (st->st_uid == geteuid() || st->st_uid == 0)
		return 0;
	error_set(error, ERROR_CREATE,
	    "%s: belongs to uid %lu, who could replace the new files", path,
	    (unsigned long)st->st_uid);
	return cli_advise(a->cli, "run it as that user, or chown it to root");
}

/* Open the directory and read the settings in it. */
static int
read_settings(struct add *a, struct error *error)
{
	struct init_files *files = &a->files;
	struct stat st;

	files->fd = init_way_open(&files->way, files->dir, 0, error);
	if (files->fd == -1)
		return -1;
	/* Two of us would each append to a file that the other one replaces. */
	if (flock(files->fd, LOCK_EX | LOCK_NB) == -1)
		return error_sys(error, ERROR_BUSY, "%s", files->dir);
	if (fstat(files->fd, &st) == -1)
		return error_sys(error, ERROR_CREATE, "%s", files->dir);
	if (check_closed(a, &st, files->dir, error) == -1 ||
	    file_read(files->fd, a->conf, SETTINGS_SIZE_MAX, &a->text,
		&a->before, error) == -1)
		return -1;
	files->gid = geteuid() == 0 ? a->before.st_gid : (gid_t)-1;
	return check_closed(a, &a->before, files->path[INIT_FILES_CONF], error);
}

/* ---- the new settings ----------------------------------------------- */

static int
append_section(struct add *a, struct error *error)
{
	struct buf *text = &a->text;

	if (text->len > 0 && text->data[text->len - 1] != '\n')
		buf_addc(text, '\n');
	buf_addf(text, "\n[source %s]\nsecret_file = %s\ntoken_file = %s\n",
	    a->name, a->files.path[INIT_FILES_SECRET],
	    a->files.path[INIT_FILES_TOKEN]);
	return buf_check(text, error);
}

/* On disk, with the owner and the mode of the old one, under another name. */
static int
write_temporary(struct add *a, struct error *error)
{
	const int dir = a->files.fd;
	int fd, rc = -1;

	(void)unlinkat(dir, a->temporary, 0); /* left by a crash */
	if (file_create(dir, a->temporary, 0600, a->text.data, a->text.len,
		error) == -1)
		return -1;
	if (init_way_note(&a->files.way, dir, a->temporary, error) == -1) {
		(void)unlinkat(dir, a->temporary, 0);
		return -1;
	}
	fd = file_open_regular(dir, a->temporary, O_RDWR, 0);
	if (fd == -1)
		return error_sys(error, ERROR_CREATE, "%s/%s", a->files.dir,
		    a->temporary);
	if (fchown(fd, a->before.st_uid, a->before.st_gid) == 0 &&
	    fchmod(fd, a->before.st_mode & 07777) == 0 && fsync(fd) == 0)
		rc = 0;
	else
		error_sys(error, ERROR_CREATE,
		    "%s/%s: owner and mode of the settings", a->files.dir,
		    a->temporary);
	close(fd);
	return rc;
}

/* Load them: have they the intended values, and can secret and token be used? */
static int
load_temporary(struct add *a, struct error *error)
{
	struct settings settings;
	const struct settings_source *source;
	struct auth *auth = NULL;
	char *path;
	int rc = -1;

	if (asprintf(&path, "/proc/self/fd/%d/%s", a->files.fd, a->temporary) ==
	    -1)
		return error_sys(error, ERROR_IO, "%s", a->temporary);
	if (settings_load(&settings, path, error) == 0) {
		source = settings_source(&settings, a->name, strlen(a->name));
		if (source == NULL || source->secrets.n != 1 ||
		    strcmp(source->secrets.path[0],
			a->files.path[INIT_FILES_SECRET]) != 0)
			error_set(error, ERROR_CREATE,
			    "%s: a settings file cannot hold this path",
			    a->files.dir);
		else
			rc = auth_load(&auth, &settings, source, NULL, error);
		auth_free(auth);
		settings_free(&settings);
	}
	free(path);
	return rc;
}

/* Another process may have changed the settings meanwhile. */
static int
check_unchanged(const struct add *a, struct error *error)
{
	struct stat now;

	if (fstatat(a->files.fd, a->conf, &now, AT_SYMLINK_NOFOLLOW) == -1)
		return error_sys(error, ERROR_BUSY, "%s",
		    a->files.path[INIT_FILES_CONF]);
	if (now.st_ino == a->before.st_ino && now.st_dev == a->before.st_dev &&
	    now.st_size == a->before.st_size &&
	    timestamp_compare(now.st_mtim, a->before.st_mtim) == 0)
		return 0;
	return error_set(error, ERROR_BUSY,
	    "%s was changed meanwhile; nothing was done to it",
	    a->files.path[INIT_FILES_CONF]);
}

/* Both directory flushes: the secret is on disk before the settings name it. */
static int
replace_settings(struct add *a, struct error *error)
{
	const int dir = a->files.fd;

	if (check_unchanged(a, error) == -1)
		return -1;
	if (fsync(dir) == -1 || renameat(dir, a->temporary, dir, a->conf) == -1)
		return error_sys(error, ERROR_CREATE, "%s",
		    a->files.path[INIT_FILES_CONF]);
	init_way_free(&a->files.way); /* from here on everything stays */
	if (fsync(dir) == -1)
		return error_sys(error, ERROR_IO, "%s", a->files.dir);
	return 0;
}

static int
make_source(struct add *a, struct error *error)
{
	if (init_files_make_secrets(&a->files, error) == -1 ||
	    append_section(a, error) == -1 || write_temporary(a, error) == -1 ||
	    load_temporary(a, error) == -1)
		return -1;
	return replace_settings(a, error);
}

/* ---- what to do with them ------------------------------------------- */

/* The source's URL: its name after the path, before a query. */
static void
add_url(struct buf *out, const struct add *a, const char *url)
{
	struct buf path = BUF_INIT;
	size_t n = strcspn(url, "?"), query = n;

	while (n > 0 && url[n - 1] == '/')
		n--;
	buf_add(&path, url, n);
	buf_addf(&path, "/%s%s", a->name, url + query);
	if (!path.failed)
		url_add_token(out, path.data, a->files.token.data,
		    a->files.token.len);
	out->failed = out->failed || path.failed;
	buf_free(&path);
}

/* Without stdio, which would keep a copy of the secret. */
static int
print_result(const struct add *a, const char *url, struct error *error)
{
	const char *conf = a->files.path[INIT_FILES_CONF];
	const bool service = strcmp(conf, settings_path(NULL)) == 0;
	struct buf out = BUF_INIT;
	int rc;

	buf_addf(&out, "Settings: %s\n", conf);
	buf_adds(&out, url != NULL ? "Webhook URL: " : "Append to the URL: ");
	add_url(&out, a, url != NULL ? url : "");
	buf_addf(&out, "\nSecret: %s\n\n", a->files.secret.data);
	buf_addf(&out,
	    "Paste both into Atlas: Integrations of the project, Webhook "
	    "Settings. Then\nlet the responder read the settings again:\n  "
	    "%s\n",
	    service ? "systemctl reload alertspool"
		    : "kill -HUP PID-OF-alertspool.fcgi");
	rc = buf_check(&out, error);
	if (rc == 0 && file_write_full(STDOUT_FILENO, out.data, out.len) == -1)
		rc = error_sys(error, ERROR_IO, "standard output");
	buf_wipe(&out);
	return rc;
}

/* ---- the verb ------------------------------------------------------- */

static int
check_name(const struct cli *cli, const char *name, struct error *error)
{
	if (!name_is_source(name, strlen(name)))
		return error_set(error, ERROR_USAGE,
		    "\"%.40s\" is not a source name: 1 to %d of a-z, 0-9, '_' "
		    "and "
		    "'-', beginning with a-z or 0-9",
		    name, NAME_SOURCE_MAX);
	if (settings_source(&cli->settings, name, strlen(name)) != NULL)
		return error_set(error, ERROR_CREATE,
		    "[source %s] is in %s already", name, cli->settings.file);
	return 0;
}

static int
add_run(struct cli *cli, struct error *error)
{
	const char *url = cli_value(cli, "url");
	struct add a = {
	    .cli = cli,
	    .name = cli->operands[0],
	    .files = {.fd = -1},
	    .text = BUF_INIT,
	};
	int rc = -1;

	if ((url != NULL && url_check(url, error) == -1) ||
	    session_settings(cli, error) == -1 ||
	    check_name(cli, a.name, error) == -1)
		return -1;
	if (plan(&a, error) == 0 && read_settings(&a, error) == 0 &&
	    make_source(&a, error) == 0)
		rc = print_result(&a, url, error);
	else
		init_way_take_back(&a.files.way);
	if (rc == -1 && (error->sys == EACCES || error->sys == EPERM))
		(void)owner_advise(cli, NULL);
	if (a.files.fd != -1)
		close(a.files.fd);
	init_files_free(&a.files);
	buf_free(&a.text);
	return rc;
}

const struct command command_source_add = {
    .name = "source add",
    .arguments = "NAME",
    .summary = "make a source, with its own secret and token",
    .details =
	"Makes NAME.secret and NAME.token beside the settings and appends\n"
	"the section [source NAME] to them. The new settings are loaded\n"
	"before they replace the old ones. Refused if users other than root\n"
	"and the owner can write there. Prints what to paste into Atlas,\n"
	"and how to make the responder read the new settings.\n"
	"\n"
	"Example:\n"
	"  sudo alertspool source add payments --url "
	"https://alerts.example.com/atlas\n",
    .options = add_options,
    .min_operands = 1,
    .max_operands = 1,
    .run = add_run,
};
