/* SPDX-License-Identifier: ISC */
/*
 * cleaner: deletes old records of a spool or a queue, and removes what dead processes
 * left behind. Prints a line for each.
 */
#ifndef ALERTSPOOL_ALERTS_CLEANER_H
#define ALERTSPOOL_ALERTS_CLEANER_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct number_set;
struct spool;

struct cleaner_rules {
	int64_t retain_done, retain_dead,
	    retain_bad; /* milliseconds; 0: no limit */
	const struct number_set *
	    keep; /* alerts (spool_alert_byte()) that keep all records; NULL: none */
	const char *queue; /* its name, for the lines; NULL: the spool itself */
	const char *who;   /* for histories */
	bool dry;
};

/* The spool is open for writing. *thrown is the number of deleted records. 0, or -1 with
 * ERROR_IO at the first record that could not be judged or moved. */
int cleaner_run(struct spool *, const struct cleaner_rules *, uint64_t *thrown,
    struct error *);

/* Add the alerts with a record in new/ or cur/ to the set, then flush new/, cur/ and
 * done/, so that none of them comes back after a power cut. 0 or -1. */
int cleaner_waiting(const struct spool *, struct number_set *, struct error *);

#endif
