/* SPDX-License-Identifier: ISC */
/*
 * clean: finds litter by reading a directory, and judges it again under its maker's lock,
 * because a dot-name may still be written, and the record of a history may come back.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/dir.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/spool/private.h"

#define LOCK_WAIT_MS 1000
#define PHRASE_SIZE (NAME_SIZE + 64)
#define HEX "0123456789abcdef"

/* What to do with the entries of a directory. */
struct sweep {
	struct spool *spool;
	int dir;
	struct timespec before;
	bool dry;
	void (*found)(const char *phrase);
};

static int
walk(struct sweep sweep, int dir, dir_visit *visit, struct error *error)
{
	sweep.dir = dir;
	return dir_walk(dir, sweep.spool->path, visit, &sweep, error);
}

static int
remove_piece(const struct sweep *sweep, const char *name, const char *what,
    struct error *error)
{
	char phrase[PHRASE_SIZE];

	if (!sweep->dry && unlinkat(sweep->dir, name, 0) == -1 &&
	    errno != ENOENT)
		return error_sys(error, ERROR_IO, "%s", name);
	snprintf(phrase, sizeof(phrase), "%s\t%s", name, what);
	sweep->found(phrase);
	return 0;
}

/* ".DIGEST.PID.COUNT": the digits, or NULL for any other name. */
static const char *
temporary_digest(const char *name)
{
	if (name[0] != '.' || strspn(name + 1, HEX) != NAME_DIGEST_DIGITS ||
	    name[1 + NAME_DIGEST_DIGITS] != '.')
		return NULL;
	return name + 1;
}

/* 1 or 0 (also if it is gone by now); -1 if it cannot be read. */
static int
is_older(const struct sweep *sweep, const char *name, struct error *error)
{
	struct stat st;

	if (fstatat(sweep->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return timestamp_compare(st.st_mtim, sweep->before) < 0;
	return errno == ENOENT ? 0 : error_sys(error, ERROR_IO, "%s", name);
}

static int
visit_temporary(void *context, const struct dirent *entry, struct error *error)
{
	const struct sweep *sweep = context;
	const char *name = entry->d_name, *digits = temporary_digest(name);
	int rc;

	if (digits == NULL)
		return 0;
	rc = is_older(sweep, name, error);
	if (rc != 1)
		return rc;
	if (spool_lock_digest(sweep->spool, digits, LOCK_WAIT_MS, error) == -1)
		return -1;
	rc = is_older(sweep, name, error);
	if (rc == 1)
		rc = remove_piece(sweep, name,
		    "left behind by a writer that died", error);
	spool_unlock_digest(sweep->spool, digits);
	return rc;
}

/* In the spool's own directory and in atlas/: files that should have been renamed, such
 * as "rest". Writing them takes no longer than a commit. */
static int
visit_dot_name(void *context, const struct dirent *entry, struct error *error)
{
	const struct sweep *sweep = context;
	const char *name = entry->d_name;
	struct stat st;

	if (name[0] != '.' ||
	    fstatat(sweep->dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode) ||
	    timestamp_compare(st.st_mtim, sweep->before) >= 0)
		return 0;
	return remove_piece(sweep, name, "left behind by a writer that died",
	    error);
}

static int
visit_history(void *context, const struct dirent *entry, struct error *error)
{
	const struct sweep *sweep = context;
	const char *name = entry->d_name;
	enum spool_state where;
	int rc;

	if (!name_parse(name, NULL))
		return 0;
	rc = spool_find(sweep->spool, name, &where, error);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (spool_lock_record(sweep->spool, name, LOCK_WAIT_MS, error) == -1)
		return -1;
	rc = spool_find(sweep->spool, name, &where, error);
	if (rc == 0)
		rc = remove_piece(sweep, name,
		    "history of a record that is gone", error);
	spool_unlock_record(sweep->spool, name);
	return rc == -1 ? -1 : 0;
}

static int
clean_dot_names(const struct sweep *sweep, struct error *error)
{
	const int root = sweep->spool->root;
	int atlas = openat(root, SPOOL_ATLAS,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	rc = walk(*sweep, root, visit_dot_name, error);
	if (atlas == -1)
		return rc;
	if (rc == 0)
		rc = walk(*sweep, atlas, visit_dot_name, error);
	close(atlas);
	return rc;
}

int
spool_clean_temporaries(struct spool *s, struct timespec before, bool dry,
    void (*found)(const char *phrase), struct error *error)
{
	const struct sweep sweep = {
	    .spool = s,
	    .before = before,
	    .dry = dry,
	    .found = found,
	};

	for (int i = 0; i < SPOOL_STATES; i++)
		if (walk(sweep, s->dir[i], visit_temporary, error) == -1)
			return -1;
	if (spool_open_histories(s, error) == -1 ||
	    walk(sweep, s->history, visit_temporary, error) == -1)
		return -1;
	return clean_dot_names(&sweep, error);
}

int
spool_clean_histories(struct spool *s, bool dry,
    void (*found)(const char *phrase), struct error *error)
{
	const struct sweep sweep = {
	    .spool = s,
	    .dry = dry,
	    .found = found,
	};

	if (spool_open_histories(s, error) == -1)
		return -1;
	return walk(sweep, s->history, visit_history, error);
}
