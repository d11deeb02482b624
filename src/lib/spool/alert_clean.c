/* SPDX-License-Identifier: ISC */
/* alert_clean: which records of an alert must stay, so that it does not open again. */
#include "config.h"

#include <string.h>

#include "lib/spool/alert_index.h"
#include "lib/spool/record_key.h"

/* The entry of a record's alert, or NULL; *key is the record's. */
static struct alert_entry *
find_entry(const struct alert_index *x, const char *name, uint64_t *key)
{
	struct name_view view;

	if (!name_parse(name, &view))
		return NULL;
	*key = record_key(&view);
	return alert_entries_find(&x->entries,
	    keyed_hash(&x->key, view.alert, view.alert_len));
}

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
	const struct alert_entry *e;
	uint64_t key = RECORD_KEY_NONE;

	e = find_entry(x, name, &key);
	if (e == NULL)
		return ALERT_INDEX_FREE;
	if (e->decider == ALERT_ENTRY_WANTED)
		return judge_contested(&x->fold[e->newest], name, key);
	if (e->decider == RECORD_KEY_NONE)
		return ALERT_INDEX_FREE; /* it was never open */
	if (alert_is_end(
		record_key_event(e->decider & ~ALERT_ENTRY_ENDED_ONCE)))
		return key == (e->decider & ~ALERT_ENTRY_ENDED_ONCE)
		    ? ALERT_INDEX_LAST
		    : ALERT_INDEX_FREE;
	return key == e->newest ? ALERT_INDEX_NEWEST : ALERT_INDEX_FREE;
}

void
alert_index_forget(struct alert_index *x, const char *name)
{
	uint64_t key;
	struct alert_entry *e = find_entry(x, name, &key);

	if (e != NULL && e->records > 0)
		e->records--;
}

bool
alert_index_has_others(const struct alert_index *x, const char *name)
{
	uint64_t key;
	const struct alert_entry *e = find_entry(x, name, &key);

	return e != NULL && e->records > 1;
}
