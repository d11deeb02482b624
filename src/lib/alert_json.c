/* SPDX-License-Identifier: ISC */
/*
 * Strict JSON first, by Jansson. What it refuses is gone through byte by byte
 * (alert_repair), which either says what is wrong and where, in the body as it
 * came, or gives a repaired copy. That is parsed once more without duplicate
 * keys, and, if only they are in the way, with them: the last one wins.
 *
 * Jansson's own messages are never shown: they may be empty, and they quote
 * the body.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/alert_json.h"
#include "lib/alert_repair.h"
#include "lib/buf.h"
#include "lib/error.h"

/* JSON_ALLOW_NUL: "\u0000" in a value is an odd text, but no reason to put an
 * alert aside. */
#define STRICT (JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES)

static int
no_memory(struct error *error)
{
	errno = ENOMEM;
	return error_sys(error, ERROR_IO, "cannot parse a body");
}

/* Parse the copy that alert_repair() gave. *root stays NULL if Jansson knows
 * better after all. */
static int
parse_repaired(json_t **root, uint32_t *warnings, const struct buf *text,
    struct error *error)
{
	json_error_t why;

	*root = json_loadb(text->data, text->len, STRICT, &why);
	if (*root == NULL &&
	    json_error_code(&why) == json_error_duplicate_key) {
		*warnings |= 1u << WARN_DUPLICATE_KEY;
		*root = json_loadb(text->data, text->len, JSON_ALLOW_NUL, &why);
	}
	if (*root == NULL && json_error_code(&why) == json_error_out_of_memory)
		return no_memory(error);
	return 0;
}

static int
parse_loosely(json_t **root, uint32_t *warnings, struct alert_error *why,
    const char *body, size_t len, struct error *error)
{
	struct buf text = BUF_INIT;
	uint32_t repairs = 0;
	int rc = -1;

	if (alert_repair(&text, &repairs, why, body, len, error) == -1)
		goto out;
	if (why->code == ALERT_OK &&
	    parse_repaired(root, &repairs, &text, error) == -1)
		goto out;
	if (*root != NULL)
		*warnings |= repairs;
	else if (why->code == ALERT_OK)
		*why = (struct alert_error){.code = ALERT_NOT_JSON,
		    .line = 1,
		    .column = 1,
		    .message = "this is not JSON"};
	rc = 0;
out:
	buf_free(&text);
	return rc;
}

/*
 * May Jansson alone judge the body? It steps over a NUL behind a number, which
 * is no JSON. And only a long text can nest deeper than ALERT_DEPTH_MAX, which
 * is less than what it takes.
 */
static bool
is_simple(const char *body, size_t len)
{
	return len < (size_t)2 * ALERT_DEPTH_MAX &&
	    (len == 0 || memchr(body, '\0', len) == NULL);
}

int
alert_json_parse(json_t **root, uint32_t *warnings, struct alert_error *why,
    const char *body, size_t len, struct error *error)
{
	json_error_t strict;

	*root = NULL;
	*why = (struct alert_error){.code = ALERT_OK};
	if (is_simple(body, len))
		*root = json_loadb(body, len, STRICT, &strict);
	if (json_is_object(*root))
		return 0;
	json_decref(*root); /* an array: the next step says so */
	*root = NULL;
	return parse_loosely(root, warnings, why, body, len, error);
}
