/* SPDX-License-Identifier: ISC */
/*
 * alert_table: alerts as rows, with ages and words for people, with complete ids and
 * times for programs.
 */
#ifndef ALERTSPOOL_ALERTS_ALERT_TABLE_H
#define ALERTSPOOL_ALERTS_ALERT_TABLE_H

#include <stdbool.h>
#include <time.h>

#include "cli/alerts/fold.h"
#include "cli/frame/table_style.h"
#include "cli/output/table.h"

struct queue_marks;
struct alert_view; /* the columns: private */

struct alert_table {
	struct table *table; /* NULL: none */
	const struct alert_view *view;
	size_t n; /* columns */
	time_t now;
	struct table_column columns[TABLE_COLUMNS_MAX];
	struct buf cell[TABLE_COLUMNS_MAX];
};

/* A table on standard output. With a range of time, people see when each alert was opened
 * and ended and its duration, instead of ages; with queues, its state in each. 0, or -1
 * with ERROR_IO. */
int alert_table_open(struct alert_table *, const struct table_style *,
    bool range, bool queues, time_t now, struct error *);

/* Add a row; for a record that cannot be read, from names. 0, or -1 with ERROR_IO. */
int alert_table_add(struct alert_table *, const struct fold *,
    const struct alert_fold *, const struct record_view *newest,
    const struct queue_marks *, size_t number, struct error *);

void alert_table_close(struct alert_table *);

#endif
