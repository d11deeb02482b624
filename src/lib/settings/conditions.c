/* SPDX-License-Identifier: ISC */
/*
 * conditions: checks and keeps the words that choose the records of a queue. Words of a
 * closed list are checked, because a misspelled one would match nothing; other words are
 * patterns.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/alert/alert.h"
#include "lib/alert/severity.h"
#include "lib/settings/conditions.h"
#include "lib/settings/inifile.h"
#include "lib/settings/value.h"

#define BLANKS " \t"

/* Each checks a word and may normalise it. Returns NULL, or what the word should be. */
static const char *
check_severity(char *word)
{
	const char *known = severity_word(word);

	if (known == NULL)
		return "CRITICAL, ERROR, WARNING, INFO or -";
	for (char *p = word; *p != '\0'; p++) /* the same letters in capitals */
		*p = *known++;
	return NULL;
}

static const char *
check_state(char *word)
{
	for (int i = 0; i < ALERT_STATES; i++)
		if (strcmp(word, alert_state_word((enum alert_state)i)) == 0)
			return NULL;
	return "open, tracking, closed, cancelled, informational, unknown or -";
}

static const char *
check_event(char *word)
{
	enum transition transition;

	if (transition_parse(word, strlen(word), &transition))
		return NULL;
	return "open, inform, update, acknowledge, unknown, close, cancel or -";
}

static const char *
check_category(char *word)
{
	const char *type, *category;

	for (size_t i = 0; alert_event_type(i, &type, &category); i++)
		if (strcmp(word, category) == 0)
			return NULL;
	if (strcmp(word, "unknown") == 0)
		return NULL;
	return "a category, which are listed in alertspool-spool(5)";
}

/* A pattern of fnmatch(3), which reads an unclosed bracket as a letter. */
static const char *
check_pattern(char *word)
{
	const char *p, *close;

	for (p = word; *p != '\0'; p++) {
		if (*p == '\\' && *++p == '\0')
			return "a pattern that does not end with a backslash";
		if (*p != '[')
			continue;
		close = strchr(p + 1 + (p[1] == '!' || p[1] == '^') + 1, ']');
		if (p[1] == '\0' || close == NULL)
			return "a pattern in which each '[' has its ']'";
		p = close;
	}
	return NULL;
}

static const struct {
	const char *key;
	const char *(*check)(char *word);
} fields[QUEUE_FIELDS] = {
    [QUEUE_SEVERITY] = {"severity", check_severity},
    [QUEUE_STATE] = {"state", check_state},
    [QUEUE_EVENT] = {"event", check_event},
    [QUEUE_EVENT_TYPE] = {"event_type", check_pattern},
    [QUEUE_CATEGORY] = {"category", check_category},
    [QUEUE_SOURCE] = {"source", check_pattern},
    [QUEUE_ORGANIZATION] = {"organization", check_pattern},
    [QUEUE_PROJECT] = {"project", check_pattern},
    [QUEUE_CLUSTER] = {"cluster", check_pattern},
    [QUEUE_HOST] = {"host", check_pattern},
    [QUEUE_CONFIG_ID] = {"config_id", check_pattern},
};

const char *
queue_field_word(enum queue_field field)
{
	return fields[field].key;
}

/* Takes ownership of the word. */
static int
add_word(const struct inifile *file, struct queue_condition *c, char *word)
{
	char **grown = reallocarray(c->word, c->n + 1, sizeof(*grown));

	if (grown == NULL) {
		free(word);
		return value_no_memory(file);
	}
	c->word = grown;
	grown[c->n++] = word;
	return 0;
}

static int
take_word(const struct inifile *file, struct queue_condition *c,
    enum queue_field field, const char *text, size_t n)
{
	char *word = strndup(text, n);
	const char *should = NULL;

	if (word == NULL)
		return value_no_memory(file);
	if (n == 0)
		should = "words with a comma between them";
	else if (strcmp(word, QUEUE_UNSAID) != 0)
		should = fields[field].check(word);
	if (should == NULL)
		return add_word(file, c, word);
	(void)inifile_refuse(file, file->line, "'%s' in %s: it must be %s",
	    word, fields[field].key, should);
	free(word);
	return -1;
}

int
condition_take(struct inifile *file, struct queue_condition *c,
    enum queue_field field, const char *value)
{
	bool negated = *value == '!';

	if (c->n > 0 && c->negated != negated)
		return inifile_refuse(file, file->line,
		    "%s has '!' on some of its lines; all or none can have it",
		    fields[field].key);
	c->negated = negated;
	for (;;) {
		size_t n = strcspn(value, ","), blanks = strspn(value, BLANKS);
		const char *next = value + n;

		value += blanks < n ? blanks : n;
		n = (size_t)(next - value);
		while (n > 0 && strchr(BLANKS, value[n - 1]) != NULL)
			n--;
		if (*value == '!' && !negated)
			return inifile_refuse(file, file->line,
			    "'!' in the middle of %s: it must stand before the "
			    "first word, and applies to all",
			    fields[field].key);
		if (*value == '!')
			do {
				value++;
				n--;
			} while (n > 0 && strchr(BLANKS, *value) != NULL);
		if (take_word(file, c, field, value, n) == -1)
			return -1;
		if (*next == '\0')
			return 0;
		value = next + 1;
	}
}

void
condition_free(struct queue_condition *c)
{
	while (c->n > 0)
		free(c->word[--c->n]);
	free(c->word);
	*c = (struct queue_condition){.word = NULL};
}
