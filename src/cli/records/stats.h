/* SPDX-License-Identifier: ISC */
/*
 * stats: the numbers, sizes and ages of records and the counters as one value, and its
 * two forms for programs.
 */
#ifndef ALERTSPOOL_RECORDS_STATS_H
#define ALERTSPOOL_RECORDS_STATS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "cli/records/depth.h"
#include "lib/base/buf.h"
#include "lib/spool/metrics.h"
#include "lib/spool/spool.h"

struct error;

struct stats {
	const char *directory;
	time_t now;
	struct depth depth[SPOOL_STATES];
	struct metrics counters;
	double seconds; /* since the counters started; 0: none */
};

/* Fill in all but the directory. 0 or -1. */
int stats_gather(struct stats *, const struct spool *, struct error *);

/* The age of the oldest record of a state in seconds; 0: none, or its time is in the
 * future. */
int64_t stats_age(const struct stats *, const struct depth *);

/* A counter in the unit of its name. */
double stats_value(const struct stats *, int metric);

/* The short name of a family: "alertspool_requests_total" is "requests". */
#define STATS_NAME_SIZE 32
void stats_family(char out[static STATS_NAME_SIZE], const char *family);

/* Append a member: a number; a moment, or null. */
void stats_json_number(struct buf *, const char *key, uint64_t);
void stats_json_moment(struct buf *, const char *key, bool set,
    struct timespec);

/* Append one JSON object on a line, without its closing brace. */
void stats_json(struct buf *, const struct stats *);

/* Append Prometheus text with these labels, "k=\"v\",k=\"v\"", added to each sample. */
void stats_add_labels(struct buf *, const char *text, const char *labels);

/* The depth of the spool, or of a queue of this name. */
struct stats_depth {
	const char *queue;	   /* NULL: the spool */
	const struct depth *depth; /* of SPOOL_STATES */
};

/* Append the gauges of the states of these in Prometheus text format 0.0.4. */
void stats_gauges(struct buf *, const struct stats *,
    const struct stats_depth *, size_t n);

#endif
