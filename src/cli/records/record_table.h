/* SPDX-License-Identifier: ISC */
/* record_table: records as rows with the columns of "alertspool list". */
#ifndef ALERTSPOOL_RECORDS_RECORD_TABLE_H
#define ALERTSPOOL_RECORDS_RECORD_TABLE_H

#include <stdbool.h>

#include "cli/frame/table_style.h"
#include "cli/records/record_view.h"

struct table;

struct record_table {
	struct table *table; /* for table_end(); NULL: none */
	bool people;	     /* it is not lines for programs */
	struct buf where, reason;
};

/* A table on standard output; with columns for attempts if asked for. 0, or -1 with
 * ERROR_IO. */
int record_table_open(struct record_table *, const struct table_style *,
    bool tries, struct error *);

/* Print the waiting rows, and from then on each row when it is added: table_fix(). */
void record_table_fix(struct record_table *);

void record_table_close(struct record_table *);

/* Add a row; for a record that could not be read, from its name. 0, or -1 with ERROR_IO. */
int record_table_add(struct record_table *, const struct record_view *,
    const struct spool *, struct error *);

#endif
