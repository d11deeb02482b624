/* SPDX-License-Identifier: ISC */
/* One record by its name: where it is, and what it says. */
#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "lib/error.h"
#include "lib/file.h"
#include "lib/spool.h"

bool
spool_find_in(const struct spool *spool, const char *name, unsigned int states,
    enum spool_state *state)
{
	enum spool_state i;
	struct stat st;

	if (!name_parse(name, NULL))
		return false;
	for (i = 0; i < SPOOL_STATES; i++) {
		if ((states & SPOOL_IN(i)) == 0 ||
		    fstatat(spool_dir(spool, i), name, &st,
			AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISREG(st.st_mode))
			continue;
		*state = i;
		return true;
	}
	return false;
}

bool
spool_find(const struct spool *spool, const char *name, enum spool_state *state)
{
	return spool_find_in(spool, name, SPOOL_ANYWHERE, state);
}

int
spool_read(const struct spool *spool, enum spool_state state, const char *name,
    struct buf *text, struct stat *st, struct error *error)
{
	if (!name_parse(name, NULL))
		return error_set(error, ERROR_NOT_FOUND,
		    "that is no record's name");
	return file_read(spool_dir(spool, state), name, SPOOL_RECORD_MAX, text,
	    st, error);
}
