/* SPDX-License-Identifier: ISC */
/*
 * material: all data of the page, looked up once, in bounded memory however many records
 * there are.
 */
#ifndef ALERTSPOOL_REPORT_MATERIAL_H
#define ALERTSPOOL_REPORT_MATERIAL_H

#include "cli/alerts/alert_order.h"
#include "cli/alerts/tally.h"
#include "cli/records/depth.h"
#include "cli/records/overdue.h"
#include "cli/report/deliveries.h"
#include "cli/report/repeats.h"
#include "cli/worker/queue_state.h"
#include "lib/spool/metrics.h"

struct settings;

#define MATERIAL_ROWS 1000   /* open alerts on the page */
#define MATERIAL_BARS 200    /* of the timeline */
#define MATERIAL_ENDED 20000 /* ended alerts that are read, the last ones */

/* A bar of the timeline. */
struct material_bar {
	const struct alert_shown *alert; /* borrowed */
};

struct material {
	/* input: set by the caller */
	const struct spool *spool;
	const struct settings *settings;
	const struct queues *queues; /* of the settings */
	const char *config; /* the settings file for commands, or NULL */
	time_t now;
	time_t
	    first; /* beginning of the first of the days, which end with today */
	size_t days;

	/* the alerts */
	struct alert_index index;
	struct alert_shown *open; /* owned: open or acknowledged, in order */
	size_t nopen;
	struct alert_shown *ended; /* owned: ended ones, in no order */
	size_t nended;
	struct material_bar *bar; /* owned: the worst first */
	size_t nbars;
	size_t silent;		/* of the open ones */
	size_t unread;		/* alerts whose newest record cannot be read */
	struct tally tally;	/* of the open or acknowledged ones */
	struct repeats repeats; /* numbers: of folds in the index */

	/* the records */
	struct deliveries deliveries;
	struct depth depth[SPOOL_STATES]; /* except for done */
	struct overdue waiting, running;
	struct queue_list queue;
	struct queue_state *queue_state;	  /* owned, as many */
	struct deliveries_results *queue_results; /* owned, as many */
	/* The project whose last reconcile (alertspool atlas) is the longest ago; not set
	 * if one never succeeded, or there are no sections. */
	struct fold_time reconciled;
	struct metrics counters;

	struct keyed_hash_key key; /* of places */
	bool lost;		   /* some data is missing for lack of memory */
	struct record_view view;   /* for reading one more record */
	struct buf text;	   /* likewise, for a text */
};

/* Look everything up. 0, or -1: ERROR_IO when the spool cannot be read. Free with
 * material_free() either way. */
int material_gather(struct material *, struct error *);

void material_free(struct material *);

/* Read the newest record of an alert into m->view and judge it. 1; 0 when it is gone, -1
 * when it cannot be read: then the view has only its name. */
int material_read(struct material *, struct alert_shown *);

/* The time of its bar within the days: from its opening until its end, or now. False if
 * it is outside. */
bool material_span(const struct material *, const struct alert_shown *,
    time_t *from, time_t *to);

#endif
