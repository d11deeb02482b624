/* SPDX-License-Identifier: ISC */
/*
 * against_jansson: does our reader of JSON agree with Jansson's parser on a body? For the
 * fuzz target and for the unit test.
 *
 * They may differ in this: Jansson skips a NUL after a number, reads one level deeper,
 * and repairs nothing.
 */
#ifndef ALERTSPOOL_TESTS_AGAINST_JANSSON_H
#define ALERTSPOOL_TESTS_AGAINST_JANSSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/json/read.h"
#include "lib/json/write.h"

#define STRICT (JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES)

static inline int
depth_of(const json_t *value)
{
	json_t *v = (json_t *)(uintptr_t)value, *inner;
	int deepest = 0, depth;
	const char *key;
	size_t i;

	json_object_foreach(v, key, inner)
	{
		depth = depth_of(inner);
		deepest = depth > deepest ? depth : deepest;
	}
	json_array_foreach(v, i, inner)
	{
		depth = depth_of(inner);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + 1;
}

/* The same values, and the members in the same order. */
static inline bool
same_tree(const json_t *a, const json_t *b)
{
	char *left, *right;
	bool same;

	if (!json_equal(a, b))
		return false;
	left = json_dumps(a, JSON_COMPACT);
	right = json_dumps(b, JSON_COMPACT);
	same = left != NULL && right != NULL && strcmp(left, right) == 0;
	free(left);
	free(right);
	return same;
}

static inline bool
reads_the_same(const json_t *root, const char *body, size_t len, size_t flags)
{
	json_t *theirs = json_loadb(body, len, flags, NULL);
	bool same = theirs != NULL && same_tree(root, theirs);

	json_decref(theirs);
	return same;
}

/* True if the tree is sound: Jansson reads it back from the text that records have. */
static inline bool
is_sound(const json_t *root)
{
	struct buf text = BUF_INIT;
	bool sound;

	json_write_value(&text, root);
	sound =
	    !text.failed && reads_the_same(root, text.data, text.len, STRICT);
	buf_free(&text);
	return sound;
}

/* The fault of an object that was read, or NULL. */
static inline const char *
wrongly_read(const json_t *root, uint32_t repairs, const char *body, size_t len)
{
	if (!json_is_object(root))
		return "the root is not an object";
	if (depth_of(root) > JSON_READ_DEPTH_MAX)
		return "read too deep";
	if (!is_sound(root))
		return "the tree is not sound";
	if (repairs == 0 && !reads_the_same(root, body, len, STRICT))
		return "read what Jansson refuses or reads otherwise";
	if (repairs == 1u << JSON_READ_DUPLICATE_KEY &&
	    (!reads_the_same(root, body, len, JSON_ALLOW_NUL) ||
		reads_the_same(root, body, len, STRICT)))
		return "duplicate keys are not as Jansson has them";
	return NULL;
}

/* Jansson reads the body, and ours refused or repaired it. Why that is wrong, or NULL. */
static inline const char *
wrongly_refused(const json_t *theirs, const char *body, size_t len)
{
	if (json_is_object(theirs) && memchr(body, '\0', len) == NULL &&
	    depth_of(theirs) <= JSON_READ_DEPTH_MAX)
		return "refused or repaired what Jansson reads";
	return NULL;
}

/* NULL if our reader and Jansson's parser agree, otherwise the difference. */
static inline const char *
against_jansson(const char *body, size_t len)
{
	struct error error = ERROR_INIT;
	json_t *root, *theirs = json_loadb(body, len, STRICT, NULL);
	struct json_read_error why;
	const char *wrong = NULL;
	uint32_t repairs = 0;

	if (json_read(&root, &repairs, &why, body, len, &error) == -1)
		wrong = "there is no memory";
	else if (root != NULL)
		wrong = wrongly_read(root, repairs, body, len);
	else if (why.code == JSON_READ_OK || why.message[0] == '\0' ||
	    repairs != 0)
		wrong = "refused without a reason";
	if (wrong == NULL && (root == NULL || repairs != 0))
		wrong = wrongly_refused(theirs, body, len);
	json_decref(root);
	json_decref(theirs);
	return wrong;
}

#endif
