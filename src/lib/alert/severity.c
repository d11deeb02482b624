/* SPDX-License-Identifier: ISC */
/* severity: a sorted array with binary search, because the rules are few (an operator
 * wrote them) and every delivery looks one up. */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/alert/severity.h"

/* Where the key is, or would be. */
static size_t
position(const struct severity_map *map, const char *key, bool *found)
{
	size_t low = 0, high = map->n, middle;
	int order;

	*found = false;
	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(map->rules[middle].key, key);
		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *
severity_find(const struct severity_map *map, const char *key)
{
	bool found;
	size_t at = position(map, key, &found);

	return found ? map->rules[at].severity : NULL;
}

static const char *const ranks[SEVERITY_RANKS] = {
    [SEVERITY_CRITICAL] = "CRITICAL",
    [SEVERITY_ERROR] = "ERROR",
    [SEVERITY_WARNING] = "WARNING",
    [SEVERITY_INFO] = "INFO",
    [SEVERITY_UNRATED] = "unrated",
};

const char *
severity_rank_word(enum severity_rank rank)
{
	return ranks[rank];
}

bool
severity_rank_parse(const char *text, size_t n, enum severity_rank *rank)
{
	for (int i = 0; i < SEVERITY_RANKS; i++)
		if (strlen(ranks[i]) == n &&
		    strncasecmp(text, ranks[i], n) == 0) {
			*rank = (enum severity_rank)i;
			return true;
		}
	return false;
}

enum severity_rank
severity_rank(const char *severity)
{
	enum severity_rank rank;

	if (severity == NULL)
		return SEVERITY_UNRATED;
	if (strcasecmp(severity, "notice") == 0 ||
	    strcasecmp(severity, "informational") == 0)
		return SEVERITY_INFO;
	return severity_rank_parse(severity, strlen(severity), &rank)
	    ? rank
	    : SEVERITY_UNRATED;
}

const char *
severity_word(const char *text)
{
	enum severity_rank rank;

	if (!severity_rank_parse(text, strlen(text), &rank) ||
	    rank == SEVERITY_UNRATED)
		return NULL;
	return ranks[rank];
}

int
severity_add(struct severity_map *map, const char *key, const char *severity)
{
	struct severity_rule rule, *rules;
	bool found;
	size_t at = position(map, key, &found);

	if (found) {
		errno = EEXIST;
		return -1;
	}
	rules = reallocarray(map->rules, map->n + 1, sizeof(*rules));
	if (rules == NULL)
		return -1;
	map->rules = rules;
	rule.key = strdup(key);
	rule.severity = strdup(severity);
	if (rule.key == NULL || rule.severity == NULL) {
		free(rule.key);
		free(rule.severity);
		return -1;
	}
	memmove(rules + at + 1, rules + at, (map->n - at) * sizeof(*rules));
	rules[at] = rule;
	map->n++;
	return 0;
}

void
severity_free(struct severity_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		free(map->rules[i].key);
		free(map->rules[i].severity);
	}
	free(map->rules);
	*map = (struct severity_map){.rules = NULL};
}
