/* SPDX-License-Identifier: ISC */
/* repeats: places where several alerts opened within a day. Knows places as numbers. */
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

/* A place with several openings. */
struct repeats_found {
	size_t times; /* the maximum within a day */
	time_t last;  /* when the last one opened */
	size_t alert; /* the last one */
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

/* Find the repeated ones, after all were added. 0, or -1 without memory. */
int repeats_find(struct repeats *, struct error *);

void repeats_free(struct repeats *);

#endif
