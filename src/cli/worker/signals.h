/* SPDX-License-Identifier: ISC */
/* signals: ended children and stop signals, as a descriptor to wait on. */
#ifndef ALERTSPOOL_WORKER_SIGNALS_H
#define ALERTSPOOL_WORKER_SIGNALS_H

struct error;

/*
 * From here on, SIGCHLD, SIGTERM, SIGINT and SIGHUP are read from the returned
 * descriptor, except those that the parent ignored, and writing to a closed pipe is an
 * ordinary error. For the rest of the process. -1 with ERROR_UNAVAILABLE.
 */
int signals_open(struct error *);

/* Read all signals: the number of stop signals. */
unsigned int signals_read(int fd);

#endif
