/* SPDX-License-Identifier: ISC */
/*
 * depth: how many records a state has, how large they are, and the age of the oldest.
 *
 * One pass over the directory and a bounded number of records read, in bounded memory,
 * however many there are.
 */
#ifndef ALERTSPOOL_RECORDS_DEPTH_H
#define ALERTSPOOL_RECORDS_DEPTH_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/spool/spool.h"

struct error;

struct depth {
	uint64_t records;
	uint64_t bytes; /* of the files */

	/*
	 * The earliest received_at. An alert is received after its own time, the TIME of
	 * its name, so the records are read in that order (those without TIME by their
	 * mtime) until no later one can be older. After DEPTH_READ records the earliest
	 * of those is returned, and is not exact, because more old alerts that came in
	 * late may hide an older one. It is not exact either if a record could not be
	 * read.
	 */
	bool has_oldest;
	bool exact;
	struct timespec oldest;
};

#define DEPTH_READ 256

/* 0, or -1 with ERROR_IO. Records that cannot be read have no age. */
int depth_read(const struct spool *, enum spool_state, struct depth *,
    struct error *);

#endif
