/* SPDX-License-Identifier: ISC */
/* look: one walk for all of them. There are few, and most names belong to none: a set of
 * hashes filters those. */
#include "config.h"

#include <string.h>

#include "cli/atlas/look.h"
#include "lib/base/error.h"
#include "lib/base/keyed_hash.h"
#include "lib/base/number_set.h"
#include "lib/spool/alert_index.h"
#include "lib/spool/record_key.h"

struct walk {
	struct look *look;
	size_t n;
	struct number_set hashes;
	struct keyed_hash_key
	    key; /* few names here come from outside: a fixed key is enough */
};

static void
add_name(struct look *l, const struct name_view *view, const char *name,
    enum spool_state state)
{
	if (l->records++ == 0 || name_compare(name, l->newest.name) > 0) {
		name_copy(l->newest.name, name);
		l->newest.state = state;
	}
	l->decider =
	    alert_decide(l->decider, record_key(view), view->transition);
	l->ended = l->decider != RECORD_KEY_NONE &&
	    alert_is_end(record_key_event(l->decider));
}

static int
visit(void *context, const char *name, enum spool_state state)
{
	const struct walk *w = context;
	struct name_view view;

	if (!name_parse(name, &view) ||
	    !number_set_has(&w->hashes,
		keyed_hash(&w->key, view.alert, view.alert_len)))
		return 0;
	for (size_t i = 0; i < w->n; i++)
		if (w->look[i].wanted &&
		    strlen(w->look[i].alert) == view.alert_len &&
		    memcmp(w->look[i].alert, view.alert, view.alert_len) == 0)
			add_name(&w->look[i], &view, name, state);
	return 0;
}

int
look_read(struct look *look, size_t n, const struct spool *spool,
    struct error *error)
{
	struct walk w = {
	    .look = look,
	    .n = n,
	    .hashes = NUMBER_SET_INIT,
	    .key = {{1, 2}},
	};
	int rc = 0;

	for (size_t i = 0; i < n && rc != -1; i++) {
		struct look *l = &look[i];

		l->records = 0;
		l->decider = RECORD_KEY_NONE;
		l->ended = false;
		if (l->wanted &&
		    number_set_add(&w.hashes,
			keyed_hash(&w.key, l->alert, strlen(l->alert))) == -1)
			rc = error_sys(error, ERROR_IO, "%zu alerts", n);
	}
	if (rc == 0)
		rc = spool_walk(spool, ALERT_INDEX_SPOOL_STATES, visit, &w,
		    error);
	number_set_free(&w.hashes);
	return rc;
}
