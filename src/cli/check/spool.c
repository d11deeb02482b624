/* SPDX-License-Identifier: ISC */
/*
 * spool: one user owns the spool and everything in it; directories are 02750, files 0640.
 * Exceptions are counted for each directory and reported once, with one example.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/atlas/state.h"
#include "cli/check/check.h"
#include "cli/worker/rest.h"
#include "lib/base/dir.h"
#include "lib/base/file.h"
#include "lib/record/name.h"
#include "lib/spool/heard.h"

#define DIRECTORY_MODE 02750
#define TEMPORARY_AGE (36 * 60 * 60) /* as for "clean" */
#define WHERE_SIZE 4096

/* ---- a directory ---------------------------------------------------- */

static void
tell_mode(struct check *c, const char *where, unsigned int mode)
{
	bool open = (mode & (S_IWGRP | S_IRWXO)) != 0;
	char fix[FINDING_TEXT];

	snprintf(fix, sizeof(fix), "chmod %04o %s", DIRECTORY_MODE, where);
	findings_add(&c->findings, open ? FINDING_ERROR : FINDING_WARNING,
	    "permissions", where,
	    open ? "others can read alerts, or put in forged ones"
		 : "new records do not get the group that may read them",
	    fix, "mode %04o, not %04o", mode, DIRECTORY_MODE);
}

/* If root owns the spool, its subdirectories show which user it was made for. */
static bool
check_root_owner(struct check *c, const char *where)
{
	static const char why[] = "a responder that runs as any other user "
				  "cannot store: every alert gets 503";
	char fix[FINDING_TEXT];
	struct stat st;
	uid_t user = 0;

	if (geteuid() != 0)
		return true;
	for (int i = 0; i < SPOOL_STATES && user == 0; i++)
		if (fstat(spool_dir(c->spool, (enum spool_state)i), &st) == 0)
			user = st.st_uid;
	snprintf(fix, sizeof(fix), "chown -R %lu %s", (unsigned long)user,
	    where);
	if (user == 0)
		findings_add(&c->findings, FINDING_WARNING, "permissions",
		    where, why,
		    "run the responder as a user of its own, and chown -R the "
		    "spool to it",
		    "belongs to root");
	else
		findings_add(&c->findings, FINDING_ERROR, "permissions", where,
		    why, fix, "belongs to root, and parts of it to uid %lu",
		    (unsigned long)user);
	return user == 0;
}

/* True if the directory is correct. */
static bool
check_directory(struct check *c, const char *where, int fd)
{
	char fix[FINDING_TEXT];
	struct stat st;

	if (fstat(fd, &st) == -1)
		return true; /* an open directory can be examined */
	if (st.st_uid != geteuid()) {
		snprintf(fix, sizeof(fix), "chown %lu %s",
		    (unsigned long)geteuid(), where);
		findings_add(&c->findings, FINDING_ERROR, "permissions", where,
		    "the owner of the spool cannot move records there", fix,
		    "belongs to uid %lu, the spool to uid %lu",
		    (unsigned long)st.st_uid, (unsigned long)geteuid());
		return false;
	}
	if ((st.st_mode & 07777) == DIRECTORY_MODE)
		return true;
	tell_mode(c, where, (unsigned int)st.st_mode & 07777);
	return false;
}

/* ---- its content ---------------------------------------------------- */

enum odd { ODD_STRANGER, ODD_OPEN, ODD_STRAY, ODD_LEFT, ODDS };

static const struct {
	enum finding_level level;
	const char *what, *why, *fix;
} odds[ODDS] = {
    [ODD_STRANGER] = {FINDING_ERROR, "files of another user",
	"leases and moves of them fail, or nothing is counted",
	"chown them to the owner of the spool; nobody else may write there"},
    [ODD_OPEN] = {FINDING_ERROR, "files that others can read or write",
	"alerts and their signatures are not for everybody", "chmod 0640 them"},
    [ODD_STRAY] = {FINDING_WARNING, "entries that are not records",
	"no command shows them; they may be renamed records",
	"move them away, or give them their \"id\" as name"},
    [ODD_LEFT] = {FINDING_WARNING,
	"files that a commit left behind when it died",
	"they take space; their deliveries were never answered 2xx",
	"alertspool clean"},
};

struct contents {
	time_t now;
	uint64_t count[ODDS];
	char example[ODDS][NAME_SIZE];
};

static void
count_odd(struct contents *s, enum odd odd, const char *name)
{
	if (s->count[odd]++ == 0)
		snprintf(s->example[odd], sizeof(s->example[odd]), "%s", name);
}

/* Is it another user's, or open to others? */
static void
count_rights(struct contents *s, const char *name, const struct stat *st)
{
	if (st->st_uid != geteuid())
		count_odd(s, ODD_STRANGER, name);
	if ((st->st_mode & (S_IWGRP | S_IRWXO)) != 0)
		count_odd(s, ODD_OPEN, name);
}

static int
look_at(void *context, const char *name, const struct stat *st,
    struct error *error)
{
	struct contents *s = context;

	(void)error;
	if (name[0] == '.') {
		if (st->st_mtime < s->now - TEMPORARY_AGE)
			count_odd(s, ODD_LEFT, name);
		return 0;
	}
	if (!S_ISREG(st->st_mode) || !name_parse(name, NULL))
		count_odd(s, ODD_STRAY, name);
	else
		count_rights(s, name, st);
	return 0;
}

/* True if there are none. */
static bool
tell_odds(struct check *c, const char *where, const struct contents *s)
{
	bool good = true;

	for (int i = 0; i < ODDS; i++) {
		if (s->count[i] == 0)
			continue;
		good = false;
		findings_add(&c->findings, odds[i].level,
		    i == ODD_STRAY || i == ODD_LEFT ? "strays" : "permissions",
		    where, odds[i].why, odds[i].fix, "%s: %llu, such as %.200s",
		    odds[i].what, (unsigned long long)s->count[i],
		    s->example[i]);
	}
	return good;
}

/* Always false. */
static bool
tell_unreadable(struct check *c, const char *where, const struct error *why)
{
	if (!findings_no_memory(&c->findings, why))
		findings_add(&c->findings, FINDING_ERROR, "permissions", where,
		    "its records cannot be processed",
		    "check the disk and the permissions", "%s", why->text);
	return false;
}

static bool
check_contents(struct check *c, const char *where, int fd)
{
	struct contents s = {.now = time(NULL)};
	struct error why = ERROR_INIT;

	if (dir_walk_stat(fd, where, look_at, &s, &why) == 0)
		return tell_odds(c, where, &s);
	return tell_unreadable(c, where, &why);
}

/* ---- readers -------------------------------------------------------- */

/* Users of web servers, on the systems they come with. */
static const char *const server_users[] = {"www-data", "nginx", "apache",
    "httpd", "http", "www"};

static bool
is_member(const struct group *group, const struct passwd *user)
{
	if (user->pw_gid == group->gr_gid)
		return true;
	for (char **name = group->gr_mem; *name != NULL; name++)
		if (strcmp(*name, user->pw_name) == 0)
			return true;
	return false;
}

static void
check_group(struct check *c, const char *where)
{
	const struct group *group;
	const struct passwd *user;
	struct stat st;

	if (fstat(spool_root(c->spool), &st) == -1 ||
	    (group = getgrgid(st.st_gid)) == NULL)
		return;
	for (size_t i = 0; i < sizeof(server_users) / sizeof(server_users[0]);
	    i++) {
		char fix[FINDING_TEXT];

		user = getpwnam(server_users[i]);
		if (user == NULL || user->pw_uid == geteuid() ||
		    !is_member(group, user))
			continue;
		snprintf(fix, sizeof(fix),
		    "gpasswd -d %s %s; only the socket is for its group",
		    user->pw_name, group->gr_name);
		findings_add(&c->findings, FINDING_WARNING, "group", where,
		    "an attacker in the web server can read all alerts", fix,
		    "%s, the web server's user, is in its group %s",
		    user->pw_name, group->gr_name);
	}
}

/* ---- all of it ------------------------------------------------------ */

static int
look_at_root(void *context, const char *name, const struct stat *st,
    struct error *error)
{
	/* The last is of a file system for the spool alone. */
	static const char *const parts[] = {HEARD_DIRECTORY, "history", "lock",
	    "metrics", SPOOL_QUEUES, SPOOL_ATLAS, REST_FILE, "lost+found"};
	struct contents *s = context;
	enum spool_state state;

	(void)error;
	/* check_directory() checks directories. */
	if (S_ISREG(st->st_mode) && st->st_uid != geteuid())
		count_odd(s, ODD_STRANGER, name);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(name, parts[i]) == 0)
			return 0;
	if (!spool_state_parse(name, &state) &&
	    strncmp(name, REST_TEMPORARY, sizeof(REST_TEMPORARY) - 1) != 0)
		count_odd(s, ODD_STRAY, name);
	return 0;
}

static bool
check_root(struct check *c, const char *where)
{
	struct contents s = {.now = 0};
	struct error why = ERROR_INIT;
	bool good = true;

	if (dir_walk_stat(spool_root(c->spool), where, look_at_root, &s,
		&why) == -1)
		good = !findings_no_memory(&c->findings, &why);
	if (s.count[ODD_STRAY] > 0) {
		findings_add(&c->findings, FINDING_WARNING, "strays", where,
		    "a spool holds nothing else; somebody may have taken it "
		    "for another directory",
		    "move them away",
		    "entries that do not belong to a spool: %llu, such as "
		    "%.200s",
		    (unsigned long long)s.count[ODD_STRAY],
		    s.example[ODD_STRAY]);
		s.count[ODD_STRAY] = 0;
		good = false;
	}
	return tell_odds(c, where, &s) && good;
}

/* A directory that is created when first needed; the visitor checks its content, unless
 * it is NULL. */
static bool
check_part(struct check *c, const char *root, const char *name,
    dir_visit_stat *visitor)
{
	struct contents s = {.now = time(NULL)};
	struct error why = ERROR_INIT;
	char where[WHERE_SIZE];
	bool good;
	int fd;

	snprintf(where, sizeof(where), "%s/%s", root, name);
	fd = file_open_dir(spool_root(c->spool), name, &why);
	if (fd == -1)
		return why.kind == ERROR_NOT_FOUND ||
		    tell_unreadable(c, where, &why);
	good = check_directory(c, where, fd);
	if (visitor != NULL &&
	    dir_walk_stat(fd, where, visitor, &s, &why) == -1)
		good = tell_unreadable(c, where, &why);
	close(fd);
	return tell_odds(c, where, &s) && good;
}

/* One file for each source, of the settings or of earlier ones. */
static int
look_at_heard(void *context, const char *name, const struct stat *st,
    struct error *error)
{
	struct contents *s = context;

	(void)error;
	if (!S_ISREG(st->st_mode) || st->st_size > 0 ||
	    !name_is_source(name, strlen(name)))
		count_odd(s, ODD_STRAY, name);
	else
		count_rights(s, name, st);
	return 0;
}

/* One file for each section of the settings, of today's or of earlier ones. */
static int
look_at_atlas(void *context, const char *name, const struct stat *st,
    struct error *error)
{
	const size_t n = strcspn(name, ".");
	struct contents *s = context;

	(void)error;
	if (name[0] == '.')
		return 0; /* from a run that is writing, or was killed */
	if (!S_ISREG(st->st_mode) || !name_is_source(name, n) ||
	    strcmp(name + n, ".json") != 0)
		count_odd(s, ODD_STRAY, name);
	else
		count_rights(s, name, st);
	return 0;
}

static void
tell_no_spool(struct check *c, const char *where, const struct error *why)
{
	char fix[FINDING_TEXT];

	snprintf(fix, sizeof(fix),
	    "chown -R the spool to uid %lu, who is its owner; \"namei -l %s\" "
	    "shows whether a directory is in the way",
	    (unsigned long)geteuid(), where);
	findings_add(&c->findings, FINDING_ERROR, "spool", where,
	    "every alert gets 503",
	    why->kind == ERROR_NOT_FOUND
		? "mount the disk it is on, or make an empty one with "
		  "\"alertspool init --spool-only\""
		: why->sys == ENOTDIR || why->sys == ELOOP
		? "move it away: a spool and its parts must be directories, "
		  "not links"
		: why->sys == EROFS
		? "mount it writable; the kernel's log shows whether a disk "
		  "error made it read-only"
		: fix,
	    "%s", why->text);
}

void
check_spool(struct check *c)
{
	const char *root = c->cli->settings.directory;
	struct error why = ERROR_INIT;
	char where[WHERE_SIZE];
	bool good;

	if (spool_open(&c->spool, root, SPOOL_WRITE, &why) == -1) {
		if (!findings_no_memory(&c->findings, &why))
			tell_no_spool(c, root, &why);
		return;
	}
	if (!check_root_owner(c, root))
		return; /* the wrong user would judge everything else */
	good = check_directory(c, root, spool_root(c->spool)) && geteuid() != 0;
	good = check_root(c, root) && good;
	for (int i = 0; i < SPOOL_STATES; i++) {
		int fd = spool_dir(c->spool, (enum spool_state)i);

		snprintf(where, sizeof(where), "%s/%s", root,
		    spool_state_word((enum spool_state)i));
		good = check_directory(c, where, fd) && good;
		good = check_contents(c, where, fd) && good;
	}
	good = check_part(c, root, "history", NULL) && good;
	good = check_part(c, root, HEARD_DIRECTORY, look_at_heard) && good;
	good = check_part(c, root, STATE_DIRECTORY, look_at_atlas) && good;
	check_group(c, root);
	if (good)
		findings_ok(&c->findings, "spool", root,
		    "owner, modes and contents are right");
}
