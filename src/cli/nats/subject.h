/* SPDX-License-Identifier: ISC */
/*
 * subject: where on the bus a record goes, from a template like
 * "atlas.alerts.{project}.{event}".
 *
 * A field becomes one safe token: of its text, characters outside
 * [A-Za-z0-9_-] are "_" each, at most 64 of them; nothing is "-". {alert} is
 * ALERT of the record's name: the id, and "+SOURCE" for all but "default". So no
 * record can choose a subject that the template does not mean, or that of an
 * alert of another source. Pure functions.
 */
#ifndef ALERTSPOOL_NATS_SUBJECT_H
#define ALERTSPOOL_NATS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;
struct record_view;

#define SUBJECT_DEFAULT "atlas.alerts.{project}.{event}"

/* Of a template, and of the subjects it makes. */
#define SUBJECT_TEMPLATE_MAX 256
#define SUBJECT_SIZE 1152

/* Is this a template: tokens between dots, of printable ASCII without "*" and
 * ">", not beginning with "$", fields that are known? 0, or -1 with
 * ERROR_USAGE. */
int subject_check(const char *template, struct error *);

/* The subject of a record. The template must have passed subject_check(). */
void subject_make(const char *template, const struct record_view *,
    char out[static SUBJECT_SIZE]);

/* Append the pattern of all subjects that the template makes: "*" for each
 * token with a field. */
void subject_pattern(const char *template, struct buf *);

/* Does one pattern ("*" is a token, a last ">" is one or more) match all that
 * the other one does? */
bool subject_covers(const char *pattern, const char *other);

/* "{project} {event} …", for help. Static. */
const char *subject_fields(void);

#endif
