/* SPDX-License-Identifier: ISC */
/*
 * send: alertspool send makes and sends a signed test alert, exactly like the sender,
 * because Atlas has no test button.
 */
#include "config.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/http/answer.h"
#include "cli/http/client.h"
#include "cli/http/print_request.h"
#include "cli/http/url.h"
#include "cli/output/format.h"
#include "cli/sender/sample.h"
#include "cli/sender/signer.h"
#include "lib/base/clock.h"
#include "lib/base/encode.h"
#include "lib/base/file.h"

#define EVENT_PREFIX "alert."
#define EVENT_SIZE 32
#define REPEAT_MAX 1000000
#define RATE_MAX 100000
#define WRONG_TOKEN_BYTES 20
#define SECOND 1000000 /* microseconds */

static const struct cli_option send_options[] = {
    {"event", 'e', "EVENT", "open update acknowledge close cancel or inform"},
    {"sample", 0, "NAME",
	"the kind of alert; \"all\", or \"list\" to see them"},
    {"body", 0, "FILE", "send these bytes instead; - is standard input"},
    {"source", 0, "SOURCE", "sign as this source does; \"default\" if absent"},
    {"wrong-signature", 0, NULL, "send a wrong signature"},
    {"token", 0, "WHICH",
	"send the right token, a wrong one, or missing: none"},
    {"repeat", 0, "N", "send N different alerts, or the same body N times"},
    {"rate", 0, "N", "send at most N requests a second"},
    {"dup", 0, NULL, "send each twice; the second must be a duplicate"},
    {"dry-run", 0, NULL, "print the requests and do not send them"},
    {NULL, 0, NULL, NULL},
};

struct send {
	struct cli *cli;
	const struct sample *sample; /* NULL: the caller's own body */
	bool all;		     /* samples, one after another */
	bool forced;		     /* the operator chose the event */
	bool single;		     /* only one alert is sent */
	enum transition event;
	const char *file; /* the body's file, or NULL */
	int64_t interval; /* between two requests, in microseconds */
	int64_t next;	  /* when the next one may be sent, by clock_us() */
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

	s->all = name != NULL && strcmp(name, "all") == 0;
	s->sample = name == NULL || s->all ? sample_get(0) : sample_find(name);
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
	s->file = file;
	if (strcmp(file, "-") == 0)
		return cli_read_stdin(&s->body, CLI_BODY_MAX, error);
	return file_read(AT_FDCWD, file, CLI_BODY_MAX, &s->body, NULL, error);
}

static int
choose_event(struct send *s, struct error *error)
{
	const char *event = cli_value(s->cli, "event");

	s->forced = event != NULL;
	if (event == NULL)
		return 0;
	if (strncmp(event, EVENT_PREFIX, strlen(EVENT_PREFIX)) == 0)
		event += strlen(EVENT_PREFIX);
	if (transition_parse(event, strlen(event), &s->event) &&
	    s->event != TRANSITION_UNKNOWN)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "option --event: \"%.40s\" is not one of open, update, "
	    "acknowledge, "
	    "close, cancel and inform",
	    event);
}

/* A random token. */
static int
add_wrong_token(struct send *s, const char *url, struct error *error)
{
	unsigned char random[WRONG_TOKEN_BYTES];
	char token[ENCODE_HEX_SIZE(WRONG_TOKEN_BYTES)];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	encode_hex(token, random, sizeof(random));
	url_add_token(&s->url, url, token, strlen(token));
	return 0;
}

/* The URL's own token stays; otherwise add the source's first one, or the one of --token.
 *  */
static int
choose_url(struct send *s, const char *url, struct error *error)
{
	const char *which = cli_value(s->cli, "token");
	bool own = url_token(url, &(size_t){0}) != NULL;
	size_t len;
	const char *token = auth_token(s->signer.auth, s->signer.source, &len);

	if (which == NULL) {
		which = token == NULL || own ? "missing" : "right";
	} else if (own) {
		return error_set(error, ERROR_USAGE,
		    "--token, and a URL that has a token, exclude each other");
	} else if (token == NULL) {
		return error_set(error, ERROR_USAGE,
		    "[source %s] has no token_file: there is no token to send "
		    "or to leave out",
		    s->signer.source->name);
	}
	if (strcmp(which, "missing") == 0)
		buf_adds(&s->url, url);
	else if (strcmp(which, "right") == 0)
		url_add_token(&s->url, url, token, len);
	else if (strcmp(which, "wrong") != 0)
		return error_set(error, ERROR_USAGE,
		    "option --token: \"%.40s\" is not one of right, wrong and "
		    "missing; a token itself is never an argument",
		    which);
	else if (add_wrong_token(s, url, error) == -1)
		return -1;
	return buf_check(&s->url, error);
}

static int
choose_rate(struct send *s, struct error *error)
{
	long rate;

	if (cli_number(s->cli, "rate", 1, RATE_MAX, 0, &rate, error) == -1)
		return -1;
	s->interval = rate > 0 ? SECOND / rate : 0;
	s->next = clock_us();
	return 0;
}

static int
prepare_request(struct send *s, struct error *error)
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
	if (choose_rate(s, error) == -1)
		return -1;
	return choose_url(s, url, error);
}

/* ---- one request ---------------------------------------------------- */

/* A stored sample opens an alert that nobody closes: print how to end it. */
static void
tell_end(const struct client_answer *answer)
{
	json_t *body = json_loadb(answer->body.data, answer->body.len, 0, NULL);
	const char *id = json_string_value(json_object_get(body, "id"));
	struct buf line = BUF_INIT;
	struct name_view name;

	if (id != NULL && name_parse(id, &name) && name.alert[0] != '-' &&
	    (name.transition == TRANSITION_OPEN ||
		name.transition == TRANSITION_UPDATE ||
		name.transition == TRANSITION_ACKNOWLEDGE)) {
		buf_addf(&line,
		    "the alert stays open until: alertspool end %.*s\n",
		    (int)name.alert_len, name.alert);
		if (!line.failed)
			cli_say(line.data, line.len);
	}
	buf_free(&line);
	json_decref(body);
}

static int
exchange(struct send *s, const struct client_request *request, bool again,
    struct error *error)
{
	struct client_answer answer;
	int code;

	if (client_send(request, &answer, error) == -1) {
		client_answer_free(&answer);
		if (error->kind == ERROR_UNAVAILABLE)
			return -1;
		code = error->kind == ERROR_BUSY ? EX_TEMPFAIL : EX_PROTOCOL;
		(void)cli_tell(s->cli, error);
		return code;
	}
	printf("HTTP %d\n", answer.status);
	format_print_lines(answer.body.data, answer.body.len);
	(void)fflush(stdout); /* before text on standard error */
	code = answer_code(s->cli, &answer, again);
	if (code == EX_OK && s->single && !again)
		tell_end(&answer);
	client_answer_free(&answer);
	return code;
}

/* Make it another well-formed signature: change the first digit. */
static void
spoil(char *signature)
{
	signature[0] = strchr("Aa", signature[0]) != NULL ? 'b' : 'a';
}

/* Wait for the request's turn. Turns are counted from the first one, so that a slow
 * answer does not delay the others. */
static void
wait_turn(struct send *s)
{
	int64_t wait = s->next - clock_us();

	if (s->interval > 0 && wait > 0)
		(void)nanosleep(
		    &(struct timespec){
			.tv_sec = wait / SECOND,
			.tv_nsec = wait % SECOND * 1000,
		    },
		    NULL);
	s->next += s->interval;
}

static int
send_body(struct send *s, bool again, struct error *error)
{
	char signature[AUTH_SIGNATURE_SIZE], event[EVENT_SIZE];
	struct client_request request = {
	    .url = s->url.data,
	    .event = event,
	    .body = s->body.data != NULL ? s->body.data : "",
	    .len = s->body.len,
	};

	snprintf(event, sizeof(event), EVENT_PREFIX "%s",
	    transition_word(s->event));
	if (s->signer.source->secrets.n > 0) {
		if (signer_sign(&s->signer, request.body, request.len,
			signature, error) == -1)
			return -1;
		if (cli_value(s->cli, "wrong-signature") != NULL)
			spoil(signature);
		request.signature = signature;
	}
	if (cli_value(s->cli, "dry-run") != NULL)
		return print_request(&request, s->file,
		    isatty(STDOUT_FILENO) == 1, error);
	wait_turn(s);
	return exchange(s, &request, again, error);
}

/* Send one alert, once or twice. Exit codes 75, 76 and 77 happen to be sorted by
 * severity. */
static int
send_alert(struct send *s, struct error *error)
{
	bool twice = cli_value(s->cli, "dup") != NULL;
	int first, second = EX_OK;

	if (s->sample != NULL) {
		if (!s->forced)
			s->event = s->sample->event;
		buf_reset(&s->body);
		sample_body(&s->body, s->sample, s->event, s->now, s->number++);
		if (buf_check(&s->body, error) == -1)
			return -1;
	}
	first = send_body(s, false, error);
	if (first != -1 && twice)
		second = send_body(s, true, error);
	if (first == -1 || second == -1)
		return -1;
	return first > second ? first : second;
}

/* Keep the worst exit code; -1 is the worst of all, and false. */
static bool
keep_worst(int *worst, int code)
{
	if (code == -1 || code > *worst)
		*worst = code;
	return code != -1;
}

/* Send one alert, or one of every sample. */
static int
send_round(struct send *s, struct error *error)
{
	int worst = EX_OK;

	if (!s->all)
		return send_alert(s, error);
	for (size_t i = 0; (s->sample = sample_get(i)) != NULL; i++)
		if (!keep_worst(&worst, send_alert(s, error)))
			break;
	return worst;
}

static int
send_all(struct send *s, struct error *error)
{
	int worst = EX_OK;
	long repeat;

	if (cli_number(s->cli, "repeat", 1, REPEAT_MAX, 1, &repeat, error) ==
		-1 ||
	    prepare_request(s, error) == -1)
		return -1;
	s->single = repeat == 1 && !s->all;
	while (repeat-- > 0 && keep_worst(&worst, send_round(s, error)))
		;
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
	"Sends an alert to the URL, signed with the source's first secret\n"
	"and with its first token as ?token= unless the URL has one, and\n"
	"prints the answer. --source does not change the path: each source\n"
	"has its own URL.\n"
	"\n"
	"--token chooses the token to send: the source's first one (right),\n"
	"a random one (wrong) or none (missing). The token itself is never\n"
	"an argument, because every user of the machine can read arguments;\n"
	"a token that is not in the settings goes into the URL.\n"
	"\n"
	"--dry-run prints each request as a command line for curl, then,\n"
	"after an empty line, as HTTP, with \"***\" for the token. The\n"
	"signature fits this one body; no secret is shown.\n"
	"\n"
	"With --dup, every alert is sent twice, and the exit code is 76 if\n"
	"the second answer is not \"duplicate\".\n"
	"\n"
	"After one alert that stays open, standard error shows how to end\n"
	"it: \"alertspool end ALERT\".\n"
	"\n"
	"Exit code: 0 when the answer is 2xx, 77 when it is 403, 75 when it\n"
	"is 503 or there is none, 76 otherwise; of several the worst.\n",
    .options = send_options,
    .min_operands = 0,
    .max_operands = 1,
    .network = true,
    .run = send_run,
};
