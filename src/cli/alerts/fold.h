/* SPDX-License-Identifier: ISC */
/*
 * fold: what an alert is now: the names of its records and what the newest of them
 * says, at one moment (alertspool-spool(5), ALERTS).
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

/* The ALERT_INDEX_IN() bits of what the names say of alerts in these states. */
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
	struct fold_time since; /* when it was created, as the sender says */
	struct fold_time last;	/* TIME of the newest record */
	struct fold_time ended; /* TIME of the record that ended it */
};

/*
 * Read the newest record into the view and judge the alert at this moment. 1; 0 when
 * the record is gone; -1 when it cannot be read: then the names alone are judged, and
 * the view has no record.
 */
int fold_read(struct fold *, const struct alert_fold *, struct record_view *,
    const struct spool *, time_t now, struct error *);

/* Does this record say that its alert was closed or cancelled? */
bool fold_says_ended(const struct record_view *);

/* When the alert began, as far as anybody knows: since, else its first record. */
struct fold_time fold_begin(const struct fold *, const struct alert_fold *);

/* Was the alert there at some moment of this time? What is unknown is not before
 * until and not after since, as in "alertspool list". */
bool fold_lived(const struct fold *, const struct alert_fold *,
    const struct fold_time *since, const struct fold_time *until);

#endif
