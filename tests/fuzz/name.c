/* SPDX-License-Identifier: ISC */
/*
 * A record's name: what parses is spelled by name_make() in the same way, from
 * any alert id a name is made that parses, and the order of two names is one.
 */
#include "config.h"

#include "lib/base/encode.h"
#include "lib/base/utf8.h"
#include "lib/record/name.h"

#include "tests/fuzz/fuzz.h"

static void
spelled_the_same(const char *text, const struct name_view *view)
{
	unsigned char digest[NAME_DIGEST_DIGITS / 2];
	char again[NAME_SIZE];
	struct name_parts parts = {
	    .has_time = view->has_time,
	    .time = view->time,
	    .alert = view->alert,
	    .alert_len = view->alert_len,
	    .transition = view->transition,
	    .digest = digest,
	};

	INVARIANT(decode_hex(digest, sizeof(digest), view->digest,
		      NAME_DIGEST_DIGITS) == (ssize_t)sizeof(digest));
	name_make(again, &parts);
	INVARIANT(strcmp(text, again) == 0);
}

/* Any bytes as an alert's id, by name_make()'s terms: UTF-8. */
static void
made_from(const uint8_t *data, size_t size)
{
	static const unsigned char digest[NAME_DIGEST_DIGITS / 2] = {0xab};
	struct name_parts parts = {.alert = (const char *)data,
	    .alert_len = size,
	    .transition = TRANSITION_CLOSE,
	    .digest = digest};
	struct name_view view;
	char name[NAME_SIZE];

	if (!utf8_valid(data, size, NULL))
		return;
	name_make(name, &parts);
	INVARIANT(name_parse(name, &view));
	INVARIANT(view.alert_len >= 1 && view.alert_len <= NAME_ALERT_MAX);
	INVARIANT(!view.has_time && view.transition == TRANSITION_CLOSE);
	INVARIANT(name[0] != '.' && strchr(name, '/') == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	char *other = strchr(text, '\n');
	struct name_view view;

	made_from(data, size);
	if (other != NULL)
		*other++ = '\0';
	if (name_parse(text, &view)) {
		INVARIANT(strlen(text) < NAME_SIZE);
		spelled_the_same(text, &view);
		INVARIANT(name_compare(text, text) == 0);
		if (other != NULL && name_parse(other, NULL)) {
			int order = name_compare(text, other);

			INVARIANT((order == 0) == (strcmp(text, other) == 0));
			INVARIANT(
			    (order < 0) == (name_compare(other, text) > 0));
		}
	}
	free(text);
	return 0;
}
