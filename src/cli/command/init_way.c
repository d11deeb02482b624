/* SPDX-License-Identifier: ISC */
/* init_way: every step goes from an open directory to a name in it, never by a path that
 * somebody could change meanwhile. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command/init_way.h"
#include "lib/base/error.h"
#include "lib/spool/heard.h"
#include "lib/spool/spool.h"

#define LINKS_MAX 10
#define OPEN_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* ---- what was made -------------------------------------------------- */

int
init_way_note(struct init_way *w, int at, const char *name, struct error *error)
{
	struct init_made *more =
	    reallocarray(w->made, w->nmade + 1, sizeof(*more));
	struct init_made made;

	if (more == NULL)
		return error_sys(error, ERROR_CREATE, "%s", name);
	w->made = more;
	made.at = fcntl(at, F_DUPFD_CLOEXEC, 0);
	if (made.at == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	made.name = strdup(name);
	if (made.name == NULL) {
		close(made.at);
		return error_sys(error, ERROR_CREATE, "%s", name);
	}
	w->made[w->nmade++] = made;
	return 0;
}

static void
remove_either(int at, const char *name)
{
	if (unlinkat(at, name, 0) == -1)
		(void)unlinkat(at, name, AT_REMOVEDIR);
}

/* A spool that nobody has used holds directories and the lock. It may have its owner
 * already, so only its content is touched. */
static void
empty_spool(int at, const char *name)
{
	int spool = openat(at, name, OPEN_FLAGS);

	if (spool == -1)
		return;
	remove_either(spool, "lock");
	remove_either(spool, "history");
	remove_either(spool, HEARD_DIRECTORY);
	for (int state = 0; state < SPOOL_STATES; state++)
		remove_either(spool, spool_state_word((enum spool_state)state));
	close(spool);
}

static void
forget_last(struct init_way *w)
{
	struct init_made *made = &w->made[--w->nmade];

	close(made->at);
	free(made->name);
}

void
init_way_take_back(struct init_way *w)
{
	while (w->nmade > 0) {
		const struct init_made *made = &w->made[w->nmade - 1];

		if (unlinkat(made->at, made->name, 0) == -1 &&
		    unlinkat(made->at, made->name, AT_REMOVEDIR) == -1) {
			empty_spool(made->at, made->name);
			(void)unlinkat(made->at, made->name, AT_REMOVEDIR);
		}
		forget_last(w);
	}
}

void
init_way_free(struct init_way *w)
{
	while (w->nmade > 0)
		forget_last(w);
	free(w->made);
	w->made = NULL;
}

/* ---- the way -------------------------------------------------------- */

/* Can only root replace or remove it? In a sticky directory others can create files, but
 * not change those of root. */
static int
check_safe(int fd, const char *name, struct error *error)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	if (geteuid() != 0 ||
	    (st.st_uid == 0 &&
		((st.st_mode & (S_IWGRP | S_IWOTH)) == 0 ||
		    (st.st_mode & S_ISVTX) != 0)))
		return 0;
	return error_set(error, ERROR_CREATE,
	    "users other than root can write to \"%s\" on the way, and could "
	    "replace root's new files",
	    name);
}

static int
make_directory(struct init_way *w, int at, const char *name, mode_t mode,
    struct error *error)
{
	int fd;

	if (mkdirat(at, name, mode) == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	if (init_way_note(w, at, name, error) == -1) {
		(void)unlinkat(at, name, AT_REMOVEDIR);
		return -1;
	}
	fd = openat(at, name, OPEN_FLAGS);
	/* The umask is for files; the directories on the way must be open. */
	if (fd != -1 &&
	    (mode == INIT_WAY_PARENT_MODE ||
		fchown(fd, (uid_t)-1, w->gid) == 0) &&
	    fchmod(fd, mode) == 0)
		return fd;
	error_sys(error, ERROR_CREATE, "%s", name);
	if (fd != -1)
		close(fd);
	return -1;
}

static int walk(struct init_way *, int at, const char *path, mode_t, int links,
    struct error *);

/* The directory that a link leads to; root follows only its own. */
static int
follow_link(struct init_way *w, int at, const char *name, mode_t mode,
    int links, struct error *error)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(at, name, target, sizeof(target) - 1);
	int start, fd;

	if (n == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	target[n] = '\0';
	start = openat(at, target[0] == '/' ? "/" : ".", OPEN_FLAGS);
	if (start == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	fd = walk(w, start, target, mode, links + 1, error);
	close(start);
	return fd;
}

/* From an open directory to one in it. */
static int
step(struct init_way *w, int at, const char *name, mode_t mode, int links,
    struct error *error)
{
	struct stat st;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT
		    ? make_directory(w, at, name, mode, error)
		    : error_sys(error, ERROR_CREATE, "%s", name);
	if (S_ISLNK(st.st_mode) && links < LINKS_MAX &&
	    (geteuid() != 0 || st.st_uid == 0))
		return follow_link(w, at, name, mode, links, error);
	fd = openat(at, name, OPEN_FLAGS);
	if (fd == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	if (check_safe(fd, name, error) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
walk(struct init_way *w, int at, const char *path, mode_t mode, int links,
    struct error *error)
{
	char *rest = strdup(path), *save = NULL, *name, *following;
	int fd = fcntl(at, F_DUPFD_CLOEXEC, 0), next;

	if (rest == NULL || fd == -1) {
		error_sys(error, ERROR_CREATE, "%s", path);
		if (fd != -1)
			close(fd);
		free(rest);
		return -1;
	}
	for (name = strtok_r(rest, "/", &save); name != NULL && fd != -1;
	    name = following) {
		following = strtok_r(NULL, "/", &save);
		next = step(w, fd, name,
		    following == NULL ? mode : INIT_WAY_PARENT_MODE, links,
		    error);
		close(fd);
		fd = next;
	}
	free(rest);
	return fd;
}

int
init_way_open(struct init_way *w, const char *path, mode_t mode,
    struct error *error)
{
	int root = open("/", OPEN_FLAGS), fd = -1;

	if (root == -1)
		return error_sys(error, ERROR_CREATE, "/");
	if (check_safe(root, "/", error) == 0)
		fd = walk(w, root, path, mode, 0, error);
	close(root);
	return fd;
}
