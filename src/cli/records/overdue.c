/* SPDX-License-Identifier: ISC */
/* overdue: judges by a record's mtime whether it should have been processed. */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "cli/records/overdue.h"
#include "lib/base/dir.h"
#include "lib/record/name.h"
#include "lib/spool/queue.h"

struct pass {
	struct overdue *found;
	enum spool_state state;
	time_t now;
	time_t waiting;
};

/* Count it; keep the first one as an example. */
static void
count(uint64_t *n, char example[static NAME_SIZE], const char *name)
{
	if ((*n)++ == 0)
		snprintf(example, NAME_SIZE, "%s", name);
}

static int
judge_record(void *context, const char *name, const struct stat *st,
    struct error *error)
{
	const struct pass *p = context;
	struct overdue *o = p->found;

	(void)error;
	if (!S_ISREG(st->st_mode) || !name_parse(name, NULL))
		return 0;
	if (st->st_mtime > p->now + QUEUE_AHEAD_MAX)
		count(&o->ahead, o->example_ahead, name);
	if (p->state == SPOOL_CUR && st->st_mtime < p->now - OVERDUE_STALE)
		count(&o->stale, o->example_stale, name);
	/* The mtime is when it became due: a record that was received long ago and
	 * deferred since does not show that nobody works. */
	if (p->state == SPOOL_NEW && st->st_mtime < p->now - p->waiting)
		o->due++;
	return 0;
}

int
overdue_read(struct overdue *o, const struct spool *spool,
    enum spool_state state, time_t waiting, struct error *error)
{
	struct pass p = {o, state, time(NULL), waiting};

	*o = (struct overdue){.due = 0};
	return dir_walk_stat(spool_dir(spool, state), spool_state_word(state),
	    judge_record, &p, error);
}
