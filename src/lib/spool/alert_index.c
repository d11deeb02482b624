/* SPDX-License-Identifier: ISC */
/*
 * alert_index: what names tell of all alerts.
 *
 * A key represents a record (record_key.h). Two records with the same key have the same
 * effect, and clean keeps both.
 *
 * To read a million names costs more than all that is done with them. So the first
 * reading remembers of each alert, in about 90 bytes, all that the names tell, and the
 * wanted ones are spelled out from that. If there are so many alerts that this has no
 * room, names are read a second time for the wanted ones.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/spool/alert_index.h"
#include "lib/spool/record_key.h"

#define ROOM ((size_t)48 << 20) /* bytes for entries with details */
#define PENDING 32		/* names that are added together */
#define YEARS ((time_t)1 << 38) /* seconds: more than a name can tell */

struct alert_index_pending {
	char name[NAME_SIZE];
	struct name_view view; /* of it */
	uint64_t hash;
	enum spool_state state;
};

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

/* Before the entry knows of this record. */
static void
add_details(struct alert_details *d, const struct alert_entry *e, uint64_t key,
    const struct name_view *view, enum spool_state state)
{
	unsigned char digest[sizeof(d->digest)];

	if (view->has_time && view->time < d->first)
		d->first = view->time;
	if (key < e->newest)
		return;
	(void)decode_hex(digest, sizeof(digest), view->digest,
	    NAME_DIGEST_DIGITS); /* it was parsed */
	if (key == e->newest && memcmp(digest, d->digest, sizeof(digest)) < 0)
		return;
	memcpy(d->digest, digest, sizeof(digest));
	d->state = state;
}

static int
add_first(struct alert_index *x, const struct alert_index_pending *p,
    struct error *error)
{
	const struct name_view *view = &p->view;
	struct alert_entry *e = alert_entries_get(&x->entries, p->hash, view);
	const uint64_t key = record_key(view);
	struct alert_details *d;

	if (e == NULL)
		return error_sys(error, ERROR_IO, "%zu alerts", x->entries.n);
	e->records++;
	d = alert_entries_details(&x->entries, e);
	if (d != NULL)
		add_details(d, e, key, view, p->state);
	if (key > e->newest)
		e->newest = key;
	e->decider = alert_decide(e->decider & ~ALERT_ENTRY_ENDED_ONCE, key,
			 view->transition) |
	    (e->decider & ALERT_ENTRY_ENDED_ONCE);
	if (alert_is_end(view->transition))
		e->decider |= ALERT_ENTRY_ENDED_ONCE;
	return 0;
}

static int
add_pending(struct alert_index *x, struct error *error)
{
	const size_t n = x->npending;

	x->npending = 0;
	for (size_t i = 0; i < n; i++)
		alert_entries_ask_slot(&x->entries, x->pending[i].hash);
	for (size_t i = 0; i < n; i++)
		alert_entries_ask_entry(&x->entries, x->pending[i].hash);
	for (size_t i = 0; i < n; i++)
		if (add_first(x, &x->pending[i], error) == -1)
			return -1;
	return 0;
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

/* What its entry and details tell of a wanted alert. */
static void
spell_fold(struct alert_fold *f, const struct alert_entries *all,
    const struct alert_entry *e)
{
	const struct alert_details *d = alert_entries_details(all, e);
	const char *alert = all->text + e->text;
	const size_t id_len = strcspn(alert, "+");
	struct name_parts parts = {
	    .id = alert,
	    .id_len = id_len,
	    .source = alert[id_len] == '+' ? alert + id_len + 1 : NULL,
	    .transition = record_key_event(e->newest),
	    .digest = d->digest,
	};

	parts.has_time = record_key_time(e->newest, &parts.time);
	*f = (struct alert_fold){
	    .newest.state = d->state,
	    .decider = e->decider & ~ALERT_ENTRY_ENDED_ONCE,
	    .closed_once = (e->decider & ALERT_ENTRY_ENDED_ONCE) != 0,
	    .has_first = d->first != ALERT_DETAILS_NO_TIME,
	    .first = d->first,
	    .records = e->records,
	};
	name_make(f->newest.name, &parts);
}

static int
spell_folds(struct alert_index *x)
{
	const struct alert_entries *all = &x->entries;
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += is_wanted(x, &all->entry[i]);
	x->fold = calloc(n > 0 ? n : 1, sizeof(*x->fold));
	if (x->fold == NULL)
		return -1;
	for (size_t i = 0; i < all->n; i++)
		if (is_wanted(x, &all->entry[i]))
			spell_fold(&x->fold[x->n++], all, &all->entry[i]);
	alert_entries_free(&x->entries);
	return 0;
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
	for (size_t i = 0; i < x->entries.n; i++)
		if (is_wanted(x, &x->entries.entry[i])) {
			x->entries.entry[i].decider = ALERT_ENTRY_WANTED;
			x->entries.entry[i].newest = x->n++;
		}
	if (shrink(x) == -1)
		return -1;
	x->fold = calloc(x->n > 0 ? x->n : 1, sizeof(*x->fold));
	return x->fold != NULL ? 0 : -1;
}

int
alert_index_turn(struct alert_index *x, struct error *error)
{
	if (add_pending(x, error) == -1)
		return -1;
	if (x->wish.most > 0 && x->wish.has_since)
		limit(x);
	x->second = x->entries.details == NULL;
	if ((x->second ? begin_again(x) : spell_folds(x)) == -1)
		return error_sys(error, ERROR_IO, "%zu alerts", x->n);
	return x->second;
}

/* ---- the second time ------------------------------------------------- */

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
	};
	if (getrandom(&x->key, sizeof(x->key), 0) != (ssize_t)sizeof(x->key))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	x->pending = calloc(PENDING, sizeof(*x->pending));
	if (x->pending == NULL ||
	    alert_entries_begin(&x->entries, wish->clean ? 0 : ROOM) == -1)
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
	struct alert_index_pending *p = &x->pending[x->npending];

	if (x->second)
		return add_second(x, name, state);
	if (strlen(name) >= sizeof(p->name))
		return 0;
	name_copy(p->name, name);
	if (!name_parse(p->name, &p->view))
		return 0;
	if (!name_has_alert(&p->view)) {
		x->without_id++;
		return 1;
	}
	if (is_other(x, &p->view))
		return 1;
	p->hash = keyed_hash(&x->key, p->view.alert, p->view.alert_len);
	p->state = state;
	if (++x->npending == PENDING && add_pending(x, error) == -1)
		return -1;
	return 1;
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
	free(x->pending);
	alert_entries_free(&x->entries);
	*x = (struct alert_index)ALERT_INDEX_INIT;
}
