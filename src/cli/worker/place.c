/* SPDX-License-Identifier: ISC */
/* place: what run and forward do alike with a record: claim, renew, wait, release. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/worker/place.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

#define RENEWALS 3 /* a lease is renewed after a third of it */

int
place_take(struct place *p, struct context *w, const struct queue_item *item,
    struct error *error)
{
	int rc;

	p->claim = (struct claim){.record = -1};
	memcpy(p->claim.id, item->entry.name, sizeof(p->claim.id));
	p->renew_at = clock_ms() + w->rules->lease / RENEWALS;
	if (claim_is_locked(p->claim.id, w, CLAIM_LOCKED_MS))
		return 0;
	rc = claim_take(&p->claim, w, item, error);
	p->active = rc == 1;
	return rc;
}

bool
place_renew(struct place *p, struct context *w, int64_t now, struct error *why)
{
	p->renew_at = now + CLAIM_LOCKED_MS;
	if (claim_is_locked(p->claim.id, w, 0))
		return true;
	p->renew_at = now + w->rules->lease / RENEWALS;
	if (claim_renew(&p->claim, w, why) == 0)
		return true;
	if (why->kind == ERROR_NOT_FOUND)
		return false;
	context_say(w, p->claim.id, "lease not renewed: %s", why->text);
	return true;
}

bool
place_can_conclude(struct place *p, const struct context *w)
{
	int64_t now = clock_ms();

	if (now < p->end_at)
		return false;
	if (p->over_at == 0)
		p->over_at = now;
	p->end_at = now + CLAIM_LOCKED_MS;
	return now - p->over_at >= CLAIM_PATIENCE_MS ||
	    !claim_is_locked(p->claim.id, w, 0);
}

void
place_free(struct place *p, struct context *w)
{
	claim_free(&p->claim);
	queue_free(w->queue, p->claim.id);
	p->active = false;
}

int
places_init(struct places *all, size_t n, size_t size, struct error *error)
{
	*all = (struct places){calloc(n, size), size, n};
	if (all->first == NULL)
		return error_sys(error, ERROR_IO, "%zu jobs", n);
	return 0;
}

void
places_free(struct places *all)
{
	free(all->first);
	all->first = NULL;
}

void *
places_at(const struct places *all, size_t number)
{
	return all->first + number * all->size;
}

void *
places_next(const struct places *all, size_t *i)
{
	struct place *p;

	while (*i < all->n) {
		p = places_at(all, (*i)++);
		if (p->active)
			return p;
	}
	return NULL;
}

void *
places_unused(const struct places *all)
{
	struct place *p = places_at(all, 0);
	size_t i = 0;

	while (p->active)
		p = places_at(all, ++i);
	memset(p, 0, all->size);
	p->number = i;
	return p;
}
