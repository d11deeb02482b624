/* SPDX-License-Identifier: ISC */
/* web_link: uses text of the body in a link only where it can do no harm. */
#include "config.h"

#include <string.h>

#include "cli/records/web_link.h"

#define SCHEME "https://"
#define DOMAIN "mongodb.com"
#define HOST_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789.-"
#define PROJECT_DIGITS 24

/* The length of the host after the scheme, or 0 if it is not the sender's. */
static size_t
host_length(const char *host)
{
	const size_t n = strspn(host, HOST_CHARACTERS);
	const size_t domain = strlen(DOMAIN);

	if ((host[n] != '/' && host[n] != '\0') || n < domain ||
	    memcmp(host + n - domain, DOMAIN, domain) != 0)
		return 0;
	return n == domain || host[n - domain - 1] == '.' ? n : 0;
}

void
web_link(struct buf *out, const struct record_view *v)
{
	const char *link = record_view_text(v, "alert.link");
	const char *project = record_view_text(v, "alert.project.id");
	size_t n;

	buf_reset(out);
	buf_adds(out, "");
	if (link == NULL || project == NULL ||
	    strncmp(link, SCHEME, strlen(SCHEME)) != 0 ||
	    strlen(project) != PROJECT_DIGITS ||
	    strspn(project, "0123456789abcdef") != PROJECT_DIGITS)
		return;
	link += strlen(SCHEME);
	n = host_length(link);
	if (n > 0)
		buf_addf(out, SCHEME "%.*s/v2/%s#/alerts", (int)n, link,
		    project);
}
