/* SPDX-License-Identifier: ISC */
/* print_request: prints a request instead of sending it. */
#ifndef ALERTSPOOL_HTTP_PRINT_REQUEST_H
#define ALERTSPOOL_HTTP_PRINT_REQUEST_H

#include "cli/http/client.h"

struct error;

/*
 * Print the request twice, with every token of its URL masked as "***": as a command line
 * for curl(1), then, after an empty line, as HTTP, with the body last and byte for byte.
 * file is the source of the body ("-" for standard input), which curl must read; NULL:
 * the body is in the command line. For a terminal, the body is escaped. 0 or -1.
 */
int print_request(const struct client_request *, const char *file,
    bool terminal, struct error *);

#endif
