/* SPDX-License-Identifier: ISC */
/*
 * repeats: what opened several times within a day at one place, each time as another
 * alert. Knows places as numbers.
 */
#ifndef ALERTSPOOL_REPORT_REPEATS_H
#define ALERTSPOOL_REPORT_REPEATS_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct error;

#define REPEATS_LEAST 3
#define REPEATS_SPAN (24 * 60 * 60) /* seconds */

struct repeats_opening {
	uint64_t place; /* what and where */
	time_t at;
	size_t alert; /* the caller's number of it */
};

/* What opened several times. */
struct repeats_found {
	size_t times; /* at most, within a day */
	time_t last;  /* when it opened for the last time */
	size_t alert; /* the one that did */
};

struct repeats {
	struct repeats_opening *opening; /* owned */
	size_t n, size;
	struct repeats_found *found; /* owned; the most often repeated first */
	size_t nfound;
};

#define REPEATS_INIT {.opening = NULL}

/* Add an opening. 0, or -1 without memory. */
int repeats_add(struct repeats *, const struct repeats_opening *,
    struct error *);

/* Find what was repeated, once all are added. 0, or -1 without memory. */
int repeats_find(struct repeats *, struct error *);

void repeats_free(struct repeats *);

#endif
