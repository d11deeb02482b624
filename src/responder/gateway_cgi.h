/* SPDX-License-Identifier: ISC */
/*
 * gateway_cgi: the request of a CGI run (RFC 3875): the environment, the body on standard
 * input, the answer on standard output.
 */
#ifndef ALERTSPOOL_RESPONDER_GATEWAY_CGI_H
#define ALERTSPOOL_RESPONDER_GATEWAY_CGI_H

#include <stdbool.h>
#include <stdint.h>

#include "responder/gateway.h"

/* Was this process started by a web server as a CGI program? */
bool cgi_is_request(void);

/*
 * Did the server pass the query string as arguments? RFC 3875 section 4.4 allows that if
 * the query holds no '='; then none of them is the operator's.
 */
bool cgi_arguments_are_query(void);

/* The gateway of this process; its body is cut off timeout_ms from now.
 * Borrowed, static. */
const struct gateway *cgi_gateway(int64_t timeout_ms);

#endif
