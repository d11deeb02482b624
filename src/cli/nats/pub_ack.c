/* SPDX-License-Identifier: ISC */
/* pub_ack: the codes are those of the server's errors.json, "err_code". */
#include "config.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/nats/pub_ack.h"
#include "lib/base/buf.h"
#include "lib/base/escape.h"

/* 5xx is the server's fault; of 4xx, these refuse the message for good, or blame the
 * stream and not the message. Other codes may be either. */
static const struct {
	json_int_t code;
	enum pub_ack meaning;
} known[] = {
    {10054, PUB_ACK_TOO_LARGE}, /* message size exceeds maximum allowed */
    {10060, PUB_ACK_NOT_NOW},	/* expected stream does not match */
    {10059, PUB_ACK_NOT_NOW},	/* stream not found */
    {10109, PUB_ACK_NOT_NOW},	/* sealed stream */
    {10047, PUB_ACK_NOT_NOW},	/* insufficient storage */
    {10077, PUB_ACK_NOT_NOW},	/* stream store failed: it is full */
};

static void
spell(char why[static PUB_ACK_WHY_SIZE], const char *what, const char *text)
{
	struct buf line = BUF_INIT;

	buf_adds(&line, what);
	if (text != NULL)
		escape_log(&line, text, strlen(text));
	snprintf(why, PUB_ACK_WHY_SIZE, "%s", line.failed ? what : line.data);
	buf_free(&line);
}

static enum pub_ack
read_error(const json_t *problem, char why[static PUB_ACK_WHY_SIZE])
{
	json_int_t code =
	    json_integer_value(json_object_get(problem, "err_code"));
	json_int_t class = json_integer_value(json_object_get(problem, "code"));
	const char *text =
	    json_string_value(json_object_get(problem, "description"));

	spell(why, "the broker says: ", text != NULL ? text : "error");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].code == code)
			return known[i].meaning;
	return class >= 400 && class < 500 ? PUB_ACK_REFUSED : PUB_ACK_NOT_NOW;
}

enum pub_ack
pub_ack_read(const char *text, const char *stream, uint64_t *sequence,
    char why[static PUB_ACK_WHY_SIZE])
{
	json_t *answer = json_loads(text, 0, NULL);
	const json_t *problem = json_object_get(answer, "error");
	const json_t *by = json_object_get(answer, "stream");
	const json_t *seq = json_object_get(answer, "seq");
	enum pub_ack result = PUB_ACK_NONE;

	if (problem != NULL) {
		result = read_error(problem, why);
	} else if (!json_is_string(by) || json_integer_value(seq) <= 0) {
		spell(why, "not JetStream's answer", NULL);
	} else if (strcmp(json_string_value(by), stream) != 0) {
		spell(why, "another stream took it: ", json_string_value(by));
		result = PUB_ACK_NOT_NOW;
	} else {
		*sequence = (uint64_t)json_integer_value(seq);
		result = json_is_true(json_object_get(answer, "duplicate"))
		    ? PUB_ACK_DUPLICATE
		    : PUB_ACK_STORED;
	}
	json_decref(answer);
	return result;
}
