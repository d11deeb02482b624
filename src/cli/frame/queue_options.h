/* SPDX-License-Identifier: ISC */
/* queue_options: turns a queue's settings into options. */
#ifndef ALERTSPOOL_FRAME_QUEUE_OPTIONS_H
#define ALERTSPOOL_FRAME_QUEUE_OPTIONS_H

struct cli;
struct error;
struct queue_settings;

/* Put the settings of this queue before the options that were given: the last one counts,
 * so the command line wins. An option for the other kind of queue is ERROR_USAGE. 0 or
 * -1. The settings are borrowed. */
int queue_options_add(struct cli *, const struct queue_settings *,
    struct error *);

#endif
