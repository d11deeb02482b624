/* SPDX-License-Identifier: ISC */
/*
 * tally: counts that wait for the counters.
 *
 * Workers add and take at any moment, without a lock: atomic_exchange gives each number
 * to only one of them, and numbers that cannot be counted are added again.
 */
#include "config.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "responder/tally.h"

struct tally {
	atomic_bool any;    /* something may be kept */
	atomic_bool outage; /* some of it from a time without counters */
	_Atomic uint64_t kept[METRICS];
};

struct tally *
tally_open(void)
{
	void *shared = mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return shared != MAP_FAILED ? shared : NULL; /* all zero: empty */
}

void
tally_keep(struct tally *t, const struct metrics_delta *delta)
{
	if (t == NULL)
		return;
	for (int i = 0; i < METRICS; i++)
		if (delta->add[i] != 0)
			atomic_fetch_add(&t->kept[i], delta->add[i]);
	atomic_store(&t->any, true);
}

/* Add the kept numbers to delta, and empty the tally. */
static void
take(struct tally *t, struct metrics_delta *delta)
{
	for (int i = 0; i < METRICS; i++)
		delta->add[i] += atomic_exchange(&t->kept[i], 0);
}

static uint64_t
requests(const struct metrics_delta *delta)
{
	uint64_t n = 0;

	for (int i = METRIC_STORED; i <= METRIC_UNAVAILABLE; i++)
		n += delta->add[i];
	return n;
}

uint64_t
tally_count(struct tally *t, int fd, int lock,
    const struct metrics_delta *delta)
{
	struct metrics_delta all = *delta;
	bool outage = false;

	if (t != NULL && fd == -1)
		atomic_store(&t->outage, true);
	if (t != NULL && fd != -1 && atomic_exchange(&t->any, false)) {
		outage = atomic_exchange(&t->outage, false);
		take(t, &all);
	}
	if (fd != -1 && metrics_add(fd, lock, &all) == 0)
		return outage ? requests(&all) - requests(delta) : 0;
	tally_keep(t, &all);
	if (outage)
		atomic_store(&t->outage, true);
	return 0;
}
