/* Text in UTF-8, which is all that the result file and run.json hold. */
#ifndef PARAUDIT_BASE_UTF8_H
#define PARAUDIT_BASE_UTF8_H

/* Bytes of the well-formed character at the start of a text that a zero byte ends
 * (RFC 3629), 0 where there is none. */
int pa_utf8_length(const char *text);

/* Every byte that belongs to no character becomes '?': names of files may be of any
 * bytes. In place. */
void pa_utf8_mend(char *text);

#endif
