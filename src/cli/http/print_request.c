/* SPDX-License-Identifier: ISC */
/* print_request: makes both forms from the same headers, so that they agree. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/http/print_request.h"
#include "cli/http/url.h"
#include "cli/output/format.h"
#include "cli/output/shell_quote.h"

/* Each of the lines as an option -H. */
static void
add_header_options(struct buf *out, const struct client_request *request)
{
	struct buf lines = BUF_INIT;
	const char *line, *end;

	client_headers(&lines, request, "\n");
	for (line = lines.data; line != NULL && *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		buf_adds(out, " \\\n\t-H ");
		shell_quote(out, line, (size_t)(end - line));
	}
	out->failed = out->failed || lines.failed;
	buf_free(&lines);
}

static void
add_curl(struct buf *out, const struct client_request *request, const char *url,
    const char *file)
{
	buf_adds(out, "curl");
	add_header_options(out, request);
	/* curl takes "@" for a file; none of our bodies begins with it. */
	buf_adds(out, " \\\n\t--data-binary ");
	if (file != NULL) {
		buf_addc(out, '@');
		shell_quote(out, file, strlen(file));
	} else {
		shell_quote(out, request->body, request->len);
	}
	buf_adds(out, " \\\n\t");
	shell_quote(out, url, strlen(url));
	buf_adds(out, "\n\n");
}

static void
add_head(struct buf *out, const struct client_request *request, const char *url)
{
	const char *authority, *path;
	size_t n;

	url_split(url, &authority, &n, &path);
	buf_addf(out, "POST %s%s HTTP/1.1\r\n", *path == '/' ? "" : "/", path);
	buf_addf(out, "Host: %.*s\r\n", (int)n, authority);
	client_headers(out, request, "\r\n");
	buf_addf(out, "Content-Length: %zu\r\n\r\n", request->len);
}

int
print_request(const struct client_request *request, const char *file,
    bool terminal, struct error *error)
{
	struct buf url = BUF_INIT, curl = BUF_INIT, head = BUF_INIT;
	int rc = -1;

	url_add_masked(&url, request->url);
	if (buf_check(&url, error) == -1)
		goto out;
	add_curl(&curl, request, url.data, file);
	add_head(&head, request, url.data);
	if (buf_check(&curl, error) == -1 || buf_check(&head, error) == -1)
		goto out;
	/* The file's name may hold any character. */
	if (terminal)
		format_print_lines(curl.data, curl.len);
	else
		fwrite(curl.data, 1, curl.len, stdout);
	fwrite(head.data, 1, head.len, stdout);
	if (terminal)
		format_print_lines(request->body, request->len);
	else
		fwrite(request->body, 1, request->len, stdout);
	rc = 0;
out:
	buf_free(&url);
	buf_free(&curl);
	buf_free(&head);
	return rc;
}
