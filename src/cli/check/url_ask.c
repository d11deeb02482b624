/* SPDX-License-Identifier: ISC */
/* url_ask: one request of "check --url", and the meaning of a wrong answer. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/check/url_ask.h"
#include "cli/http/client.h"

void
url_ask_tell(const struct url_probe *f, const char *url, const char *why,
    const char *fix, const char *what)
{
	findings_add(&f->check->findings, FINDING_ERROR, "url", url, why, fix,
	    "%s", what);
}

/* The outcomes of -/metrics, by their status. */
static const struct {
	int status;
	const char *outcome;
} counted[URL_ASK_COUNTED] = {
    {202, "quarantined"},
    {403, "forbidden"},
    {404, "not_found"},
    {413, "too_large"},
};

/* A refusal of the web server itself is an HTML page, and not counted. */
static void
count(struct url_probe *f, const struct client_answer *answer)
{
	bool json = answer->body.len > 0 && answer->body.data[0] == '{';

	for (size_t i = 0; i < URL_ASK_COUNTED; i++)
		f->added[i] += json && counted[i].status == answer->status;
}

void
url_ask_tell_added(const struct url_probe *f)
{
	char text[FINDING_TEXT] = "nothing";
	size_t used = 0;

	/* If something was left out, the sums are wrong. */
	if (f->check->findings.left_out)
		return;
	for (size_t i = 0; i < URL_ASK_COUNTED; i++)
		if (f->added[i] > 0)
			used +=
			    (size_t)snprintf(text + used, sizeof(text) - used,
				"%s%u %s", used > 0 ? ", " : "", f->added[i],
				counted[i].outcome);
	findings_ok(&f->check->findings, "url", f->base,
	    "this check added to the counters, and to the log: %s", text);
}

int
url_ask(struct url_probe *f, const struct client_request *request,
    const char *shown, struct client_answer *answer)
{
	struct error why = ERROR_INIT;

	if (client_send(request, answer, &why) == 0) {
		count(f, answer);
		return answer->status;
	}
	if (findings_no_memory(&f->check->findings, &why))
		return 0;
	if (why.kind == ERROR_UNAVAILABLE)
		url_ask_tell(f, shown, "the web server was not checked",
		    "use a build with libcurl", why.text);
	else
		url_ask_tell(f, shown, "nothing is received",
		    "is the web server up, is this its address, and is its "
		    "certificate trusted?",
		    why.text);
	return 0;
}

/* The meaning of a server's statuses, which do not come from the responder. */
static const char *
explain(const struct url_probe *f, int status)
{
	if (status == 404 && f->ready)
		return "the responder does not know this source yet, or does "
		       "not get the request: reload it (SIGHUP), and check "
		       "that the server passes on POST and all paths below its "
		       "own";
	if (status == 404)
		return "this path does not lead to the responder: is the "
		       "shipped file included, the path the same in it, and "
		       "the URL without the name of a source?";
	if (status == 401)
		return "the web server wants a password here: Atlas has none";
	if (status == 405)
		return "the path after the responder's own does not arrive: "
		       "pass PATH_INFO on, like the shipped files";
	if (status == 429)
		return "the rate limit is too low; ask again in a minute";
	if (status >= 300 && status < 400)
		return "give Atlas the URL that it leads to: Atlas may not "
		       "follow redirects";
	if (status == 502 || status == 504)
		return "start the responder, and let the web server's user "
		       "connect to its socket";
	if (status == 503)
		return "the responder's log shows why it cannot store; or it "
		       "is not running";
	if (status == 413)
		return "raise the server's limit to twice max_body: "
		       "client_max_body_size, LimitRequestBody";
	if (status == 500)
		return "see the server's error log; with mod_fcgid raise "
		       "FcgidMaxRequestLen to twice max_body";
	return "is this the responder's URL? see the server's error log";
}

void
url_ask_tell_status(const struct url_probe *f, const char *url,
    const struct client_answer *answer, int wanted, const char *why)
{
	bool leads = answer->location.len > 0 && !answer->location.failed;
	char what[FINDING_TEXT];

	/* The target may hold the token that was sent. */
	snprintf(what, sizeof(what), "answers %d, not %d%s%.*s", answer->status,
	    wanted, leads ? ", and leads to " : "",
	    leads ? (int)strcspn(answer->location.data, "?") : 0,
	    leads ? answer->location.data : "");
	url_ask_tell(f, url, why, explain(f, answer->status), what);
}
