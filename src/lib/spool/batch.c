/* SPDX-License-Identifier: ISC */
/*
 * batch: many commits with one flush for each directory.
 *
 *	for each copy: create a dot-name, write it, fsync, close	(added)
 *	for each copy: lock the record, look again, link	(commit)
 *	fsync each directory that got a name
 *	unlock the records
 *
 * Without the locks a runner could move a name on before its directory is flushed: after
 * a power cut it would be in neither, and its original is in done/. Nothing is undone
 * when a flush fails: a linked copy is complete, and adding it again finds it and flushes
 * it (put.c).
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/spool/batch.h"
#include "lib/spool/private.h"

#define LOCK_WAIT_MS 10000
#define SIZE_MIN 64

struct spool_batch_copy {
	struct spool *spool;
	char name[NAME_SIZE];
	struct spool_temporary temporary; /* "" when it is linked */
	enum spool_state flush; /* the directory that has the name now */
	bool locked, flushed;
};

static int
grow(struct spool_batch *b, struct error *error)
{
	size_t size = b->size == 0 ? SIZE_MIN : 2 * b->size;
	struct spool_batch_copy *copy;

	if (b->n < b->size)
		return 0;
	copy = reallocarray(b->copy, size, sizeof(*copy));
	if (copy == NULL)
		return error_sys(error, ERROR_IO, "%zu copies", size);
	b->copy = copy;
	b->size = size;
	return 0;
}

/* A copy is complete if it is the same text. */
static int
is_same(const char *text, size_t len, const void *context, struct error *error)
{
	const struct buf *original = context;

	(void)error;
	return len == original->len && memcmp(text, original->data, len) == 0;
}

int
spool_batch_add(struct spool_batch *b, struct spool *spool, const char *name,
    const struct buf *text, struct error *error)
{
	const struct spool_record record = {
	    .name = name,
	    .into = SPOOL_NEW,
	    .text = text->data,
	    .len = text->len,
	    .is_whole = is_same,
	    .body_sha256 = text,
	};
	enum spool_outcome outcome;
	enum spool_state found;
	struct spool_batch_copy *c;
	int rc = spool_find(spool, name, &found, error);

	if (rc == 1)
		return spool_put(spool, &record, LOCK_WAIT_MS, &outcome, error);
	if (rc == -1 || grow(b, error) == -1)
		return -1;
	c = &b->copy[b->n++]; /* its dot-name is removed by reset */
	*c = (struct spool_batch_copy){.spool = spool,
	    .temporary.dir = spool_dir(spool, SPOOL_NEW),
	    .flush = SPOOL_NEW};
	memcpy(c->name, name, strlen(name) + 1);
	if (spool_write_temporary(spool, &record, &c->temporary, error) == -1)
		return -1;
	return 1;
}

static int
link_copy(struct spool_batch_copy *c, struct error *error)
{
	struct spool_temporary *t = &c->temporary;
	enum spool_state found;
	int rc;

	if (spool_lock_record(c->spool, c->name, LOCK_WAIT_MS, error) == -1)
		return -1;
	c->locked = true;
	rc = spool_find(c->spool, c->name, &found, error);
	if (rc == 0 && linkat(t->dir, t->name, t->dir, c->name, 0) == -1)
		return error_sys(error, ERROR_IO, "%s/new/%s: link",
		    c->spool->path, c->name);
	if (rc == 1)
		c->flush = found;
	if (rc == -1)
		return -1;
	if (unlinkat(t->dir, t->name, 0) == -1)
		return error_sys(error, ERROR_IO, "%s/new/%s: unlink",
		    c->spool->path, t->name);
	t->name[0] = '\0';
	return 0;
}

/* Later copies in the same directory need no flush. */
static void
mark_flushed(struct spool_batch *b, size_t i)
{
	for (size_t j = i; j < b->n; j++)
		if (b->copy[j].spool == b->copy[i].spool &&
		    b->copy[j].flush == b->copy[i].flush)
			b->copy[j].flushed = true;
}

static int
flush_all(struct spool_batch *b, struct error *error)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct spool_batch_copy *c = &b->copy[i];

		if (c->flushed)
			continue;
		if (fsync(spool_dir(c->spool, c->flush)) == -1)
			return error_sys(error, ERROR_IO, "%s/%s: fsync",
			    c->spool->path, spool_state_word(c->flush));
		mark_flushed(b, i);
	}
	return 0;
}

int
spool_batch_commit(struct spool_batch *b, struct error *error)
{
	int rc = 0;

	for (size_t i = 0; i < b->n && rc == 0; i++)
		rc = link_copy(&b->copy[i], error);
	if (rc == 0)
		rc = flush_all(b, error);
	for (size_t i = 0; i < b->n; i++)
		if (b->copy[i].locked)
			spool_unlock_record(b->copy[i].spool, b->copy[i].name);
	return rc;
}

void
spool_batch_reset(struct spool_batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct spool_temporary *t = &b->copy[i].temporary;

		if (t->name[0] != '\0')
			(void)unlinkat(t->dir, t->name, 0);
	}
	b->n = 0;
}

void
spool_batch_free(struct spool_batch *b)
{
	spool_batch_reset(b);
	free(b->copy);
	*b = (struct spool_batch)SPOOL_BATCH_INIT;
}
