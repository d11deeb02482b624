/* SPDX-License-Identifier: ISC */
/*
 * fold: judges an alert by the names of its records, then by the newest record, the only
 * one that can change the result.
 */
#include "config.h"

#include <string.h>

#include "cli/alerts/fold.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"

#define SILENT_AFTER (7 * 24 * 60 * 60) /* seconds */
#define TRIES 3 /* moves of a record while it is searched */

static const struct {
	const char *word;
	unsigned int index; /* possible states by its names */
} states[FOLD_STATES] = {
    [FOLD_OPEN] = {"open", ALERT_INDEX_IN(ALERT_INDEX_OPEN)},
    [FOLD_ACKNOWLEDGED] = {"acknowledged", ALERT_INDEX_IN(ALERT_INDEX_OPEN)},
    [FOLD_CLOSED] = {"closed",
	ALERT_INDEX_IN(ALERT_INDEX_CLOSED) | ALERT_INDEX_IN(ALERT_INDEX_OPEN)},
    [FOLD_CANCELLED] = {"cancelled",
	ALERT_INDEX_IN(ALERT_INDEX_CANCELLED) |
	    ALERT_INDEX_IN(ALERT_INDEX_OPEN)},
    [FOLD_INFORMATIONAL] = {"informational",
	ALERT_INDEX_IN(ALERT_INDEX_INFORMATIONAL)},
    [FOLD_UNKNOWN] = {"unknown", ALERT_INDEX_IN(ALERT_INDEX_UNKNOWN)},
};

const char *
fold_state_word(enum fold_state state)
{
	return states[state].word;
}

bool
fold_state_parse(const char *word, size_t n, enum fold_state *state)
{
	for (int i = 0; i < FOLD_STATES; i++)
		if (strlen(states[i].word) == n &&
		    memcmp(states[i].word, word, n) == 0) {
			*state = (enum fold_state)i;
			return true;
		}
	return false;
}

unsigned int
fold_index_states(unsigned int wanted)
{
	unsigned int index = 0;

	for (int i = 0; i < FOLD_STATES; i++)
		if ((wanted & FOLD_IN(i)) != 0)
			index |= states[i].index;
	return index;
}

/* ---- judging --------------------------------------------------------- */

static bool
time_at(const struct record_view *v, const char *path, struct timespec *t)
{
	const char *text = record_view_text(v, path);

	return text != NULL && timestamp_parse(text, strlen(text), t) == 0;
}

static bool
says(const struct record_view *v, enum fold_state state)
{
	const char *said = record_view_text(v, "alert.state");

	return said != NULL && strcmp(said, fold_state_word(state)) == 0;
}

bool
fold_says_ended(const struct record_view *v)
{
	return says(v, FOLD_CLOSED) || says(v, FOLD_CANCELLED);
}

static enum fold_state
judge_open(const struct record_view *v, time_t now)
{
	const struct timespec moment = {.tv_sec = now};
	struct timespec until;

	if (fold_says_ended(v))
		return says(v, FOLD_CLOSED) ? FOLD_CLOSED : FOLD_CANCELLED;
	return time_at(v, "alert.acknowledged_until", &until) &&
		timestamp_compare(until, moment) > 0
	    ? FOLD_ACKNOWLEDGED
	    : FOLD_OPEN;
}

static void
judge_state(struct fold *f, const struct alert_fold *names,
    const struct record_view *v, time_t now)
{
	static const enum fold_state named[ALERT_INDEX_STATES] = {
	    [ALERT_INDEX_OPEN] = FOLD_OPEN,
	    [ALERT_INDEX_CLOSED] = FOLD_CLOSED,
	    [ALERT_INDEX_CANCELLED] = FOLD_CANCELLED,
	    [ALERT_INDEX_INFORMATIONAL] = FOLD_INFORMATIONAL,
	    [ALERT_INDEX_UNKNOWN] = FOLD_UNKNOWN,
	};

	f->state = named[alert_fold_state(names)];
	if (f->state == FOLD_CLOSED || f->state == FOLD_CANCELLED)
		f->ended.set = alert_fold_decided(names, &f->ended.at);
	if (f->state != FOLD_OPEN)
		return;
	f->state = judge_open(v, now);
	if (f->state == FOLD_CLOSED || f->state == FOLD_CANCELLED)
		f->ended = f->last;
}

static void
judge(struct fold *f, const struct alert_fold *names,
    const struct record_view *v, time_t now)
{
	struct timespec t;

	*f = (struct fold){
	    .rank = severity_rank(record_view_text(v, "alert.severity")),
	    .last = {v->name.has_time, v->name.time},
	};
	if (time_at(v, "alert.created_at", &t))
		f->since = (struct fold_time){true, t.tv_sec};
	judge_state(f, names, v, now);
	f->silent = f->state == FOLD_OPEN && time_at(v, "received_at", &t) &&
	    t.tv_sec < now - SILENT_AFTER;
}

/* ---- reading --------------------------------------------------------- */

/* Search for a record that was moved since its name was read. */
static int
read_newest(struct record_view *v, const struct spool *spool,
    struct spool_entry entry, struct error *error)
{
	int found = 1;

	for (int i = 0; i < TRIES && found == 1; i++) {
		if (record_view_read(v, spool, &entry, error) == 0)
			return 1;
		if (error->kind != ERROR_NOT_FOUND)
			return -1;
		error_clear(error);
		found = spool_find_in(spool, entry.name,
		    ALERT_INDEX_SPOOL_STATES, &entry.state, error);
	}
	return found == -1 ? -1 : 0;
}

int
fold_read(struct fold *f, const struct alert_fold *names, struct record_view *v,
    const struct spool *spool, time_t now, struct error *error)
{
	int rc = read_newest(v, spool, names->newest, error);

	judge(f, names, v, now);
	return rc;
}

/* ---- its time -------------------------------------------------------- */

struct fold_time
fold_begin(const struct fold *f, const struct alert_fold *names)
{
	return f->since.set
	    ? f->since
	    : (struct fold_time){names->has_first, names->first};
}

bool
fold_lived(const struct fold *f, const struct alert_fold *names,
    const struct fold_time *since, const struct fold_time *until)
{
	const struct fold_time begin = fold_begin(f, names);
	const struct fold_time *end = &f->last;

	if (until->set && begin.set && begin.at > until->at)
		return false;
	if (!since->set || f->state == FOLD_OPEN ||
	    f->state == FOLD_ACKNOWLEDGED)
		return true;
	if (f->state == FOLD_CLOSED || f->state == FOLD_CANCELLED)
		end = &f->ended;
	return end->set && end->at >= since->at;
}
