/* SPDX-License-Identifier: ISC */
/*
 * fold: the state of an alert at one moment, from the names of its records and the
 * content of the newest (alertspool-spool(5), ALERTS).
 */
#ifndef ALERTSPOOL_ALERTS_FOLD_H
#define ALERTSPOOL_ALERTS_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "cli/records/record_view.h"
#include "lib/alert/severity.h"
#include "lib/spool/alert_index.h"

struct error;

enum fold_state {
	FOLD_OPEN,
	FOLD_ACKNOWLEDGED,
	FOLD_CLOSED,
	FOLD_CANCELLED,
	FOLD_INFORMATIONAL,
	FOLD_UNKNOWN,
	FOLD_STATES
};

/* Sets of states. */
#define FOLD_IN(state) (1u << (state))
#define FOLD_ANY ((1u << FOLD_STATES) - 1)

/* "open", "acknowledged" and so on; static. Its inverse for n characters. */
const char *fold_state_word(enum fold_state);
bool fold_state_parse(const char *word, size_t n, enum fold_state *);

/* The ALERT_INDEX_IN() bits for alerts in these states. */
unsigned int fold_index_states(unsigned int states);

/* A moment that may be unknown. */
struct fold_time {
	bool set;
	time_t at;
};

struct fold {
	enum fold_state state;
	bool silent; /* open, and nothing was received for seven days */
	enum severity_rank rank;
	struct fold_time since; /* when it was created, by the sender */
	struct fold_time last;	/* TIME of the newest record */
	struct fold_time ended; /* TIME of the record that ended it */
};

/*
 * Read the newest record into the view and judge the alert at this moment. 1; 0 when the
 * record is gone; -1 when it cannot be read: then only the names are judged, and the view
 * has no record.
 */
int fold_read(struct fold *, const struct alert_fold *, struct record_view *,
    const struct spool *, time_t now, struct error *);

/* Was its alert closed or cancelled according to this record? */
bool fold_says_ended(const struct record_view *);

/* When the alert began, as far as known: since, else its first record. */
struct fold_time fold_begin(const struct fold *, const struct alert_fold *);

/* Did the alert exist at some moment of this time? An unknown time counts as in range, as
 * in "alertspool list". */
bool fold_lived(const struct fold *, const struct alert_fold *,
    const struct fold_time *since, const struct fold_time *until);

#endif
