/* SPDX-License-Identifier: ISC */
/*
 * A record's name: name_make() spells a valid name the same way, any alert id gives a
 * valid name, and both orders of two names agree.
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
	char again[NAME_SIZE], source[NAME_SOURCE_MAX + 1] = "";
	struct name_parts parts = {
	    .has_time = view->has_time,
	    .time = view->time,
	    .id = view->alert,
	    .id_len = view->id_len,
	    .source = source,
	    .transition = view->transition,
	    .digest = digest,
	};

	INVARIANT(view->alert_len <= NAME_ALERT_MAX);
	if (view->id_len < view->alert_len)
		snprintf(source, sizeof(source), "%.*s",
		    (int)(view->alert_len - view->id_len - 1),
		    view->alert + view->id_len + 1);
	else
		parts.source = NULL;
	INVARIANT(decode_hex(digest, sizeof(digest), view->digest,
		      NAME_DIGEST_DIGITS) == (ssize_t)sizeof(digest));
	name_make(again, &parts);
	INVARIANT(strcmp(text, again) == 0);
}

/* Any bytes as an alert's id; name_make() needs UTF-8. */
static void
made_from(const uint8_t *data, size_t size)
{
	static const unsigned char digest[NAME_DIGEST_DIGITS / 2] = {0xab};
	struct name_parts parts = {.id = (const char *)data,
	    .id_len = size,
	    .transition = TRANSITION_CLOSE,
	    .digest = digest};
	struct name_view view;
	char name[NAME_SIZE];

	if (!utf8_valid(data, size, NULL))
		return;
	for (int i = 0; i < 2; i++) {
		parts.source = i == 0 ? "default" : "a-source";
		name_make(name, &parts);
		INVARIANT(name_parse(name, &view));
		INVARIANT(view.id_len >= 1 && view.id_len <= NAME_ID_MAX);
		INVARIANT(!view.has_time);
		INVARIANT(view.transition == TRANSITION_CLOSE);
		INVARIANT(name[0] != '.' && strchr(name, '/') == NULL);
		INVARIANT((strchr(name, '+') != NULL) ==
		    (i == 1 && strstr(name, "Z.-.") == NULL));
	}
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
