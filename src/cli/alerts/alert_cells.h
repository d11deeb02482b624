/* SPDX-License-Identifier: ISC */
/*
 * alert_cells: the text of one cell about an alert, from its newest record.
 *
 * Each appends its text unescaped, nothing if the record has none: the caller must escape
 * it.
 */
#ifndef ALERTSPOOL_ALERTS_ALERT_CELLS_H
#define ALERTSPOOL_ALERTS_ALERT_CELLS_H

#include <stdbool.h>

#include "cli/records/record_view.h"

/* The project's name, else its id. */
void alert_cell_project(struct buf *, const struct record_view *);

/* The place. For people without the domain of a host, which is long and rarely useful.
 * Sets the buffer. */
void alert_cell_where(struct buf *, const struct record_view *, bool people);

/* The measured value: "95.2 %", "1.5G" for people, else "95.2 percent". */
void alert_cell_value(struct buf *, const struct record_view *, bool people);

/* The summary, else the event type. */
void alert_cell_summary(struct buf *, const struct record_view *);

#endif
