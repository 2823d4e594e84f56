#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One message is far smaller than this, and so are the few that may wait while the reader is behind. */
#define QUEUE_SIZE (1024U * 1024U)

static char queue[QUEUE_SIZE];
static size_t queue_start; /* first byte not yet sent */
static size_t message_start; /* first byte of the message being built; what is before it is queued */
static size_t queue_end;
static bool need_comma;
static bool overflow;
static bool reader_gone;

void json_init(void) {
  if (!isatty(STDOUT_FILENO)) {
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags >= 0) (void)fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
  }
}

static void put(const char *bytes, size_t length) {
  if (length > QUEUE_SIZE - queue_end) {
    overflow = true;
    return;
  }
  memcpy(queue + queue_end, bytes, length);
  queue_end += length;
}

static void put_text(const char *text) { put(text, strlen(text)); }

static void put_quoted(const char *text) {
  put("\"", 1);
  for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
    char escaped[8];
    if (*p == '"' || *p == '\\') {
      escaped[0] = '\\';
      escaped[1] = (char)*p;
      put(escaped, 2);
    } else if (*p < 0x20 || *p == 0x7f) {
      (void)snprintf(escaped, sizeof escaped, "\\u%04x", *p);
      put_text(escaped);
    } else {
      put((const char *)p, 1);
    }
  }
  put("\"", 1);
}

static void put_key(const char *key) {
  if (need_comma) put(",", 1);
  need_comma = true;
  if (key) {
    put_quoted(key);
    put(":", 1);
  }
}

void json_begin(const char *type) {
  if (queue_start > 0) {
    memmove(queue, queue + queue_start, queue_end - queue_start);
    queue_end -= queue_start;
    queue_start = 0;
  }
  message_start = queue_end;
  overflow = false;
  put("{", 1);
  need_comma = false;
  json_string("type", type);
}

void json_string(const char *key, const char *value) {
  put_key(key);
  put_quoted(value);
}

void json_uint(const char *key, uint64_t value) {
  char digits[24];
  put_key(key);
  (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
  put_text(digits);
}

void json_bool(const char *key, bool value) {
  put_key(key);
  put_text(value ? "true" : "false");
}

void json_open(const char *key, char bracket) {
  put_key(key);
  put(&bracket, 1);
  need_comma = false;
}

void json_close(char bracket) {
  put(&bracket, 1);
  need_comma = true;
}

void json_end(bool may_be_lost) {
  put("}\n", 2);
  if (overflow || (may_be_lost && message_start > queue_start)) queue_end = message_start;
  message_start = queue_end;
  (void)json_pump();
}

bool json_pump(void) {
  while (queue_start < queue_end && !reader_gone) {
    ssize_t sent = write(STDOUT_FILENO, queue + queue_start, queue_end - queue_start);
    if (sent > 0) {
      queue_start += (size_t)sent;
    } else if (sent < 0 && errno == EINTR) {
      continue;
    } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return true;
    } else {
      reader_gone = true;
    }
  }
  return !reader_gone;
}

bool json_pending(void) { return queue_start < queue_end && !reader_gone; }

void json_drain(int milliseconds) {
  while (json_pump() && queue_start < queue_end && milliseconds > 0) {
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
    if (poll(&out, 1, 20) == 0) milliseconds -= 20;
  }
}

static const char *skip_space(const char *p) {
  while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') p++;
  return p;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Reads four hexadecimal digits; -1 when they are not. */
static long hex4(const char *p) {
  long value = 0;
  for (int i = 0; i < 4; i++) {
    int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/* Encodes one code point as UTF-8 and returns its length. */
static size_t utf8(unsigned long code, char *out) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  if (code < 0x800) {
    out[0] = (char)(0xc0 | (code >> 6));
    out[1] = (char)(0x80 | (code & 0x3f));
    return 2;
  }
  if (code < 0x10000) {
    out[0] = (char)(0xe0 | (code >> 12));
    out[1] = (char)(0x80 | ((code >> 6) & 0x3f));
    out[2] = (char)(0x80 | (code & 0x3f));
    return 3;
  }
  out[0] = (char)(0xf0 | (code >> 18));
  out[1] = (char)(0x80 | ((code >> 12) & 0x3f));
  out[2] = (char)(0x80 | ((code >> 6) & 0x3f));
  out[3] = (char)(0x80 | (code & 0x3f));
  return 4;
}

/* Reads a string literal at `p` into `out`; returns the place behind it, or NULL. */
static const char *parse_string(const char *p, char *out, size_t size) {
  size_t length = 0;
  if (*p++ != '"') return NULL;
  while (*p != '"') {
    char piece[4];
    size_t n = 1;
    if ((unsigned char)*p < 0x20) return NULL;
    if (*p != '\\') {
      piece[0] = *p++;
    } else {
      p++;
      switch (*p++) {
        case '"': piece[0] = '"'; break;
        case '\\': piece[0] = '\\'; break;
        case '/': piece[0] = '/'; break;
        case 'b': piece[0] = '\b'; break;
        case 'f': piece[0] = '\f'; break;
        case 'n': piece[0] = '\n'; break;
        case 'r': piece[0] = '\r'; break;
        case 't': piece[0] = '\t'; break;
        case 'u': {
          long code = hex4(p);
          if (code <= 0) return NULL;
          p += 4;
          if (code >= 0xd800 && code < 0xdc00) {
            long low = p[0] == '\\' && p[1] == 'u' ? hex4(p + 2) : -1;
            if (low < 0xdc00 || low > 0xdfff) return NULL;
            p += 6;
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          } else if (code >= 0xdc00 && code < 0xe000) {
            return NULL;
          }
          n = utf8((unsigned long)code, piece);
          break;
        }
        default: return NULL;
      }
    }
    if (length + n >= size) return NULL;
    memcpy(out + length, piece, n);
    length += n;
  }
  out[length] = '\0';
  return p + 1;
}

bool json_parse(const char *text, void (*visit)(const struct json_member *member, void *context), void *context) {
  static struct json_member member;
  const char *p = skip_space(text);
  if (*p++ != '{') return false;
  p = skip_space(p);
  if (*p == '}') return *skip_space(p + 1) == '\0';
  for (;;) {
    p = parse_string(skip_space(p), member.key, sizeof member.key);
    if (!p) return false;
    p = skip_space(p);
    if (*p++ != ':') return false;
    p = skip_space(p);
    member.text[0] = '\0';
    member.number = 0;
    if (*p == '"') {
      member.type = 's';
      p = parse_string(p, member.text, sizeof member.text);
      if (!p) return false;
    } else if (strncmp(p, "true", 4) == 0 || strncmp(p, "null", 4) == 0) {
      member.type = *p == 't' ? 'b' : '0';
      member.number = *p == 't' ? 1 : 0;
      p += 4;
    } else if (strncmp(p, "false", 5) == 0) {
      member.type = 'b';
      p += 5;
    } else if (*p == '-' || (*p >= '0' && *p <= '9')) {
      char *end;
      member.type = 'n';
      member.number = strtod(p, &end);
      if (end == p || !isfinite(member.number)) return false;
      p = end;
    } else {
      return false;
    }
    visit(&member, context);
    p = skip_space(p);
    if (*p == '}') return *skip_space(p + 1) == '\0';
    if (*p++ != ',') return false;
  }
}
