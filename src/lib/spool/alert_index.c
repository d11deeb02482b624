/* SPDX-License-Identifier: ISC */
/*
 * alert_index: what names tell of all alerts.
 *
 * A key represents a record (record_key.h). Two records with the same key have the same
 * effect, and clean keeps both.
 *
 * To read a million names costs more than all that is done with them. So an alert gets its
 * fold with its first name, and loses it when its end is read; then few folds exist at a
 * time, whatever the order of the names is, and at the end of the first reading those of
 * the wanted alerts are complete. Names are read a second time if that cannot work: there
 * was no room for all folds, or a wanted alert has lost its fold, because a later record
 * opened it again.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/spool/alert_index.h"
#include "lib/spool/record_key.h"

/* Bytes of folds and entries during the first reading. */
#define ROOM ((size_t)48 << 20)
#define FOLDS_MIN 1024u
#define YEARS ((time_t)1 << 38) /* seconds: more than a name can tell */

/* ---- folds ----------------------------------------------------------- */

static void
add_to_fold(struct alert_fold *f, const char *name, enum spool_state state,
    const struct name_view *view, uint64_t key)
{
	if (f->records++ == 0 || name_compare(name, f->newest.name) >= 0) {
		name_copy(f->newest.name, name);
		f->newest.state = state;
	}
	f->decider = alert_decide(f->decider, key, view->transition);
	if (alert_is_opening(view->transition) && key > f->opener)
		f->opener = key;
	f->closed_once = f->closed_once || alert_is_end(view->transition);
	if (view->has_time && (!f->has_first || view->time < f->first)) {
		f->has_first = true;
		f->first = view->time;
	}
}

/* From now on there are no folds until names are read again. */
static void
give_up(struct alert_index *x)
{
	free(x->fold);
	x->fold = NULL;
	x->n = x->folds = 0;
	x->twice = true;
}

static bool
has_room(const struct alert_index *x)
{
	return (x->n + 1) * sizeof(*x->fold) +
	    x->entries.n * sizeof(*x->entries.entry) <=
	    x->room;
}

/* The number of an unused fold; ALERT_ENTRY_NO_FOLD if there is no room. */
static uint32_t
take_fold(struct alert_index *x)
{
	uint32_t number = x->unused;
	void *more;

	if (number != ALERT_ENTRY_NO_FOLD) {
		x->unused = (uint32_t)x->fold[number].opener;
		x->fold[number] = (struct alert_fold){.records = 0};
		return number;
	}
	if (!has_room(x))
		return ALERT_ENTRY_NO_FOLD;
	if (x->n == x->folds) {
		x->folds = x->folds == 0 ? FOLDS_MIN : x->folds * 2;
		more = reallocarray(x->fold, x->folds, sizeof(*x->fold));
		if (more == NULL)
			return ALERT_ENTRY_NO_FOLD;
		x->fold = more;
	}
	x->fold[x->n] = (struct alert_fold){.records = 0};
	return (uint32_t)x->n++;
}

/* A fold without records is unused. */
static void
drop_fold(struct alert_index *x, struct alert_entry *e)
{
	if (e->fold < ALERT_ENTRY_FOLD_DROPPED) {
		x->fold[e->fold].records = 0;
		x->fold[e->fold].opener = x->unused;
		x->unused = e->fold;
	}
	e->fold = ALERT_ENTRY_FOLD_DROPPED;
}

/* ---- the first time -------------------------------------------------- */

/* Is an open alert open by a record other than its newest, because the newest opens
 * nothing by itself, or because of an earlier close or cancel? */
static bool
is_contested(const struct alert_entry *e)
{
	return (e->decider & ALERT_ENTRY_ENDED_ONCE) != 0 ||
	    !alert_is_opening(record_key_event(e->newest));
}

static enum alert_index_state
entry_state(const struct alert_entry *e)
{
	return alert_state_by(e->decider & ~ALERT_ENTRY_ENDED_ONCE,
	    record_key_event(e->newest));
}

static bool
is_wanted(const struct alert_index *x, const struct alert_entry *e)
{
	const enum alert_index_state state = entry_state(e);

	if (x->wish.clean)
		return state == ALERT_INDEX_OPEN && is_contested(e);
	if ((x->wish.states & ALERT_INDEX_IN(state)) == 0)
		return false;
	return !x->wish.has_since || state == ALERT_INDEX_OPEN ||
	    e->newest >= record_key_since(x->wish.since);
}

/* Add a record to the fold of its alert. */
static void
keep(struct alert_index *x, struct alert_entry *e, const char *name,
    enum spool_state state, const struct name_view *view, uint64_t key)
{
	const enum alert_index_state now = entry_state(e);

	if ((now == ALERT_INDEX_CLOSED || now == ALERT_INDEX_CANCELLED) &&
	    (x->wish.states & ALERT_INDEX_IN(now)) == 0)
		drop_fold(x, e);
	if (e->fold == ALERT_ENTRY_FOLD_DROPPED)
		return;
	if (e->fold == ALERT_ENTRY_NO_FOLD)
		e->fold = take_fold(x);
	if (e->fold == ALERT_ENTRY_NO_FOLD)
		give_up(x);
	else
		add_to_fold(&x->fold[e->fold], name, state, view, key);
}

static int
add_first(struct alert_index *x, const char *name, enum spool_state state,
    const struct name_view *view, struct error *error)
{
	struct alert_entry *e = alert_entries_get(&x->entries,
	    keyed_hash(&x->key, view->alert, view->alert_len));
	const uint64_t key = record_key(view);

	if (e == NULL)
		return error_sys(error, ERROR_IO, "%zu alerts", x->entries.n);
	e->records++;
	if (key > e->newest)
		e->newest = key;
	e->decider = alert_decide(e->decider & ~ALERT_ENTRY_ENDED_ONCE, key,
			 view->transition) |
	    (e->decider & ALERT_ENTRY_ENDED_ONCE);
	if (alert_is_end(view->transition))
		e->decider |= ALERT_ENTRY_ENDED_ONCE;
	if (!x->twice)
		keep(x, e, name, state, view, key);
	return 1;
}

/* ---- between --------------------------------------------------------- */

/* How many alerts are wanted and not open if this is wish.since? */
static size_t
count_since(struct alert_index *x, time_t since)
{
	size_t n = 0;

	x->wish.since = since;
	for (size_t i = 0; i < x->entries.n; i++)
		n += is_wanted(x, &x->entries.entry[i]) &&
		    entry_state(&x->entries.entry[i]) != ALERT_INDEX_OPEN;
	return n;
}

/* Set wish.since to the first second with which there are not too many. */
static void
limit(struct alert_index *x)
{
	time_t low = x->wish.since, high = low + YEARS, middle;
	const size_t all = count_since(x, low);

	if (all <= x->wish.most)
		return;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (count_since(x, middle) > x->wish.most)
			low = middle + 1;
		else
			high = middle;
	}
	x->left_out = all - count_since(x, low);
}

/* Are the folds of all wanted alerts complete? */
static bool
is_complete(const struct alert_index *x)
{
	if (x->twice)
		return false;
	for (size_t i = 0; i < x->entries.n; i++)
		if (x->entries.entry[i].fold == ALERT_ENTRY_FOLD_DROPPED &&
		    is_wanted(x, &x->entries.entry[i]))
			return false;
	return true;
}

/* Only the folds of wanted alerts stay, and nothing else. */
static void
finish(struct alert_index *x)
{
	const size_t n = x->n;
	void *less;

	for (size_t i = 0; i < x->entries.n; i++)
		if (!is_wanted(x, &x->entries.entry[i]))
			drop_fold(x, &x->entries.entry[i]);
	alert_entries_free(&x->entries);
	for (size_t i = x->n = 0; i < n; i++)
		if (x->fold[i].records > 0)
			x->fold[x->n++] = x->fold[i];
	if (x->n > 0) {
		less = reallocarray(x->fold, x->n, sizeof(*x->fold));
		x->fold = less != NULL ? less : x->fold;
	}
}

/* From now on only wanted alerts are looked up, unless clean needs all. */
static int
shrink(struct alert_index *x)
{
	struct alert_entries *all = &x->entries;
	const size_t n = all->n;

	if (x->wish.clean)
		return 0;
	for (size_t i = all->n = 0; i < n; i++)
		if (all->entry[i].decider == ALERT_ENTRY_WANTED)
			all->entry[all->n++] = all->entry[i];
	return alert_entries_shrink(all);
}

static int
begin_again(struct alert_index *x)
{
	give_up(x);
	for (size_t i = 0; i < x->entries.n; i++)
		if (is_wanted(x, &x->entries.entry[i])) {
			x->entries.entry[i].decider = ALERT_ENTRY_WANTED;
			x->entries.entry[i].newest = x->n++;
		}
	x->second = true;
	if (shrink(x) == -1)
		return -1;
	x->fold = calloc(x->n > 0 ? x->n : 1, sizeof(*x->fold));
	return x->fold != NULL ? 0 : -1;
}

int
alert_index_turn(struct alert_index *x, struct error *error)
{
	if (x->wish.most > 0 && x->wish.has_since)
		limit(x);
	if (is_complete(x)) {
		finish(x);
		return 0;
	}
	return begin_again(x) == 0
	    ? 1
	    : error_sys(error, ERROR_IO, "%zu alerts", x->n);
}

/* ---- the second time ------------------------------------------------- */

/* Most names are of unwanted alerts, which ALERT alone shows: it is between two dots
 * after TIME. An alert without a slot began after the first pass. */
static struct alert_fold *
find_fold(const struct alert_index *x, const char *name)
{
	const size_t at = TIMESTAMP_COMPACT_SIZE;
	const struct alert_entry *e;
	const char *dot;

	if (strnlen(name, at) < at)
		return NULL;
	dot = strchrnul(name + at, '.');
	e = alert_entries_find(&x->entries,
	    keyed_hash(&x->key, name + at, (size_t)(dot - name) - at));
	return e != NULL && e->decider == ALERT_ENTRY_WANTED
	    ? &x->fold[e->newest]
	    : NULL;
}

static int
add_second(struct alert_index *x, const char *name, enum spool_state state)
{
	struct alert_fold *f = find_fold(x, name);
	struct name_view view;

	if (f != NULL && name_parse(name, &view))
		add_to_fold(f, name, state, &view, record_key(&view));
	return 1;
}

/* ---- both ------------------------------------------------------------ */

int
alert_index_begin(struct alert_index *x, const struct alert_index_wish *wish,
    struct error *error)
{
	*x = (struct alert_index){
	    .wish = *wish,
	    .room = ROOM,
	    .unused = ALERT_ENTRY_NO_FOLD,
	    .twice = wish->clean,
	};
	if (getrandom(&x->key, sizeof(x->key), 0) != (ssize_t)sizeof(x->key))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	if (alert_entries_begin(&x->entries) == -1)
		return error_sys(error, ERROR_IO, "alerts");
	return 0;
}

static bool
is_other(const struct alert_index *x, const struct name_view *view)
{
	return x->wish.alert != NULL &&
	    (strlen(x->wish.alert) != view->alert_len ||
		memcmp(x->wish.alert, view->alert, view->alert_len) != 0);
}

int
alert_index_add(struct alert_index *x, const char *name, enum spool_state state,
    struct error *error)
{
	struct name_view view;

	if (x->second)
		return add_second(x, name, state);
	if (!name_parse(name, &view))
		return 0;
	if (!name_has_alert(&view)) {
		x->without_id++;
		return 1;
	}
	return is_other(x, &view) ? 1 : add_first(x, name, state, &view, error);
}

struct reading {
	struct alert_index *index;
	struct error *error;
};

static int
visit(void *context, const char *name, enum spool_state state)
{
	struct reading *r = context;

	return alert_index_add(r->index, name, state, r->error) == -1 ? -1 : 0;
}

int
alert_index_read(struct alert_index *x, const struct spool *spool,
    const struct alert_index_wish *wish, struct error *error)
{
	struct reading r = {x, error};
	int rc;

	if (alert_index_begin(x, wish, error) == -1 ||
	    spool_walk(spool, ALERT_INDEX_SPOOL_STATES, visit, &r, error) == -1)
		return -1;
	rc = alert_index_turn(x, error);
	if (rc != 1 || x->n == 0)
		return rc == -1 ? -1 : 0;
	return spool_walk(spool, ALERT_INDEX_SPOOL_STATES, visit, &r, error);
}

void
alert_index_free(struct alert_index *x)
{
	free(x->fold);
	alert_entries_free(&x->entries);
	*x = (struct alert_index)ALERT_INDEX_INIT;
}
