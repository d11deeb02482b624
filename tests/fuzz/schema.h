/* SPDX-License-Identifier: ISC */
/*
 * schema: does a value fit the record's JSON Schema (draft 2020-12)? It has the keywords
 * that schema/record.schema.json uses; an unknown keyword ends the process, so that none
 * is ignored. The other tests use tests/validate, in Python; this one is fast enough for
 * every input.
 */
#ifndef ALERTSPOOL_TESTS_FUZZ_SCHEMA_H
#define ALERTSPOOL_TESTS_FUZZ_SCHEMA_H

#include <jansson.h>
#include <math.h>
#include <regex.h>
#include <stdbool.h>

#include "tests/fuzz/fuzz.h"

#define SCHEMA_PATTERNS 32

static inline json_t *
schema_root(void)
{
	static json_t *root;
	const char *path = getenv("ALERTSPOOL_SCHEMA");

	if (root == NULL && path != NULL)
		root = json_load_file(path, 0, NULL);
	if (root == NULL)
		fuzz_broken(__FILE__, __LINE__,
		    "ALERTSPOOL_SCHEMA names no schema");
	return root;
}

/* POSIX does not know "\u001f" in a pattern; NUL is impossible there. */
static inline void
schema_compile(regex_t *regex, const char *pattern)
{
	char text[512], *out = text;
	unsigned int c;
	int n;

	while (*pattern != '\0' && out < text + sizeof(text) - 1) {
		if (sscanf(pattern, "\\u%4x%n", &c, &n) == 1) {
			*out++ = (char)(c == 0 ? 1 : c);
			pattern += n;
		} else {
			*out++ = *pattern++;
		}
	}
	*out = '\0';
	if (regcomp(regex, text, REG_EXTENDED | REG_NOSUB) != 0)
		fuzz_broken(__FILE__, __LINE__, text);
}

static inline bool
schema_matches(const json_t *pattern, const json_t *value)
{
	static struct {
		const json_t *pattern;
		regex_t regex;
	} known[SCHEMA_PATTERNS];
	const char *text = json_string_value(value);
	size_t i = 0;

	if (text == NULL)
		return true;
	if (strlen(text) != json_string_length(value))
		return false;
	while (i < SCHEMA_PATTERNS - 1 && known[i].pattern != NULL &&
	    known[i].pattern != pattern)
		i++;
	if (known[i].pattern == NULL) {
		schema_compile(&known[i].regex, json_string_value(pattern));
		known[i].pattern = pattern;
	}
	INVARIANT(known[i].pattern == pattern);
	return regexec(&known[i].regex, text, 0, NULL, 0) == 0;
}

/* The words for types differ in their first letters. */
static inline bool
schema_is_type(const char *type, const json_t *value)
{
	static const char letters[] = {
	    [JSON_OBJECT] = 'o',
	    [JSON_ARRAY] = 'a',
	    [JSON_STRING] = 's',
	    [JSON_INTEGER] = 'i',
	    [JSON_REAL] = '.',
	    [JSON_TRUE] = 'b',
	    [JSON_FALSE] = 'b',
	    [JSON_NULL] = 'n',
	};

	if (type[0] == 'n' && type[2] == 'm') /* number, and not null */
		return json_is_number(value);
	return type[0] == letters[json_typeof(value)];
}

/* type: a word or a list of words */
static inline bool
schema_has_type(const json_t *type, const json_t *value)
{
	bool has = json_is_string(type) &&
	    schema_is_type(json_string_value(type), value);

	for (size_t i = 0; i < json_array_size(type); i++)
		has |=
		    schema_is_type(json_string_value(json_array_get(type, i)),
			value);
	return has;
}

static inline size_t
schema_characters(const json_t *value)
{
	const char *text = json_string_value(value);
	size_t n = 0;

	for (size_t i = 0; i < json_string_length(value); i++)
		n += ((unsigned char)text[i] & 0xC0) != 0x80;
	return n;
}

static inline bool
schema_unique(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		for (size_t k = 0; k < i; k++)
			if (json_equal(json_array_get(list, i),
				json_array_get(list, k)))
				return false;
	return true;
}

static inline bool schema_fits(const json_t *schema, const json_t *value);

/* How many of these schemas the value fits. */
static inline size_t
schema_fitting(const json_t *schemas, const json_t *value)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(schemas); i++)
		n += schema_fits(json_array_get(schemas, i), value);
	return n;
}

static inline bool
schema_is_one_of(const json_t *list, const json_t *value)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), value))
			return true;
	return false;
}

/* properties: each member that exists; whole: dependentSchemas are for the object */
static inline bool
schema_members_fit(const json_t *schemas, const json_t *object, bool whole)
{
	json_t *named = (json_t *)(uintptr_t)schemas, *schema;
	const char *key;

	json_object_foreach(named, key, schema)
	{
		const json_t *member = json_object_get(object, key);

		if (member != NULL &&
		    !schema_fits(schema, whole ? object : member))
			return false;
	}
	return true;
}

static inline bool
schema_has_all(const json_t *keys, const json_t *object)
{
	for (size_t i = 0; i < json_array_size(keys); i++)
		if (json_object_get(object,
			json_string_value(json_array_get(keys, i))) == NULL)
			return false;
	return true;
}

static inline bool
schema_items_fit(const json_t *schema, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!schema_fits(schema, json_array_get(list, i)))
			return false;
	return true;
}

static inline bool
schema_refers(const json_t *reference, const json_t *value)
{
	static const char prefix[] = "#/$defs/";
	const char *path = json_string_value(reference);
	const json_t *defs = json_object_get(schema_root(), "$defs");

	INVARIANT(strncmp(path, prefix, strlen(prefix)) == 0);
	return schema_fits(json_object_get(defs, path + strlen(prefix)), value);
}

/* Keywords for strings and numbers ignore other values. */
static inline bool
schema_length(const json_t *value, size_t least, size_t most)
{
	size_t n = schema_characters(value);

	return !json_is_string(value) || (n >= least && n <= most);
}

static inline bool
schema_bound(const json_t *value, double least, double most)
{
	double n = json_number_value(value);

	return !json_is_number(value) || (n >= least && n <= most);
}

enum schema_word {
	SCHEMA_SILENT,
	SCHEMA_REF,
	SCHEMA_TYPE,
	SCHEMA_CONST,
	SCHEMA_ENUM,
	SCHEMA_ANY_OF,
	SCHEMA_ONE_OF,
	SCHEMA_PATTERN,
	SCHEMA_MIN_LENGTH,
	SCHEMA_MAX_LENGTH,
	SCHEMA_MINIMUM,
	SCHEMA_MAXIMUM,
	SCHEMA_REQUIRED,
	SCHEMA_PROPERTIES,
	SCHEMA_DEPENDENT,
	SCHEMA_MAX_PROPERTIES,
	SCHEMA_ITEMS,
	SCHEMA_UNIQUE
};

/* Looked up once for each place in the schema, by the address of the key. */
static inline enum schema_word
schema_word(const char *word)
{
	static const struct {
		const char *word;
		enum schema_word is;
	} words[] = {{"$schema", SCHEMA_SILENT}, {"$id", SCHEMA_SILENT},
	    {"$defs", SCHEMA_SILENT}, {"title", SCHEMA_SILENT},
	    {"description", SCHEMA_SILENT}, {"format", SCHEMA_SILENT},
	    {"contentEncoding", SCHEMA_SILENT}, {"$ref", SCHEMA_REF},
	    {"type", SCHEMA_TYPE}, {"const", SCHEMA_CONST},
	    {"enum", SCHEMA_ENUM}, {"anyOf", SCHEMA_ANY_OF},
	    {"oneOf", SCHEMA_ONE_OF}, {"pattern", SCHEMA_PATTERN},
	    {"minLength", SCHEMA_MIN_LENGTH}, {"maxLength", SCHEMA_MAX_LENGTH},
	    {"minimum", SCHEMA_MINIMUM}, {"maximum", SCHEMA_MAXIMUM},
	    {"required", SCHEMA_REQUIRED}, {"properties", SCHEMA_PROPERTIES},
	    {"dependentSchemas", SCHEMA_DEPENDENT},
	    {"maxProperties", SCHEMA_MAX_PROPERTIES}, {"items", SCHEMA_ITEMS},
	    {"uniqueItems", SCHEMA_UNIQUE}};
	static struct {
		const char *at;
		enum schema_word is;
	} known[1024];
	size_t slot = (uintptr_t)word / 8 % 1024;

	if (known[slot].at == word)
		return known[slot].is;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(word, words[i].word) == 0) {
			known[slot].at = word;
			known[slot].is = words[i].is;
			return words[i].is;
		}
	fuzz_broken(__FILE__, __LINE__, word);
}

/* One keyword of a schema (JSON Schema Validation, sections 6 and 10). */
static inline bool
schema_keyword(const char *word, const json_t *by, const json_t *value)
{
	const size_t n = (size_t)json_integer_value(by);

	switch (schema_word(word)) {
	case SCHEMA_SILENT:
		return true;
	case SCHEMA_REF:
		return schema_refers(by, value);
	case SCHEMA_TYPE:
		return schema_has_type(by, value);
	case SCHEMA_CONST:
		return json_equal(by, value);
	case SCHEMA_ENUM:
		return schema_is_one_of(by, value);
	case SCHEMA_ANY_OF:
		return schema_fitting(by, value) > 0;
	case SCHEMA_ONE_OF:
		return schema_fitting(by, value) == 1;
	case SCHEMA_PATTERN:
		return schema_matches(by, value);
	case SCHEMA_MIN_LENGTH:
		return schema_length(value, n, SIZE_MAX);
	case SCHEMA_MAX_LENGTH:
		return schema_length(value, 0, n);
	case SCHEMA_MINIMUM:
		return schema_bound(value, (double)n, HUGE_VAL);
	case SCHEMA_MAXIMUM:
		return schema_bound(value, -HUGE_VAL, (double)n);
	case SCHEMA_REQUIRED:
		return !json_is_object(value) || schema_has_all(by, value);
	case SCHEMA_PROPERTIES:
		return schema_members_fit(by, value, false);
	case SCHEMA_DEPENDENT:
		return schema_members_fit(by, value, true);
	case SCHEMA_MAX_PROPERTIES:
		return json_object_size(value) <= n;
	case SCHEMA_ITEMS:
		return schema_items_fit(by, value);
	case SCHEMA_UNIQUE:
		return schema_unique(value);
	}
	return false;
}

static inline bool
schema_fits(const json_t *schema, const json_t *value)
{
	json_t *keywords = (json_t *)(uintptr_t)schema, *by;
	const char *word;

	INVARIANT(json_is_object(schema) && value != NULL);
	json_object_foreach(keywords, word, by)
	{
		if (!schema_keyword(word, by, value))
			return false;
	}
	return true;
}

#endif
