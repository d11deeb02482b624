/* SPDX-License-Identifier: ISC */
/*
 * schema: does a value fit the record's JSON Schema (draft 2020-12)? As much of
 * it as schema/record.schema.json uses; a keyword that is not known here ends
 * the process, so that none is passed over. tests/validate, in Python, is the
 * judge of the other tests; this one is fast enough for every input.
 */
#ifndef ALERTSPOOL_TESTS_FUZZ_SCHEMA_H
#define ALERTSPOOL_TESTS_FUZZ_SCHEMA_H

#include <jansson.h>
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

/* POSIX knows no "\u001f" in a pattern; there NUL never gets so far. */
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

static inline bool
schema_is_type(const char *type, const json_t *value)
{
	static const char *const words[] = {
	    [JSON_OBJECT] = "object",
	    [JSON_ARRAY] = "array",
	    [JSON_STRING] = "string",
	    [JSON_INTEGER] = "integer",
	    [JSON_REAL] = "number",
	    [JSON_TRUE] = "boolean",
	    [JSON_FALSE] = "boolean",
	    [JSON_NULL] = "null",
	};

	return strcmp(type, words[json_typeof(value)]) == 0 ||
	    (strcmp(type, "number") == 0 && json_is_number(value));
}

/* type: a word or a list of them */
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

/* properties: each that is there; whole: dependentSchemas are of the object */
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

/* One keyword of a schema (JSON Schema Validation, sections 6 and 10). */
static inline bool
schema_keyword(const char *word, const json_t *by, const json_t *value)
{
	static const char *const silent[] = {"$schema", "$id", "$defs", "title",
	    "description", "format", "contentEncoding"};
	const double bound = json_number_value(by);

#define IS(name) (strcmp(word, name) == 0)
	for (size_t i = 0; i < sizeof(silent) / sizeof(*silent); i++)
		if (IS(silent[i]))
			return true;
	if (IS("$ref"))
		return schema_refers(by, value);
	if (IS("type"))
		return schema_has_type(by, value);
	if (IS("const"))
		return json_equal(by, value);
	if (IS("enum"))
		return schema_is_one_of(by, value);
	if (IS("anyOf"))
		return schema_fitting(by, value) > 0;
	if (IS("oneOf"))
		return schema_fitting(by, value) == 1;
	if (IS("pattern"))
		return schema_matches(by, value);
	if (IS("minLength"))
		return !json_is_string(value) ||
		    schema_characters(value) >= (size_t)bound;
	if (IS("maxLength"))
		return !json_is_string(value) ||
		    schema_characters(value) <= (size_t)bound;
	if (IS("minimum"))
		return !json_is_number(value) ||
		    json_number_value(value) >= bound;
	if (IS("maximum"))
		return !json_is_number(value) ||
		    json_number_value(value) <= bound;
	if (IS("required"))
		return !json_is_object(value) || schema_has_all(by, value);
	if (IS("properties"))
		return schema_members_fit(by, value, false);
	if (IS("dependentSchemas"))
		return schema_members_fit(by, value, true);
	if (IS("maxProperties"))
		return json_object_size(value) <= (size_t)bound;
	if (IS("items"))
		return schema_items_fit(by, value);
	if (IS("uniqueItems"))
		return schema_unique(value);
#undef IS
	fuzz_broken(__FILE__, __LINE__, word);
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
