/* SPDX-License-Identifier: ISC */
/* session: the settings, the queues and the spool of one run, opened when needed. */
#ifndef ALERTSPOOL_FRAME_SESSION_H
#define ALERTSPOOL_FRAME_SESSION_H

#include "cli/frame/cli.h"

/* Load the settings once, and the queues if they are valid. 0 or -1. */
int session_settings(struct cli *, struct error *);

/* The same for a verb that needs the queues: -1 if they are refused. */
int session_queues(struct cli *, struct error *);

/* The queue of --queue, or NULL. */
const char *session_queue(const struct cli *);

/* The row of a verb's table for it. */
#define SESSION_QUEUE_OPTION \
	{"queue", 'q', "NAME", \
	    "the records of this queue instead of the spool's"}

/*
 * Load the settings and open the spool, or the queue of --queue. root becomes the owner
 * of the spool directory for good, before anything in it is touched; a user without the
 * right is refused with the command to use instead (ERROR_DENIED). If the queues'
 * settings are refused, that is a warning, and the verb goes on. 0 or -1.
 */
int session_spool(struct cli *, enum spool_access, struct spool **,
    struct error *);

/* The same for the queue of this name, NULL for the spool itself. From here on the
 * settings' directory is the queue's. For SPOOL_WRITE, missing parts of a queue in the
 * settings are created. ERROR_NOT_FOUND when neither the settings nor the spool have this
 * queue. */
int session_open(struct cli *, const char *queue, enum spool_access,
    struct spool **, struct error *);

/* Is the spool processed by hand or by one runner? 0; or -1 with ERROR_SETTINGS and the
 * command to use instead, when there are queues: then "alertspool route" processes it. */
int session_unrouted(struct cli *, const char *verb, struct error *);

/* Set the error that there is no queue of this name, with the existing ones. Always -1. */
int session_refuse_queue(struct cli *, const char *queue, enum error_kind,
    struct error *);

/* Add "pager, chat" to the text; "none" without a queue. */
void session_name_queues(const struct cli *, struct buf *);

#endif
