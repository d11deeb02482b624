/* SPDX-License-Identifier: ISC */
/*
 * alert_cells: what an alert's newest record says of it, as text of one cell.
 *
 * Each appends its text, nothing when the record does not say, as it came: whoever
 * prints it makes it harmless.
 */
#ifndef ALERTSPOOL_ALERTS_ALERT_CELLS_H
#define ALERTSPOOL_ALERTS_ALERT_CELLS_H

#include <stdbool.h>

#include "cli/records/record_view.h"

/* The project's name, else its id. */
void alert_cell_project(struct buf *, const struct record_view *);

/* Where it is. For people without the domain of a host, which is long and says
 * little. The buffer is set to it. */
void alert_cell_where(struct buf *, const struct record_view *, bool people);

/* The value that was measured: "95.2 %", "1.5G" for people, else "95.2 percent". */
void alert_cell_value(struct buf *, const struct record_view *, bool people);

/* The summary, else the event type. */
void alert_cell_summary(struct buf *, const struct record_view *);

#endif
