/* SPDX-License-Identifier: ISC */
/*
 * find: finds and reads a record by its name. A disk error does not mean that the record
 * is missing: a commit would write it a second time, and clean would delete its history.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/spool/spool.h"

int
spool_stat(const struct spool *spool, enum spool_state state, const char *name,
    struct stat *st, struct error *error)
{
	if (fstatat(spool_dir(spool, state), name, st, AT_SYMLINK_NOFOLLOW) ==
	    0)
		return S_ISREG(st->st_mode);
	if (errno == ENOENT)
		return 0;
	return error_sys(error, ERROR_IO, "%s: stat in %s/", name,
	    spool_state_word(state));
}

int
spool_find_in(const struct spool *spool, const char *name, unsigned int states,
    enum spool_state *state, struct error *error)
{
	enum spool_state i;
	struct stat st;
	int rc = 0;

	if (!name_parse(name, NULL))
		return 0;
	for (i = 0; i < SPOOL_STATES && rc == 0; i++)
		if ((states & SPOOL_IN(i)) != 0) {
			rc = spool_stat(spool, i, name, &st, error);
			*state = i;
		}
	return rc;
}

int
spool_find(const struct spool *spool, const char *name, enum spool_state *state,
    struct error *error)
{
	return spool_find_in(spool, name, SPOOL_ANYWHERE, state, error);
}

int
spool_read(const struct spool *spool, enum spool_state state, const char *name,
    struct buf *text, struct stat *st, struct error *error)
{
	if (!name_parse(name, NULL))
		return error_set(error, ERROR_NOT_FOUND,
		    "that is not a record's name");
	return file_read(spool_dir(spool, state), name, SPOOL_RECORD_MAX, text,
	    st, error);
}
