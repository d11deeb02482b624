/* SPDX-License-Identifier: ISC */
/*
 * init: alertspool init makes settings, a secret, a token and a spool, ready to use, and
 * prints the two lines to paste into Atlas.
 */
#include "config.h"
#include "installed.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/command/init_files.h"
#include "cli/frame/cli.h"
#include "cli/frame/owner.h"
#include "cli/frame/session.h"
#include "cli/http/url.h"
#include "lib/auth/auth.h"
#include "lib/base/file.h"
#include "lib/base/quantity.h"
#include "lib/settings/settings.h"

#define SERVICE_USER "alertspool" /* owner if root names none */

static const struct cli_option init_options[] = {
    {"url", 0, "URL", "the webhook's address, to print it with its token"},
    {"owner", 0, "USER[:GROUP]",
	"owner of the spool: the user of alertspool.fcgi"},
    {"spool-only", 0, NULL, "make only the spool that the settings name"},
    {NULL, 0, NULL, NULL},
};

/* ---- the owner ------------------------------------------------------ */

/* A decimal id of a user or group without a name. */
static bool
parse_id(const char *text, unsigned int *id)
{
	int64_t n;

	if (quantity_number(text, strlen(text), 0, (uid_t)-2, &n) == -1)
		return false;
	*id = (unsigned int)n;
	return true;
}

static int
find_user(const char *name, uid_t *uid, gid_t *gid, struct error *error)
{
	const struct passwd *user = getpwnam(name);

	if (user == NULL && parse_id(name, uid)) {
		user = getpwuid(*uid);
		if (user == NULL)
			return 0; /* without a name and without a group */
	}
	if (user == NULL)
		return error_set(error, ERROR_USAGE,
		    "option --owner: there is no user \"%.40s\"", name);
	*uid = user->pw_uid;
	*gid = user->pw_gid;
	return 0;
}

static int
find_group(const char *name, gid_t *gid, struct error *error)
{
	const struct group *group = getgrnam(name);

	if (group != NULL)
		*gid = group->gr_gid;
	else if (!parse_id(name, gid))
		return error_set(error, ERROR_USAGE,
		    "option --owner: there is no group \"%.40s\"", name);
	return 0;
}

static int
find_owner(struct init_files *i, const char *owner, struct error *error)
{
	size_t n = strcspn(owner, ":");
	char *user = strndup(owner, n);
	int rc;

	if (user == NULL)
		return error_sys(error, ERROR_IO, "--owner");
	rc = find_user(user, &i->uid, &i->gid, error);
	free(user);
	if (rc == 0 && owner[n] == ':')
		rc = find_group(owner + n + 1, &i->gid, error);
	if (rc == 0 && i->gid == (gid_t)-1)
		return error_set(error, ERROR_USAGE,
		    "option --owner: uid %.40s has no group; give it as "
		    "USER:GROUP",
		    owner);
	return rc;
}

static int
choose_owner(struct cli *cli, struct init_files *i, struct error *error)
{
	const char *owner = cli_value(cli, "owner");

	if (owner == NULL && geteuid() != 0)
		return 0; /* everything is the caller's */
	if (owner == NULL && getpwnam(SERVICE_USER) == NULL)
		return error_set(error, ERROR_USAGE,
		    "--owner is required, as there is no user " SERVICE_USER
		    ": which user does alertspool.fcgi run as?");
	if (find_owner(i, owner != NULL ? owner : SERVICE_USER, error) == -1)
		return -1;
	if (geteuid() == 0 || i->uid == geteuid())
		return 0;
	error_set(error, ERROR_DENIED,
	    "--owner %.40s: only root can make an installation for somebody "
	    "else",
	    owner);
	return owner_advise(cli, NULL);
}

/* Do these bits of a directory's mode let the user through? */
static bool
may_pass(const struct stat *st, uid_t uid, gid_t gid)
{
	if (uid == st->st_uid)
		return st->st_mode & S_IXUSR;
	if (gid == st->st_gid)
		return st->st_mode & S_IXGRP;
	return st->st_mode & S_IXOTH;
}

static void
note_unreachable(uid_t uid, const char *path)
{
	char *note;
	int n = asprintf(&note,
	    "alertspool init: note: uid %lu may not enter %s, which existed "
	    "already; to allow it: chmod o+x %s\n",
	    (unsigned long)uid, path, path);

	if (n == -1)
		return;
	cli_say(note, (size_t)n);
	free(note);
}

/* Warn of an existing directory that is closed; it would be noticed much later. */
static void
warn_unreachable(const struct init_files *i)
{
	char *path = strdup(i->path[INIT_FILES_SPOOL]), *slash;
	struct stat st;

	while (path != NULL && (slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		if (stat(*path != '\0' ? path : "/", &st) == 0 && i->uid != 0 &&
		    !may_pass(&st, i->uid, i->gid))
			note_unreachable(i->uid, path);
	}
	free(path);
}

/* ---- what to do with them ------------------------------------------- */

/* Without stdio, which would keep a copy of the secret. */
static int
print_wiped(struct buf *text, struct error *error)
{
	int rc = buf_check(text, error);

	if (rc == 0 &&
	    file_write_full(STDOUT_FILENO, text->data, text->len) == -1)
		rc = error_sys(error, ERROR_IO, "standard output");
	buf_wipe(text);
	return rc;
}

/* Programs and units look in the system's directories. */
static void
add_next_steps(struct buf *out, const struct init_files *i, const char *url)
{
	const char *conf = i->path[INIT_FILES_CONF];

	if (strcmp(conf, settings_path(NULL)) == 0)
		buf_addf(out,
		    "Start the responder, now and at every boot, with\n"
		    "  systemctl enable --now alertspool.socket "
		    "alertspool-clean.timer\n"
		    "or without systemd with\n  %s/alertspool.fcgi --listen "
		    "ADDRESS\nor let the web server start it; see "
		    "alertspool(7). Then try it:\n  alertspool check --url "
		    "%s\n  alertspool send %s\n",
		    PKGLIBEXECDIR, url, url);
	else
		buf_addf(out,
		    "Let the web server start\n  %s/alertspool.fcgi -c %s\n"
		    "and try it: alertspool -c %s send %s\n",
		    PKGLIBEXECDIR, conf, conf, url);
}

static int
print_result(const struct init_files *i, const char *url, struct error *error)
{
	struct buf out = BUF_INIT;

	buf_addf(&out, "Settings: %s\nSpool: %s\n", i->path[INIT_FILES_CONF],
	    i->path[INIT_FILES_SPOOL]);
	buf_adds(&out, url != NULL ? "Webhook URL: " : "Append to the URL: ");
	url_add_token(&out, url != NULL ? url : "", i->token.data,
	    i->token.len);
	buf_addf(&out, "\nSecret: %s\n\n", i->secret.data);
	buf_addf(&out,
	    "Paste %s and the secret into Atlas: Integrations of the\n"
	    "project, Webhook Settings. Both stay in the files secret and "
	    "token of\n%s.\n\n",
	    url != NULL ? "the URL" : "the URL with its token", i->dir);
	add_next_steps(&out, i, url != NULL ? url : "URL");
	return print_wiped(&out, error);
}

/* ---- when it cannot be done ----------------------------------------- */

static void
advise(struct cli *cli, const struct error *error)
{
	switch (error->sys) {
	case 0:
	case EEXIST:
		cli_advise(cli,
		    "nothing was changed; name another directory or move away "
		    "the existing files");
		break;
	case EACCES:
	case EPERM:
		cli_advise(cli,
		    "nothing was changed; name a directory that you may write "
		    "to, or run it as root");
		break;
	default:
		cli_advise(cli,
		    "nothing was changed; remove the cause, or name another "
		    "directory");
		break;
	}
}

static void
note_odd(void *context, enum auth_warning warning, const char *phrase)
{
	(void)context;
	if (warning == AUTH_WARN_ODD)
		fprintf(stderr, "alertspool init: note: %s\n", phrase);
}

/* Warn of an existing secret or token, perhaps written by hand; other code reports one
 * that cannot be read. */
static void
look_at_existing(const struct init_files *i, enum init_files_file file)
{
	const struct auth_warner warner = {.warn = note_odd};
	char name[] = "default", *path = i->path[file];
	struct settings_paths one = {.path = &path, .n = 1};
	struct settings_source source = {.name = name};
	struct settings settings = {.sources = &source, .nsources = 1};
	struct error unused = ERROR_INIT;
	struct auth *auth;

	if (file == INIT_FILES_TOKEN)
		source.tokens = one;
	else
		source.secrets = one;
	if (auth_load(&auth, &settings, NULL, &warner, &unused) == 0)
		auth_free(auth);
}

static int
make_installation(struct cli *cli, struct init_files *i, struct error *error)
{
	const char *url = cli_value(cli, "url");

	if (init_files_make(i, error) == -1) {
		advise(cli, error);
		look_at_existing(i, INIT_FILES_SECRET);
		look_at_existing(i, INIT_FILES_TOKEN);
		return -1;
	}
	return print_result(i, url, error);
}

/* Where settings and secrets are mounted, or a new disk is. */
static int
make_spool_only(struct cli *cli, struct init_files *i, struct error *error)
{
	if (session_settings(cli, error) == -1)
		return -1;
	free(i->path[INIT_FILES_SPOOL]);
	i->path[INIT_FILES_SPOOL] = strdup(cli->settings.directory);
	if (i->path[INIT_FILES_SPOOL] == NULL)
		return error_sys(error, ERROR_IO, "%s", cli->settings.file);
	if (init_files_make_spool(i, error) == -1) {
		advise(cli, error);
		return -1;
	}
	printf("Spool: %s\n", i->path[INIT_FILES_SPOOL]);
	return EX_OK;
}

static int
init_run(struct cli *cli, struct error *error)
{
	bool spool_only = cli_value(cli, "spool-only") != NULL;
	const char *dir = cli->noperands > 0 ? cli->operands[0] : NULL;
	const char *url = cli_value(cli, "url");
	struct init_files i;
	int rc = -1;

	if (spool_only && (dir != NULL || url != NULL))
		return error_set(error, ERROR_USAGE,
		    "--spool-only takes its path from the settings (-c), and "
		    "has no URL");
	if (init_files_plan(&i, dir, error) == -1 ||
	    (url != NULL && url_check(url, error) == -1) ||
	    choose_owner(cli, &i, error) == -1)
		goto out;
	rc = spool_only ? make_spool_only(cli, &i, error)
			: make_installation(cli, &i, error);
	if (rc == EX_OK && geteuid() == 0)
		warn_unreachable(&i);
out:
	init_files_free(&i);
	return rc;
}

const struct command command_init = {
    .name = "init",
    .arguments = "[DIR]",
    .summary = "make settings, secret, token and spool",
    .details =
	"With DIR, everything lies in it: alertspool.conf, secret, token and\n"
	"spool/. Without it, in the system's places:\n"
	"  " SYSCONFDIR "/alertspool\n"
	"  " LOCALSTATEDIR "/spool/alertspool\n"
	"If root runs it, the spool belongs to --owner, or to the user\n"
	"alertspool if there is one; settings, secret and token stay root's,\n"
	"and the owner's group may read them. Never changes existing files.\n"
	"Prints what to paste into Atlas.\n"
	"With --spool-only, the settings must exist, and name the spool.\n",
    .options = init_options,
    .min_operands = 0,
    .max_operands = 1,
    .run = init_run,
};
