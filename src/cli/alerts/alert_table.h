/* SPDX-License-Identifier: ISC */
/*
 * alert_table: alerts as rows, for people with ages and words, for programs with
 * whole ids and times.
 */
#ifndef ALERTSPOOL_ALERTS_ALERT_TABLE_H
#define ALERTSPOOL_ALERTS_ALERT_TABLE_H

#include <stdbool.h>
#include <time.h>

#include "cli/alerts/fold.h"
#include "cli/frame/table_style.h"
#include "cli/output/table.h"

struct queue_marks;
struct alert_view; /* which columns: private */

struct alert_table {
	struct table *table; /* NULL: none */
	const struct alert_view *view;
	size_t n; /* columns */
	time_t now;
	struct table_column columns[TABLE_COLUMNS_MAX];
	struct buf cell[TABLE_COLUMNS_MAX];
};

/* A table on standard output. With a range of time, people get when each alert was
 * opened and ended and for how long, not how long ago; with queues, how it stands in
 * each. 0, or -1 with ERROR_IO. */
int alert_table_open(struct alert_table *, const struct table_style *,
    bool range, bool queues, time_t now, struct error *);

/* Add a row; of an alert whose record cannot be read, what names say. 0, or -1 with
 * ERROR_IO. */
int alert_table_add(struct alert_table *, const struct fold *,
    const struct alert_fold *, const struct record_view *newest,
    const struct queue_marks *, size_t number, struct error *);

void alert_table_close(struct alert_table *);

#endif
