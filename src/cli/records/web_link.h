/* SPDX-License-Identifier: ISC */
/* web_link: the address of a record's project in the sender's web interface. */
#ifndef ALERTSPOOL_RECORDS_WEB_LINK_H
#define ALERTSPOOL_RECORDS_WEB_LINK_H

#include "cli/records/record_view.h"

/* Set the buffer to "https://HOST/v2/PROJECT#/alerts": the host is that of the alert's
 * own link, only with https and only mongodb.com or below, the project 24 hexadecimal
 * digits. "" if the record lacks one of them. Memory failing marks the buffer. */
void web_link(struct buf *, const struct record_view *);

#endif
