/* SPDX-License-Identifier: ISC */
/*
 * text: humanReadable has two forms. Real alerts carry a block:
 *
 *	Project: NAME
 *	Organization: NAME
 *	----------------------------------------
 *	CLOSED
 *	Connections has gone above 0
 *	…lines "Key: value"…
 *	----------------------------------------
 *
 * with empty lines between, and HTML entities in the values. The documented sample is
 * "HEADLINE Project: NAME Organization: NAME" in a line or two. That form is ambiguous,
 * because names may hold the labels; the last labels win. Entities are decoded after the
 * text is split, so that a name cannot add labels or lines.
 */
#include "config.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alert/event.h"
#include "lib/alert/text.h"
#include "lib/base/buf.h"
#include "lib/base/encode.h"
#include "lib/base/quantity.h"
#include "lib/base/utf8.h"

#define SUMMARY_MAX 200 /* characters */
#define RULE_MIN 10	/* dashes that make a line a rule; the sender has 40 */
#define CODEPOINT_MAX 0x10FFFFu

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

/* ---- entities ------------------------------------------------------------ */

static const struct {
	const char *name;
	unsigned int codepoint;
} entities[] = {
    {"amp", '&'},
    {"apos", '\''},
    {"gt", '>'},
    {"lt", '<'},
    {"nbsp", 0xA0},
    {"quot", '"'},
};

/* The number between "&#" and ";", or 0 if it is malformed or not a character. */
static unsigned int
entity_number(const char *digits, size_t n)
{
	int base = 10;
	unsigned int value = 0;

	if (n > 0 && (digits[0] == 'x' || digits[0] == 'X')) {
		base = 16;
		digits++;
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		int d = hex_value(digits[i]);

		if (d == -1 || d >= base)
			return 0;
		value = value * (unsigned int)base + (unsigned int)d;
		if (value > CODEPOINT_MAX)
			return 0;
	}
	if (value >= 0xD800 && value <= 0xDFFF)
		return 0;
	return value;
}

/* The character named between "&" and ";", or 0. */
static unsigned int
entity_codepoint(const char *name, size_t n)
{
	if (n > 0 && name[0] == '#')
		return entity_number(name + 1, n - 1);
	for (size_t i = 0; i < LENGTH(entities); i++)
		if (strlen(entities[i].name) == n &&
		    memcmp(entities[i].name, name, n) == 0)
			return entities[i].codepoint;
	return 0;
}

void
alert_text_decode(struct buf *b, const char *text, size_t n)
{
	const char *end = text + n, *amp, *stop;
	unsigned int codepoint;

	while ((amp = memchr(text, '&', (size_t)(end - text))) != NULL) {
		buf_add(b, text, (size_t)(amp - text));
		text = amp + 1;
		stop = text;
		while (stop < end && *stop != ';' && *stop != '&')
			stop++;
		codepoint = 0;
		if (stop < end && *stop == ';')
			codepoint =
			    entity_codepoint(text, (size_t)(stop - text));
		if (codepoint == 0) {
			buf_addc(b, '&');
			continue;
		}
		utf8_add(b, codepoint);
		text = stop + 1;
	}
	buf_add(b, text, (size_t)(end - text));
}

/* ---- splitting humanReadable --------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && is_blank(s.at[0])) {
		s.at++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.at[s.n - 1]))
		s.n--;
	return s;
}

/* Take the next line off the rest of a text, trimmed; false at the end. */
static bool
next_text_line(struct span *rest, struct span *line)
{
	const char *eol;

	if (rest->n == 0)
		return false;
	*line = *rest;
	eol = memchr(rest->at, '\n', rest->n);
	if (eol != NULL)
		line->n = (size_t)(eol - rest->at) + 1;
	rest->at += line->n;
	rest->n -= line->n;
	*line = trim(*line);
	return true;
}

static bool
begins(struct span s, const char *label)
{
	size_t n = strlen(label);

	return s.n >= n && memcmp(s.at, label, n) == 0;
}

/* The text after a label, up to the end of the line. */
static struct span
value_of(struct span s, const char *label)
{
	struct span line = {.at = NULL};

	s.at += strlen(label);
	s.n -= strlen(label);
	next_text_line(&s, &line);
	return line;
}

#define PROJECT "Project:"
#define ORGANIZATION "Organization:"

/* Lines with other information than the event. */
static const char *const labels[] = {
    PROJECT,
    ORGANIZATION,
    "Severity:",
    "Created:",
    "Replica Set:",
    "Type:",
    "Current Value:",
};

static bool
is_rule(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.at[i] != '-')
			return false;
	return line.n >= RULE_MIN;
}

static bool
is_headline(struct span line)
{
	enum alert_state state;

	if (line.n == 0 || alert_state_parse(line.at, line.n, &state))
		return false;
	for (size_t i = 0; i < LENGTH(labels); i++)
		if (begins(line, labels[i]))
			return false;
	return true;
}

static bool
has_rule(struct span text)
{
	struct span line;

	while (next_text_line(&text, &line))
		if (is_rule(line))
			return true;
	return false;
}

/* The text from the last such label on that begins a word; empty if there is none. */
static struct span
find_last(struct span text, const char *label)
{
	struct span found = {.at = NULL};

	for (size_t i = text.n; i-- > 0;) {
		if (text.at[i] != label[0] ||
		    (i > 0 && !is_blank(text.at[i - 1])))
			continue;
		found = (struct span){.at = text.at + i, .n = text.n - i};
		if (begins(found, label))
			return found;
	}
	return (struct span){.at = NULL};
}

/* "HEADLINE Project: NAME Organization: NAME": split the names off. */
static struct span
split_names(struct human *h, struct span text)
{
	struct span organization = find_last(text, ORGANIZATION);
	struct span project;

	if (organization.at == NULL)
		return text;
	h->organization = value_of(organization, ORGANIZATION);
	text.n = (size_t)(organization.at - text.at);
	project = find_last(text, PROJECT);
	if (project.at == NULL)
		return text;
	h->project = value_of(project, PROJECT);
	text.n = (size_t)(project.at - text.at);
	return text;
}

struct human
alert_text_split(const char *text, size_t n)
{
	struct human h = {.headline.at = NULL};
	struct span rest = {.at = text, .n = n}, line;
	bool below = !has_rule(rest); /* the first rule */

	if (below)
		rest = split_names(&h, rest);
	while (next_text_line(&rest, &line)) {
		if (is_rule(line))
			below = true;
		else if (h.project.n == 0 && begins(line, PROJECT))
			h.project = value_of(line, PROJECT);
		else if (h.organization.n == 0 && begins(line, ORGANIZATION))
			h.organization = value_of(line, ORGANIZATION);
		else if (below && h.headline.n == 0 && is_headline(line))
			h.headline = line;
	}
	return h;
}

/* ---- the summary --------------------------------------------------------- */

/* A blank, a line end or a control character. */
static bool
is_space(unsigned int c)
{
	return c <= ' ' || (c >= 0x7F && c <= 0x9F) || c == 0x2028 ||
	    c == 0x2029;
}

static void
truncate_to(struct buf *b, size_t len)
{
	if (b->failed)
		return;
	b->len = len;
	b->data[len] = '\0';
	buf_adds(b, "…");
}

/* The number of ASCII characters before the first space, max at most. */
static size_t
ascii_word(const char *text, size_t n, size_t max)
{
	size_t i = 0;

	while (i < n && i < max && text[i] > ' ' && text[i] <= '~')
		i++;
	return i;
}

/* Words are added one at a time, but the last character that fits, and those beyond
 * ASCII, one by one: the text is cut before one. */
void
alert_text_summary(struct buf *b, const char *text, size_t n)
{
	size_t start = b->len, cut = b->len, room = SUMMARY_MAX, step, word;
	bool space = false;
	unsigned int c;

	for (size_t i = 0; i < n; i += step) {
		word = room < 3 ? 0 : ascii_word(text + i, n - i, room - 2);
		step = word > 0 ? word : utf8_next(text + i, n - i, &c);
		if (step == 0)
			return;
		if (word == 0 && is_space(c)) {
			space = b->len > start;
			continue;
		}
		if (room <= space) {
			truncate_to(b, cut);
			return;
		}
		if (space)
			buf_addc(b, ' ');
		buf_add(b, text + i, step);
		room -= (word > 0 ? word : 1) + space;
		space = false;
		if (room > 0)
			cut = b->len;
	}
}

/* ---- host and port ------------------------------------------------------- */

static bool
is_ipv6(struct span s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.at, s.n);
	text[s.n] = '\0';
	return strlen(text) == s.n && inet_pton(AF_INET6, text, &address) == 1;
}

/* 1 to 65535 in canonical digits, so that the number holds the whole text; else 0. */
static int
port_number(struct span s)
{
	int64_t port = 0;

	if (s.n > 0 && s.at[0] != '0')
		(void)quantity_number(s.at, s.n, 1, UINT16_MAX, &port);
	return (int)port;
}

/* "[v6]" without its brackets; anything else unchanged. */
static struct span
unbracket(struct span s)
{
	struct span inside = {.at = s.at + 1, .n = s.n - 2};

	if (s.n > 2 && s.at[0] == '[' && s.at[s.n - 1] == ']' &&
	    is_ipv6(inside))
		return inside;
	return s;
}

int
alert_text_host(struct buf *name, const char *text, size_t n)
{
	struct span host = {.at = text, .n = n}, left, bare;
	const char *colon = memrchr(text, ':', n);
	int port = 0;

	if (colon != NULL) {
		left = (struct span){.at = text, .n = (size_t)(colon - text)};
		bare = unbracket(left);
		port = port_number(
		    (struct span){.at = colon + 1, .n = n - left.n - 1});
		if (left.n == 0 ||
		    (memchr(left.at, ':', left.n) != NULL && !is_ipv6(bare)))
			port = 0;
		if (port != 0)
			host = left;
	}
	host = unbracket(host);
	buf_add(name, host.at, host.n);
	return port;
}
