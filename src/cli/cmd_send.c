/* SPDX-License-Identifier: ISC */
/*
 * alertspool send: a signed test alert, exactly as the sender would make it,
 * since Atlas has no button for that.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/post.h"
#include "cli/sample.h"
#include "cli/signer.h"
#include "cli/url.h"
#include "lib/encode.h"
#include "lib/file.h"

#define EVENT_PREFIX "alert."
#define EVENT_SIZE 32
#define REPEAT_MAX 1000000

static const struct cli_option send_options[] = {
    {"event", 'e', "EVENT", "open update acknowledge close cancel or inform"},
    {"sample", 0, "NAME", "the kind of alert; \"list\" lists them"},
    {"body", 0, "FILE", "send these bytes instead; - is standard input"},
    {"source", 0, "SOURCE", "sign as this source does; \"default\" if absent"},
    {"wrong-signature", 0, NULL, "send a signature that is not right"},
    {"repeat", 0, "N", "send N different alerts, or the same body N times"},
    {"dry-run", 0, NULL, "print the request and do not send it"},
    {NULL, 0, NULL, NULL},
};

struct send {
	struct cli *cli;
	const struct sample *sample; /* NULL: a body of the caller's */
	enum transition event;
	time_t now;
	uint64_t number; /* of the next alert */
	struct buf url;	 /* with the token */
	struct buf body;
	struct signer signer;
};

/* ---- what to send --------------------------------------------------- */

static int
list_samples(void)
{
	const struct sample *s;

	for (size_t i = 0; (s = sample_get(i)) != NULL; i++)
		printf("%-17s %-12s %s\n", s->name, transition_word(s->event),
		    s->summary);
	return EX_OK;
}

static int
choose_sample(struct send *s, struct error *error)
{
	const char *name = cli_value(s->cli, "sample");

	s->sample = name == NULL ? sample_get(0) : sample_find(name);
	if (s->sample == NULL) {
		error_set(error, ERROR_USAGE, "no sample is called \"%.40s\"",
		    name);
		return cli_advise(s->cli,
		    "see \"alertspool send --sample list\"");
	}
	s->event = s->sample->event;
	return 0;
}

static int
choose_body(struct send *s, const char *file, struct error *error)
{
	if (cli_value(s->cli, "sample") != NULL)
		return error_set(error, ERROR_USAGE,
		    "--body and --sample exclude each other");
	s->sample = NULL;
	s->event = TRANSITION_OPEN;
	if (strcmp(file, "-") == 0)
		return cli_read_stdin(&s->body, SPOOL_RECORD_MAX, error);
	return file_read(AT_FDCWD, file, SPOOL_RECORD_MAX, &s->body, NULL,
	    error);
}

static int
choose_event(struct send *s, struct error *error)
{
	const char *event = cli_value(s->cli, "event");

	if (event == NULL)
		return 0;
	if (strncmp(event, EVENT_PREFIX, strlen(EVENT_PREFIX)) == 0)
		event += strlen(EVENT_PREFIX);
	if (transition_parse(event, strlen(event), &s->event) &&
	    s->event != TRANSITION_UNKNOWN)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "option --event: \"%.40s\" is none of open, update, acknowledge, "
	    "close, cancel and inform",
	    event);
}

/* The URL's own token stays; otherwise the source's first one is added. */
static int
choose_url(struct send *s, const char *url, struct error *error)
{
	size_t len;
	const char *token = auth_token(s->signer.auth, s->signer.source, &len);

	if (token == NULL || url_token(url, &(size_t){0}) != NULL)
		buf_adds(&s->url, url);
	else
		url_add_token(&s->url, url, token, len);
	return buf_check(&s->url, error);
}

static int
prepare(struct send *s, struct error *error)
{
	const char *file = cli_value(s->cli, "body");
	const char *url = s->cli->operands[0];

	if ((file != NULL ? choose_body(s, file, error)
			  : choose_sample(s, error)) == -1 ||
	    choose_event(s, error) == -1 || url_check(url, error) == -1 ||
	    signer_from_source(&s->signer, s->cli, cli_value(s->cli, "source"),
		error) == -1)
		return -1;
	if (s->signer.source->secrets.n == 0 &&
	    cli_value(s->cli, "wrong-signature") != NULL)
		return error_set(error, ERROR_USAGE,
		    "[source %s] has no secret_file: there is no signature to "
		    "be wrong",
		    s->signer.source->name);
	s->now = time(NULL);
	if (getrandom(&s->number, sizeof(s->number), 0) !=
	    (ssize_t)sizeof(s->number))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	return choose_url(s, url, error);
}

/* ---- one request ---------------------------------------------------- */

/* Text of somebody else: line by line, each made harmless. */
static void
print_lines(const char *text, size_t n)
{
	struct buf line = BUF_INIT;

	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t len = end != NULL ? (size_t)(end - text) : n;

		buf_reset(&line);
		escape_terminal(&line, text, len);
		printf("%s\n", line.data != NULL ? line.data : "");
		len += end != NULL;
		text += len;
		n -= len;
	}
	buf_free(&line);
}

/* As it goes over the wire, but for the token. */
static int
print_request(const struct send *s, const struct post *post,
    struct error *error)
{
	struct buf masked = BUF_INIT, head = BUF_INIT;
	const char *authority, *path;
	size_t n;
	int rc;

	url_add_masked(&masked, s->url.data);
	rc = buf_check(&masked, error);
	if (rc == -1)
		goto out;
	url_split(masked.data, &authority, &n, &path);
	buf_addf(&head, "POST %s%s HTTP/1.1\r\n", *path == '/' ? "" : "/",
	    path);
	buf_addf(&head, "Host: %.*s\r\n", (int)n, authority);
	post_headers(&head, post, "\r\n");
	buf_addf(&head, "Content-Length: %zu\r\n\r\n", post->len);
	rc = buf_check(&head, error);
	if (rc == -1)
		goto out;
	fwrite(head.data, 1, head.len, stdout);
	if (isatty(STDOUT_FILENO))
		print_lines(post->body, post->len);
	else
		fwrite(post->body, 1, post->len, stdout);
out:
	buf_free(&masked);
	buf_free(&head);
	return rc;
}

/* What an answer means, in one place. */
static int
answer_code(struct cli *cli, int status)
{
	struct error error = ERROR_INIT;

	if (status >= 200 && status <= 299)
		return EX_OK;
	error_set(&error, ERROR_IO, "the receiver answered %d", status);
	if (status == 403)
		cli_advise(cli,
		    "it must know the secret and the token of this "
		    "source's secret_file and token_file");
	else if (status == 503)
		cli_advise(cli,
		    "its log tells why it cannot store now; try "
		    "again");
	else
		cli_advise(cli, "is this the responder's URL?");
	(void)cli_tell(cli, &error);
	return status == 403 ? EX_NOPERM
	    : status == 503  ? EX_TEMPFAIL
			     : EX_PROTOCOL;
}

static int
exchange(struct send *s, const struct post *post, struct error *error)
{
	struct post_answer answer;

	if (post_send(post, &answer, error) == -1) {
		if (error->kind == ERROR_UNAVAILABLE)
			return -1;
		if (error->kind == ERROR_BUSY)
			return cli_tell(s->cli, error); /* EX_TEMPFAIL */
		(void)cli_tell(s->cli, error);
		return EX_PROTOCOL;
	}
	printf("HTTP %d\n", answer.status);
	print_lines(answer.body.data, answer.body.len);
	(void)fflush(stdout); /* before what is told on standard error */
	buf_free(&answer.body);
	return answer_code(s->cli, answer.status);
}

/* Another signature of the same form: the first digit changed. */
static void
spoil(char *signature)
{
	signature[0] = strchr("Aa", signature[0]) != NULL ? 'b' : 'a';
}

static int
send_one(struct send *s, struct error *error)
{
	char signature[AUTH_SIGNATURE_SIZE], event[EVENT_SIZE];
	struct post post = {.url = s->url.data, .event = event};

	if (s->sample != NULL) {
		buf_reset(&s->body);
		sample_body(&s->body, s->sample, s->event, s->now, s->number++);
		if (buf_check(&s->body, error) == -1)
			return -1;
	}
	post.body = s->body.data;
	post.len = s->body.len;
	snprintf(event, sizeof(event), EVENT_PREFIX "%s",
	    transition_word(s->event));
	if (s->signer.source->secrets.n > 0) {
		if (signer_sign(&s->signer, post.body, post.len, signature,
			error) == -1)
			return -1;
		if (cli_value(s->cli, "wrong-signature") != NULL)
			spoil(signature);
		post.signature = signature;
	}
	if (cli_value(s->cli, "dry-run") != NULL)
		return print_request(s, &post, error);
	return exchange(s, &post, error);
}

/* 75, 76 and 77 happen to be in the order of how bad they are. */
static int
send_all(struct send *s, struct error *error)
{
	int worst = EX_OK;
	long repeat;

	if (cli_number(s->cli, "repeat", 1, REPEAT_MAX, 1, &repeat, error) ==
		-1 ||
	    prepare(s, error) == -1)
		return -1;
	for (; repeat > 0; repeat--) {
		int code = send_one(s, error);

		if (code == -1)
			return -1;
		if (code > worst)
			worst = code;
	}
	return worst;
}

static int
send_run(struct cli *cli, struct error *error)
{
	const char *sample = cli_value(cli, "sample");
	struct send s = {.cli = cli, .signer = SIGNER_INIT};
	int rc;

	if (sample != NULL && strcmp(sample, "list") == 0)
		return list_samples();
	if (cli->noperands == 0)
		return error_set(error, ERROR_USAGE, "URL is missing");
	rc = send_all(&s, error);
	buf_wipe(&s.url);
	buf_free(&s.body);
	signer_free(&s.signer);
	return rc;
}

const struct command command_send = {
    .name = "send",
    .arguments = "URL",
    .summary = "send a signed test alert, as Atlas would",
    .details =
	"Sends an alert to the URL, signed with the source's first secret and\n"
	"with its first token as ?token= unless the URL has one, and prints\n"
	"the answer. The path is the URL's own: a source other than default\n"
	"has its own URL.\n"
	"\n"
	"Exit code: 0 when the answer is 2xx, 77 when it is 403, 75 when it\n"
	"is 503 or there is none, 76 otherwise; of several the worst.\n",
    .options = send_options,
    .min_operands = 0,
    .max_operands = 1,
    .run = send_run,
};
