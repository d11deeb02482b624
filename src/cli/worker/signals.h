/* SPDX-License-Identifier: ISC */
/*
 * signals: ends of children and wishes to stop, as something to wait for.
 */
#ifndef ALERTSPOOL_WORKER_SIGNALS_H
#define ALERTSPOOL_WORKER_SIGNALS_H

struct error;

/*
 * From here on, SIGCHLD, SIGTERM, SIGINT and SIGHUP are read from the
 * descriptor that is returned, unless the parent had them ignored, and writing
 * to a closed pipe is an error like others. For the rest of the process. -1
 * with ERROR_UNAVAILABLE.
 */
int signals_open(struct error *);

/* Read what is there: how many signals to stop. */
unsigned int signals_read(int fd);

#endif
