/* SPDX-License-Identifier: ISC */
/* puback: the meaning of each answer of JetStream. Only an answer of the right stream is
 * a success. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/nats/pub_ack.h"

#define ERROR(code, err_code) \
	"{\"error\":{\"code\":" #code ",\"err_code\":" #err_code \
	",\"description\":\"no\\u001bway\"},\"stream\":\"S\",\"seq\":0}"

static const struct {
	const char *text;
	enum pub_ack meaning;
} rows[] = {
    {"{\"stream\":\"S\",\"seq\":7}", PUB_ACK_STORED},
    {"{\"stream\":\"S\",\"seq\":7,\"duplicate\":true}", PUB_ACK_DUPLICATE},
    {"{\"stream\":\"S\",\"seq\":7,\"duplicate\":false}", PUB_ACK_STORED},
    {"{\"stream\":\"T\",\"seq\":7}", PUB_ACK_NOT_NOW},
    {"{\"stream\":\"S\",\"seq\":0}", PUB_ACK_NONE},
    {"{\"stream\":\"S\"}", PUB_ACK_NONE},
    {"{\"seq\":7}", PUB_ACK_NONE},
    {"{\"stream\":3,\"seq\":7}", PUB_ACK_NONE},
    {"{\"stream\":\"S\",\"seq\":\"7\"}", PUB_ACK_NONE},
    {"", PUB_ACK_NONE},
    {"+OK", PUB_ACK_NONE},
    {"[]", PUB_ACK_NONE},
    {"{\"stream\":\"S\",\"seq\":7", PUB_ACK_NONE},
    {ERROR(400, 10054), PUB_ACK_TOO_LARGE},
    {ERROR(503, 10077), PUB_ACK_NOT_NOW},
    {ERROR(400, 10060), PUB_ACK_NOT_NOW},
    {ERROR(400, 10109), PUB_ACK_NOT_NOW},
    {ERROR(503, 10008), PUB_ACK_NOT_NOW},
    {ERROR(500, 10049), PUB_ACK_NOT_NOW},
    {ERROR(400, 10071), PUB_ACK_REFUSED},
    {"{\"error\":{}}", PUB_ACK_NOT_NOW},
    {"{\"error\":3}", PUB_ACK_NOT_NOW},
};

static void
answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char why[PUB_ACK_WHY_SIZE] = "";
		uint64_t sequence = 0;

		assert_int_equal(pub_ack_read(rows[i].text, "S", &sequence,
				     why),
		    rows[i].meaning);
		if (rows[i].meaning == PUB_ACK_STORED ||
		    rows[i].meaning == PUB_ACK_DUPLICATE)
			assert_int_equal(sequence, 7);
		else
			assert_string_not_equal(why, "");
		assert_null(strchr(why, '\x1b'));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests_name("puback", tests, NULL, NULL);
}
