/* SPDX-License-Identifier: ISC */
/*
 * alert_index: a table of all alerts, by the hash of ALERT.
 *
 * A key represents a record (record_key.h). Two records with the same key have the same
 * effect, and clean keeps both.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/spool/alert_index.h"
#include "lib/spool/record_key.h"

#define SIZE_MIN 1024u
#define SLOTS_MIN 2048u
#define YEARS ((time_t)1 << 38) /* seconds: more than a name can tell */

#define WANTED UINT64_MAX
/* Added to the key in decider: there is a close or cancel. */
#define ENDED_ONCE (UINT64_C(1) << 63)

struct alert_index_entry {
	uint64_t hash;
	uint64_t decider; /* from alert_decide(); or WANTED */
	uint64_t newest;  /* a key; for a wanted alert the number of its fold */
};

_Static_assert(sizeof(struct alert_index_entry) == 24, "as it is promised");

/* ---- the table ------------------------------------------------------- */

static uint32_t *
find_slot(const struct alert_index *x, uint64_t hash)
{
	size_t i = (size_t)hash & (x->slots_size - 1);

	while (x->slots[i] != 0 && x->entry[x->slots[i] - 1].hash != hash)
		i = (i + 1) & (x->slots_size - 1);
	return &x->slots[i];
}

/* Make this many slots and put all entries in them. The old slots are freed first. */
static int
make_slots(struct alert_index *x, size_t size)
{
	free(x->slots);
	x->slots_size = 0;
	x->slots = calloc(size, sizeof(*x->slots));
	if (x->slots == NULL)
		return -1;
	x->slots_size = size;
	for (size_t i = 0; i < x->entries; i++)
		*find_slot(x, x->entry[i].hash) = (uint32_t)i + 1;
	return 0;
}

/* Grows by a half, so that unused memory stays small. */
static int
grow(struct alert_index *x)
{
	size_t size = x->size < SIZE_MIN ? SIZE_MIN : x->size + x->size / 2;
	void *more;

	if (size >= UINT32_MAX)
		return -1;
	more = reallocarray(x->entry, size, sizeof(*x->entry));
	if (more == NULL)
		return -1;
	x->entry = more;
	if (x->wish.clean) {
		more = reallocarray(x->records, size, sizeof(*x->records));
		if (more == NULL)
			return -1;
		x->records = more;
	}
	x->size = size;
	return 0;
}

/* The entry of this alert, created if there is none; NULL without memory. */
static struct alert_index_entry *
get_entry(struct alert_index *x, uint64_t hash)
{
	uint32_t *slot = find_slot(x, hash);

	if (*slot != 0)
		return &x->entry[*slot - 1];
	if (x->entries == x->size && grow(x) == -1)
		return NULL;
	x->entry[x->entries] = (struct alert_index_entry){.hash = hash};
	if (x->wish.clean)
		x->records[x->entries] = 0;
	*slot = (uint32_t)++x->entries;
	if (x->entries > x->slots_size / 4 * 3 &&
	    make_slots(x, x->slots_size * 2) == -1)
		return NULL;
	return &x->entry[x->entries - 1];
}

/* The entry of a record's alert, or NULL; *key is the record's. */
static struct alert_index_entry *
find_entry(const struct alert_index *x, const char *name, uint64_t *key)
{
	struct name_view view;
	uint32_t slot;

	if (!name_parse(name, &view))
		return NULL;
	*key = record_key(&view);
	slot = *find_slot(x, keyed_hash(&x->key, view.alert, view.alert_len));
	return slot == 0 ? NULL : &x->entry[slot - 1];
}

/* ---- the first time -------------------------------------------------- */

static int
add_first(struct alert_index *x, const struct name_view *view,
    struct error *error)
{
	struct alert_index_entry *e =
	    get_entry(x, keyed_hash(&x->key, view->alert, view->alert_len));
	const uint64_t key = record_key(view);

	if (e == NULL)
		return error_sys(error, ERROR_IO, "%zu alerts", x->entries);
	if (x->wish.clean)
		x->records[e - x->entry]++;
	if (key > e->newest)
		e->newest = key;
	e->decider =
	    alert_decide(e->decider & ~ENDED_ONCE, key, view->transition) |
	    (e->decider & ENDED_ONCE);
	if (alert_is_end(view->transition))
		e->decider |= ENDED_ONCE;
	return 1;
}

/* Is an open alert open by a record other than its newest, because the newest opens
 * nothing by itself, or because of an earlier close or cancel? */
static bool
is_contested(const struct alert_index_entry *e)
{
	return (e->decider & ENDED_ONCE) != 0 ||
	    !alert_is_opening(record_key_event(e->newest));
}

static enum alert_index_state
entry_state(const struct alert_index_entry *e)
{
	return alert_state_by(e->decider & ~ENDED_ONCE,
	    record_key_event(e->newest));
}

static bool
is_wanted(const struct alert_index *x, const struct alert_index_entry *e)
{
	const enum alert_index_state state = entry_state(e);

	if (x->wish.clean)
		return state == ALERT_INDEX_OPEN && is_contested(e);
	if ((x->wish.states & ALERT_INDEX_IN(state)) == 0)
		return false;
	return !x->wish.has_since || state == ALERT_INDEX_OPEN ||
	    e->newest >= record_key_since(x->wish.since);
}

/* From now on only wanted alerts are looked up, unless clean needs all. */
static int
shrink(struct alert_index *x)
{
	size_t size = SLOTS_MIN;
	void *less;

	if (x->wish.clean)
		return 0;
	for (size_t i = x->entries = 0; x->entries < x->n; i++)
		if (x->entry[i].decider == WANTED)
			x->entry[x->entries++] = x->entry[i];
	if (x->n > 0) {
		less = reallocarray(x->entry, x->n, sizeof(*x->entry));
		x->entry = less != NULL ? less : x->entry;
	}
	while (size / 4 * 3 < x->n)
		size *= 2;
	return make_slots(x, size);
}

/* How many alerts are wanted and not open if this is wish.since? */
static size_t
count_since(struct alert_index *x, time_t since)
{
	size_t n = 0;

	x->wish.since = since;
	for (size_t i = 0; i < x->entries; i++)
		n += is_wanted(x, &x->entry[i]) &&
		    entry_state(&x->entry[i]) != ALERT_INDEX_OPEN;
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

int
alert_index_turn(struct alert_index *x, struct error *error)
{
	if (x->wish.most > 0 && x->wish.has_since)
		limit(x);
	for (size_t i = 0; i < x->entries; i++)
		if (is_wanted(x, &x->entry[i])) {
			x->entry[i].decider = WANTED;
			x->entry[i].newest = x->n++;
		}
	x->second = true;
	if (shrink(x) == -1)
		return error_sys(error, ERROR_IO, "%zu alerts", x->n);
	x->fold = calloc(x->n > 0 ? x->n : 1, sizeof(*x->fold));
	return x->fold != NULL ? 0
			       : error_sys(error, ERROR_IO, "%zu alerts", x->n);
}

/* ---- the second time ------------------------------------------------- */

static void
add_to_fold(struct alert_fold *f, const char *name, enum spool_state state,
    const struct name_view *view)
{
	const uint64_t key = record_key(view);

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
	const struct alert_index_entry *e;
	const char *dot;
	uint32_t slot;

	if (strnlen(name, at) < at)
		return NULL;
	dot = strchrnul(name + at, '.');
	slot = *find_slot(x,
	    keyed_hash(&x->key, name + at, (size_t)(dot - name) - at));
	e = slot == 0 ? NULL : &x->entry[slot - 1];
	return e != NULL && e->decider == WANTED ? &x->fold[e->newest] : NULL;
}

static int
add_second(struct alert_index *x, const char *name, enum spool_state state)
{
	struct alert_fold *f = find_fold(x, name);
	struct name_view view;

	if (f != NULL && name_parse(name, &view))
		add_to_fold(f, name, state, &view);
	return 1;
}

/* ---- both ------------------------------------------------------------ */

int
alert_index_begin(struct alert_index *x, const struct alert_index_wish *wish,
    struct error *error)
{
	*x = (struct alert_index){.wish = *wish};
	if (getrandom(&x->key, sizeof(x->key), 0) != (ssize_t)sizeof(x->key))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	if (make_slots(x, SLOTS_MIN) == -1)
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
	return is_other(x, &view) ? 1 : add_first(x, &view, error);
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

	if (alert_index_begin(x, wish, error) == -1 ||
	    spool_walk(spool, ALERT_INDEX_SPOOL_STATES, visit, &r, error) ==
		-1 ||
	    alert_index_turn(x, error) == -1)
		return -1;
	if (x->n == 0)
		return 0;
	return spool_walk(spool, ALERT_INDEX_SPOOL_STATES, visit, &r, error);
}

void
alert_index_free(struct alert_index *x)
{
	free(x->fold);
	free(x->entry);
	free(x->records);
	free(x->slots);
	*x = (struct alert_index)ALERT_INDEX_INIT;
}

/* ---- the rules of clean ---------------------------------------------- */

static enum alert_index_rule
judge_contested(const struct alert_fold *f, const char *name, uint64_t key)
{
	const bool newest = strcmp(name, f->newest.name) == 0;

	if (f->said_ended)
		return newest ? ALERT_INDEX_LAST : ALERT_INDEX_FREE;
	return newest || key == (f->closed_once ? f->decider : f->opener)
	    ? ALERT_INDEX_KEPT
	    : ALERT_INDEX_FREE;
}

enum alert_index_rule
alert_index_judge(const struct alert_index *x, const char *name)
{
	const struct alert_index_entry *e;
	uint64_t key = RECORD_KEY_NONE;

	e = find_entry(x, name, &key);
	if (e == NULL)
		return ALERT_INDEX_FREE;
	if (e->decider == WANTED)
		return judge_contested(&x->fold[e->newest], name, key);
	if (e->decider == RECORD_KEY_NONE)
		return ALERT_INDEX_FREE; /* it was never open */
	if (alert_is_end(record_key_event(e->decider & ~ENDED_ONCE)))
		return key == (e->decider & ~ENDED_ONCE) ? ALERT_INDEX_LAST
							 : ALERT_INDEX_FREE;
	return key == e->newest ? ALERT_INDEX_NEWEST : ALERT_INDEX_FREE;
}

/* How many records of its alert are left, or NULL. */
static uint32_t *
records_left(const struct alert_index *x, const char *name)
{
	uint64_t key;
	const struct alert_index_entry *e = find_entry(x, name, &key);

	return e == NULL ? NULL : &x->records[e - x->entry];
}

void
alert_index_forget(struct alert_index *x, const char *name)
{
	uint32_t *left = records_left(x, name);

	if (left != NULL && *left > 0)
		--*left;
}

bool
alert_index_has_others(const struct alert_index *x, const char *name)
{
	const uint32_t *left = records_left(x, name);

	return left != NULL && *left > 1;
}
