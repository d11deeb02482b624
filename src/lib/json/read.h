/* SPDX-License-Identifier: ISC */
/*
 * read: makes Jansson's values from JSON text in one pass. Repairs what it can, and
 * reports what is wrong with the rest.
 */
#ifndef ALERTSPOOL_JSON_READ_H
#define ALERTSPOOL_JSON_READ_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* Levels of values in a text, with the outermost. Jansson reads 2048; in a record the
 * body's fields lie one level deeper, in "extra". */
#define JSON_READ_DEPTH_MAX 2047

/* Texts that JSON forbids but that are read; bits 1u << enum. */
enum json_read_repair {
	JSON_READ_CONTROL_CHARACTER,   /* raw in a string: kept as itself */
	JSON_READ_NUMBER_OUT_OF_RANGE, /* too large for a double: null */
	JSON_READ_NUMBER_ROUNDED, /* too large for int64: the nearest double */
	JSON_READ_BOM,		  /* at the beginning: dropped */
	JSON_READ_DUPLICATE_KEY,  /* the last value, in the first one's place */
	JSON_READ_REPAIRS
};

/* Why a text is not a JSON object. */
enum json_read_code {
	JSON_READ_OK,
	JSON_READ_NOT_JSON,
	JSON_READ_NOT_AN_OBJECT,
	JSON_READ_NOT_UTF8,
	JSON_READ_TOO_DEEP,
	JSON_READ_EMPTY,
	JSON_READ_CODES
};

#define JSON_READ_MESSAGE_SIZE 160

struct json_read_error {
	enum json_read_code code;
	int line;   /* from 1, in the text as it came */
	int column; /* from 1, in characters */
	char message[JSON_READ_MESSAGE_SIZE];
};

/*
 * Read a text into the tree that Jansson would make, with members in the order of the
 * text, after the repairs above. Strings may hold NUL.
 *
 * 0 with an owned object in *root and bits added to *repairs; 0 with *root NULL and why
 * set if the text is not an object: line and column are those of the first wrong
 * character; -1 with ERROR_IO without memory.
 */
int json_read(json_t **root, uint32_t *repairs, struct json_read_error *why,
    const char *text, size_t len, struct error *)
    __attribute__((warn_unused_result));

/* Read JSON that we or a server wrote, one level deeper than a body. Repairs nothing:
 * text that would need it is refused. An owned object, or NULL with ERROR_INPUT, with
 * place and reason, or ERROR_IO. */
json_t *json_read_strict(const char *text, size_t len, struct error *);

#endif
