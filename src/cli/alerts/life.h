/* SPDX-License-Identifier: ISC */
/* life: the deliveries of one alert, in order, and the result of each. */
#ifndef ALERTSPOOL_ALERTS_LIFE_H
#define ALERTSPOOL_ALERTS_LIFE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/frame/table_style.h"
#include "cli/records/record_view.h"
#include "lib/spool/alert_index.h"

/*
 * ALERT for an operand: its id, with +SOURCE where names have that, or a beginning that
 * no other alert has; else a record's ID. 0, or -1: ERROR_NOT_FOUND, ERROR_INPUT when it
 * is ambiguous.
 */
int life_resolve(const struct spool *, const char *text,
    char alert[static NAME_ALERT_MAX + 1], struct error *);

struct life {
	struct spool_entry *entry; /* owned; in order, each record once */
	size_t n, size;
};

#define LIFE_INIT {.entry = NULL}

/* The records of this ALERT, at least one. 0, or -1: ERROR_NOT_FOUND when there are none,
 * ERROR_IO. Free with life_free() either way. */
int life_read(struct life *, const struct spool *, const char *alert,
    struct error *);

void life_free(struct life *);

/* The alert by their names: the only fold of the index. 0, or -1 without memory. Free
 * with alert_index_free() either way. */
int life_fold(const struct life *, struct alert_index *, struct error *);

/* The result of a delivery. */
struct life_result {
	unsigned int tries;   /* starts of a command or publisher */
	struct buf what, why; /* the last line of its history, "" without one */
	struct buf when; /* of that line; else when it came into its state */
};

#define LIFE_RESULT_INIT {.tries = 0}

/* For the record in the view. 0, or -1 with ERROR_IO. Free with life_result_free() either
 * way; may be used again. */
int life_result(struct life_result *, const struct spool *,
    const struct record_view *, struct error *);

void life_result_free(struct life_result *);

enum life_form { LIFE_PEOPLE, LIFE_LINES, LIFE_JSON };

/* Append a delivery in this form: for people a line and, under it, its result, both cut
 * at the width; as JSON with this object of queues. Memory failing marks the buffer. */
void life_print(struct buf *, const struct record_view *,
    const struct life_result *, enum life_form, int width,
    const struct buf *queues);

/* Append one more line for people, under a delivery. */
void life_print_under(struct buf *, const struct buf *line, int width);

#endif
