/* SPDX-License-Identifier: ISC */
/*
 * page_file: a file that readers see whole, the old one or the new one.
 */
#ifndef ALERTSPOOL_REPORT_PAGE_FILE_H
#define ALERTSPOOL_REPORT_PAGE_FILE_H

#include <sys/types.h>

#include "lib/base/buf.h"

struct error;

/*
 * Write the page as another file of this mode beside the path, flush it and rename it
 * over the path. 0, or -1 and what was there stays: ERROR_BUSY when another process is
 * writing there, ERROR_IO for all else.
 */
int page_file_write(const char *path, mode_t mode, const struct buf *page,
    struct error *);

#endif
