/* SPDX-License-Identifier: ISC */
/*
 * session: the settings, the queues and the spool of one run, opened when a verb asks.
 */
#ifndef ALERTSPOOL_FRAME_SESSION_H
#define ALERTSPOOL_FRAME_SESSION_H

#include "cli/frame/cli.h"

/* Load the settings once, and the queues if they are not refused. 0 or -1. */
int session_settings(struct cli *, struct error *);

/* The same for a verb that must know the queues: with them refused, -1. */
int session_queues(struct cli *, struct error *);

/* The queue that the verb is asked to work on with --queue, or NULL. */
const char *session_queue(const struct cli *);

/* The row of a verb's table for it. */
#define SESSION_QUEUE_OPTION \
	{"queue", 'q', "NAME", "the records of this queue, not the spool's own"}

/*
 * Load the settings and open the spool, or the queue of --queue. root becomes the
 * owner of the spool directory for good, before anything in it is touched; anybody
 * else who may not is refused with the line to use instead (ERROR_DENIED). Queues
 * that are refused are told of, and the verb goes on. 0 or -1.
 */
int session_spool(struct cli *, enum spool_access, struct spool **,
    struct error *);

/* The same with the queue of this name, NULL for the spool itself. From here on the
 * settings' directory is the queue's. What is missing of a queue that the settings have
 * is made for SPOOL_WRITE. ERROR_NOT_FOUND when there is no queue of this name, neither
 * in the settings nor in the spool. */
int session_open(struct cli *, const char *queue, enum spool_access,
    struct spool **, struct error *);

/* Is the spool emptied by hand or by one runner? 0; or -1 with ERROR_SETTINGS and what
 * to type instead, when there are queues: "alertspool route" empties it then. */
int session_unrouted(struct cli *, const char *verb, struct error *);

/* There is no queue of this name: the error, of this kind, and which there are. Always
 * -1. */
int session_refuse_queue(struct cli *, const char *queue, enum error_kind,
    struct error *);

/* Add "pager, chat" to the text; "none" without a queue. */
void session_name_queues(const struct cli *, struct buf *);

#endif
