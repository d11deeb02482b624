/* SPDX-License-Identifier: ISC */
/* resolve: finds the record for the beginning of a name or of its digits. */
#include "config.h"

#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/spool/private.h"

#define DIGEST_DIGITS_MIN 8
#define HEX_DIGITS "0123456789abcdef"
#define NAME_CHARS \
	HEX_DIGITS "ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-+"

struct search {
	const char *wanted;
	size_t len;
	bool digits;	       /* it may be the beginning of a DIGEST, too */
	char found[NAME_SIZE]; /* "" until one is found */
	char other[NAME_SIZE]; /* a second one: ambiguous */
};

static int
match(void *context, const char *name, enum spool_state state)
{
	struct search *s = context;
	const char *dot = strrchr(name, '.');

	(void)state;
	if (strncmp(name, s->wanted, s->len) != 0 &&
	    (!s->digits || dot == NULL ||
		strncmp(dot + 1, s->wanted, s->len) != 0))
		return 0;
	if (!name_parse(name, NULL))
		return 0;
	if (s->found[0] == '\0') {
		name_copy(s->found, name);
	} else if (strcmp(s->found, name) != 0) {
		name_copy(s->other, name);
		return 1;
	}
	return 0;
}

static int
refuse_abbreviation(const char *text, struct error *error)
{
	struct buf shown = BUF_INIT;

	buf_addc(&shown, '\'');
	escape_log(&shown, text, strlen(text));
	buf_addc(&shown, '\'');
	if (buf_check(&shown, error) == 0)
		error_set(error, ERROR_INPUT,
		    "%s is not an ID: give the beginning of a name, or %d or "
		    "more "
		    "digits of its DIGEST",
		    shown.data, DIGEST_DIGITS_MIN);
	buf_free(&shown);
	return -1;
}

/* Look twice: a record that goes back to new meanwhile may be missed by the search. */
static int
find_moving(const struct spool *spool, const char *name,
    enum spool_state *state, struct error *error)
{
	int rc = spool_find(spool, name, state, error);

	return rc != 0 ? rc : spool_find(spool, name, state, error);
}

int
spool_resolve(const struct spool *spool, const char *abbreviation,
    char name[static NAME_SIZE], enum spool_state *state, struct error *error)
{
	struct search s = {.wanted = abbreviation, .len = strlen(abbreviation)};
	size_t front = strspn(abbreviation, HEX_DIGITS);
	int rc = 0;

	if (front == 0 || s.len >= NAME_SIZE ||
	    abbreviation[strspn(abbreviation, NAME_CHARS)] != '\0')
		return refuse_abbreviation(abbreviation, error);
	s.digits = front == s.len && front >= DIGEST_DIGITS_MIN &&
	    front <= NAME_DIGEST_DIGITS;
	if (name_parse(abbreviation, NULL))
		name_copy(s.found, abbreviation);
	else
		rc = spool_walk(spool, SPOOL_ANYWHERE, match, &s, error);
	if (rc == -1)
		return -1;
	if (rc == 1)
		return error_set(error, ERROR_INPUT,
		    "%s is ambiguous: it may be %s or %s", abbreviation,
		    s.found, s.other);
	rc = s.found[0] == '\0' ? 0 : find_moving(spool, s.found, state, error);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return error_set(error, ERROR_NOT_FOUND, "no record %s",
		    abbreviation);
	name_copy(name, s.found);
	return 0;
}
