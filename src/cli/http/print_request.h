/* SPDX-License-Identifier: ISC */
/*
 * print_request: a request on paper, instead of over the wire.
 */
#ifndef ALERTSPOOL_HTTP_PRINT_REQUEST_H
#define ALERTSPOOL_HTTP_PRINT_REQUEST_H

#include "cli/http/client.h"

struct error;

/*
 * Print the request twice, every token of its URL masked as "***": as a command
 * line for curl(1), then, behind an empty line, as it goes over the wire, the
 * body last and byte for byte. file is where the body came from ("-" for
 * standard input), which curl is told to read; NULL: it stands in the line. For
 * a terminal, the body is made harmless. 0 or -1.
 */
int print_request(const struct client_request *, const char *file,
    bool terminal, struct error *);

#endif
