/*
 * JSON lines: how the helper speaks to the program that started it.
 *
 * Each message is one object on one line of standard output. Writing never blocks the capture: when the reader
 * is slow, messages that may be lost (counters) are left out and the others wait in a bounded queue.
 */
#ifndef TAPLINE_JSON_H
#define TAPLINE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes standard output non-blocking (unless it is a terminal). Call once, before the first message. */
void json_init(void);

/* Begins a message {"type":"<type>" … */
void json_begin(const char *type);
/* Members. A NULL key writes an array element. */
void json_string(const char *key, const char *value);
void json_uint(const char *key, uint64_t value);
void json_bool(const char *key, bool value);
void json_open(const char *key, char bracket);
void json_close(char bracket);
/* Ends the message and sends it. A message that may be lost is dropped while the reader is behind. */
void json_end(bool may_be_lost);

/* Sends what is queued, as far as the reader takes it now. Returns false when nobody reads any more. */
bool json_pump(void);
/* True while messages wait for the reader. */
bool json_pending(void);
/* Sends everything queued, waiting for the reader up to `milliseconds`. */
void json_drain(int milliseconds);

/*
 * One member of a flat request object. `type` is 's' (text in `text`), 'n' (number), 'b' (bool in number), '0' (null).
 * Text longer than the buffer makes the request invalid.
 */
struct json_member {
  char key[32];
  char type;
  double number;
  char text[16384];
};

/*
 * Parses one flat JSON object (no nested values), calling `visit` for each member.
 * Returns false when the text is not such an object.
 */
bool json_parse(const char *text, void (*visit)(const struct json_member *member, void *context), void *context);

#endif
