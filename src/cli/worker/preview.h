/* SPDX-License-Identifier: ISC */
/* preview: which records a runner would start now. */
#ifndef ALERTSPOOL_WORKER_PREVIEW_H
#define ALERTSPOOL_WORKER_PREVIEW_H

struct error;
struct spool;
struct worker_options;

/* Print a line for each record that is due now and the first of its alert, in order: its
 * ID, and where it would go. Nothing is moved. The exit code, or -1. */
int preview_print(struct spool *, const struct worker_options *, const char *to,
    struct error *);

#endif
