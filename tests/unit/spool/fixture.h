/* SPDX-License-Identifier: ISC */
/* fixture: a new spool in a directory of its own, for the tests of the spool's room. */
#ifndef ALERTSPOOL_TESTS_UNIT_SPOOL_FIXTURE_H
#define ALERTSPOOL_TESTS_UNIT_SPOOL_FIXTURE_H

#include <fcntl.h>

#include <cmocka.h>

#include "lib/base/error.h"
#include "lib/spool/spool.h"
#include "tests/unit/scratch.h"

/* Makes a spool and opens it for writing. The path is malloc'ed; give both to
 * fixture_close(). */
static inline struct spool *
fixture_open(char **path)
{
	struct error error = ERROR_INIT;
	struct spool *spool = NULL;

	*path = scratch_make();
	if (spool_create(AT_FDCWD, *path, (uid_t)-1, (gid_t)-1, &error) == -1 ||
	    spool_open(&spool, *path, SPOOL_WRITE, &error) == -1)
		fail_msg("%s", error.text);
	return spool;
}

static inline int
fixture_close(struct spool *spool, char *path)
{
	spool_close(spool);
	scratch_remove(path);
	return 0;
}

/* Both, as the state of a test. */
struct fixture {
	char *path;
	struct spool *spool;
};

static inline int
fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->spool = fixture_open(&f->path);
	*state = f;
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	fixture_close(f->spool, f->path);
	free(f);
	return 0;
}

#endif
