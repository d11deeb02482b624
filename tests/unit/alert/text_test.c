/* SPDX-License-Identifier: ISC */
/* Text for people: entities, humanReadable in its two forms, the summary, host and port. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/alert/text.h"
#include "lib/base/buf.h"

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
	const char *in, *out;
} entities[] = {
    {"", ""},
    {"plain", "plain"},
    {"&amp;&lt;&gt;&quot;&apos;", "&<>\"'"},
    {"a&nbsp;b",
	"a\xC2\xA0"
	"b"},
    {"O&#x27;s &#X27; &#39; &#0039;", "O's ' ' '"},
    {"&#8364;&#x20AC;&#x1f600;", "€€😀"},
    {"&#10;&#9;", "\n\t"},
    {"&#x10FFFF;", "\xF4\x8F\xBF\xBF"},
    {"&amp;lt; &amp;amp;", "&lt; &amp;"}, /* once */
    {"&&amp;", "&&"},
    {"a & b; c", "a & b; c"},
    {"&", "&"},
    {"&amp", "&amp"},
    {"&;", "&;"},
    {"&#;", "&#;"},
    {"&#x;", "&#x;"},
    {"&#0;", "&#0;"},
    {"&#xD800;", "&#xD800;"},
    {"&#57343;", "&#57343;"},
    {"&#x110000;", "&#x110000;"},
    {"&#99999999999999999999;", "&#99999999999999999999;"},
    {"&#12a;", "&#12a;"},
    {"&#-1;", "&#-1;"},
    {"&#x2 7;", "&#x2 7;"},
    {"&AMP;", "&AMP;"},
    {"&euro;", "&euro;"},
    {"&amp ;", "&amp ;"},
    {"&#38;lt;", "&lt;"},
};

static void
entities_are_decoded_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(entities); i++) {
		struct buf b = BUF_INIT;

		alert_text_decode(&b, entities[i].in, strlen(entities[i].in));
		assert_string_equal(b.data, entities[i].out);
		buf_free(&b);
	}
}

#define RULE "----------------------------------------"

static const struct {
	const char *text, *project, *organization, *headline;
} readables[] = {
    {"Project: One\n\nOrganization: R&amp;D&#x27;s - 2022\n\n" RULE "\n\n"
     "CLOSED\nConnections has gone above 0 \nnode-2.example.net\n"
     "Created: 2024/06/03 19:43 GMT\nReplica Set: rs-0\nType: Secondary\n"
     "Current Value: 0 \n\n" RULE "\n\n",
	"One", "R&amp;D&#x27;s - 2022", "Connections has gone above 0"},
    {"Project: One\r\nOrganization: Two\r\n" RULE "\r\nINFORMATIONAL\r\n"
     "Replica set elected a new primary\r\nrs-0\r\n",
	"One", "Two", "Replica set elected a new primary"},
    {"Project: A Organization: B\nOrganization: C: D\n" RULE "\nOPEN\n"
     "Severity: Critical\nCreated: now\nReplica Set: r\nType: t\n"
     "Current Value: 3\nProject: X\nNo primary\n",
	"A Organization: B", "C: D", "No primary"},
    {RULE "\nOPEN\n" RULE "\n", "", "", ""},
    {RULE "\nsecond\n" RULE "\nfooter\n", "", "", "second"},
    {"title\n" RULE "\n", "", "", ""},
    {"a\n---------\nb", "", "", "a"}, /* too short for a rule */
    {"a\n- - - - - - - - - - - -\nb", "", "", "a"},
    {"Disk space used is 95.2%.\nProject: Mine Organization: Ours", "Mine",
	"Ours", "Disk space used is 95.2%."},
    {"Disk is full. Project: My - Own: 1 Organization: Our Org", "My - Own: 1",
	"Our Org", "Disk is full."},
    {"x Project: a Project: b Organization: c Organization: d",
	"b Organization: c", "d", "x Project: a"},
    {"x Project: p Organization: o\nmore", "p", "o", "x"},
    {"Project: p Organization: o", "p", "o", ""},
    {"Project: p\nOrganization: o\nIt is down", "p", "o", ""},
    {"It is down\nProject: p\nOrganization: o", "p", "o", "It is down"},
    {"It is down Organization: o", "", "o", "It is down"},
    {"It is down Project: p", "", "", "It is down Project: p"},
    {"It is down\nProject: p", "p", "", "It is down"},
    {"SubOrganization: o", "", "", "SubOrganization: o"},
    {"x Project: Organization: ", "", "", "x"},
    {"\n\n  OPEN  \n  It is down  \n", "", "", "It is down"},
    {"OPENED", "", "", "OPENED"},
    {"", "", "", ""},
    {"\n", "", "", ""},
};

static void
expect_span(struct span s, const char *want)
{
	if (s.n != strlen(want) || (s.n > 0 && memcmp(s.at, want, s.n) != 0))
		fail_msg("got \"%.*s\", not \"%s\"", (int)s.n,
		    s.n > 0 ? s.at : "", want);
}

static void
readable_text_is_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(readables); i++) {
		struct human h = alert_text_split(readables[i].text,
		    strlen(readables[i].text));

		expect_span(h.project, readables[i].project);
		expect_span(h.organization, readables[i].organization);
		expect_span(h.headline, readables[i].headline);
	}
}

static const struct {
	const char *in, *out;
} summaries[] = {
    {"", ""},
    {"one line", "one line"},
    {"  a \t\r\n b  ", "a b"},
    {"\x01"
     "a\x1B[31mb\x7F"
     "c",
	"a [31mb c"},
    {"a\xC2\x85"
     "b\xE2\x80\xA8"
     "c\xE2\x80\xA9"
     "d",
	"a b c d"},
    {"\n \t", ""},
    {"€ und 😀", "€ und 😀"},
};

static void
summaries_are_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(summaries); i++) {
		struct buf b = BUF_INIT;

		buf_adds(&b, "");
		alert_text_summary(&b, summaries[i].in,
		    strlen(summaries[i].in));
		assert_string_equal(b.data, summaries[i].out);
		buf_free(&b);
	}
}

/* n characters "€", then the tail. */
static void
expect_cut(size_t n, const char *tail, size_t whole, const char *end)
{
	struct buf in = BUF_INIT, want = BUF_INIT, out = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_adds(&in, "€");
	buf_adds(&in, tail);
	for (size_t i = 0; i < whole; i++)
		buf_adds(&want, "€");
	buf_adds(&want, end);
	alert_text_summary(&out, in.data, in.len);
	assert_string_equal(out.data, want.data);
	buf_free(&in);
	buf_free(&want);
	buf_free(&out);
}

static void
summaries_have_200_characters_at_most(void **state)
{
	(void)state;
	expect_cut(200, "", 200, "");
	expect_cut(200, " \n\t", 200, "");
	expect_cut(201, "", 199, "…");
	expect_cut(1000, "", 199, "…");
	expect_cut(198, " x", 198, " x");
	expect_cut(199, " x", 199, "…");
	expect_cut(198, " xy", 198, "…");
	expect_cut(197, " xyz", 197, " x…");
}

static const struct {
	const char *in, *name;
	int port;
} hosts[] = {
    {"h.example.net:27017", "h.example.net", 27017},
    {"h:1", "h", 1},
    {"h:65535", "h", 65535},
    {"192.0.2.1:27017", "192.0.2.1", 27017},
    {"[2001:db8::1]:27017", "2001:db8::1", 27017},
    {"[2001:db8::1]", "2001:db8::1", 0},
    {"2001:db8::1", "2001:db8::1", 0},
    {"::1:27017", "::1", 27017}, /* ambiguous: the sender always has a port */
    {"2001:db8:0:0:0:0:0:1:27017", "2001:db8:0:0:0:0:0:1", 27017},
    {"h", "h", 0},
    {"", "", 0},
    {"h:", "h:", 0},
    {":27017", ":27017", 0},
    {":", ":", 0},
    {"h:0", "h:0", 0},
    {"h:65536", "h:65536", 0},
    {"h:027017", "h:027017", 0},
    {"h:080", "h:080", 0},
    {"h:+80", "h:+80", 0},
    {"h: 80", "h: 80", 0},
    {"h:80 ", "h:80 ", 0},
    {"h:http", "h:http", 0},
    {"a:b:80", "a:b:80", 0},
    {"[a]:80", "[a]", 80},
    {"[a:b]:80", "[a:b]:80", 0},
    {"[::1", "[::1", 0},
    {"[]:80", "[]", 80},
    {"[fe80::1%eth0]:80", "[fe80::1%eth0]:80", 0},
};

static void
hosts_and_ports(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(hosts); i++) {
		struct buf b = BUF_INIT;
		int port =
		    alert_text_host(&b, hosts[i].in, strlen(hosts[i].in));

		assert_string_equal(b.data, hosts[i].name);
		assert_int_equal(port, hosts[i].port);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entities_are_decoded_once),
	    cmocka_unit_test(readable_text_is_taken_apart),
	    cmocka_unit_test(summaries_are_one_line),
	    cmocka_unit_test(summaries_have_200_characters_at_most),
	    cmocka_unit_test(hosts_and_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
