#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTION_BLOCK 0x0a0d0d0aU
#define BYTE_ORDER_MAGIC 0x1a2b3c4dU
#define INTERFACE_BLOCK 1U
#define OLD_PACKET_BLOCK 2U
#define SIMPLE_PACKET_BLOCK 3U
#define NAMES_BLOCK 4U
#define PACKET_BLOCK 6U
#define SECRETS_BLOCK 10U

/* No block is longer; the buffer holds two. */
#define LONGEST_BLOCK (512U * 1024U)
#define BUFFER (2U * LONGEST_BLOCK)
/* Interfaces that are kept account of. */
#define MOST_INTERFACES 10000U
/* Bytes that every file begins with; secrets and names beyond half of it are written once, where they come. */
#define MOST_HEAD (16U * 1024U * 1024U)
#define LONGEST_NAME 255U

int stream_open(struct stream *stream, int fd, bool in_section) {
  memset(stream, 0, sizeof *stream);
  stream->fd = -1;
  stream->buffer = malloc(BUFFER);
  if (!stream->buffer) return ENOMEM;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return errno;
  stream->fd = fd;
  stream->in_section = in_section;
  return 0;
}

static uint32_t get32(const struct stream *stream, const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return stream->swapped ? __builtin_bswap32(value) : value;
}

static uint16_t get16(const struct stream *stream, const uint8_t *at) {
  uint16_t value;
  memcpy(&value, at, sizeof value);
  return stream->swapped ? __builtin_bswap16(value) : value;
}

bool stream_fill(struct stream *stream) {
  if (stream->fd < 0) return false;
  if (stream->taken) {
    stream->used -= stream->taken;
    memmove(stream->buffer, stream->buffer + stream->taken, stream->used);
    stream->taken = 0;
  }
  while (stream->used < BUFFER) {
    ssize_t n = read(stream->fd, stream->buffer + stream->used, BUFFER - stream->used);
    if (n > 0) {
      stream->used += (size_t)n;
    } else if (n < 0 && errno == EINTR) {
      continue;
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return true;
    } else {
      stream_close(stream);
      return false;
    }
  }
  return true;
}

static bool keep(struct stream *stream, const struct stream_block *block, size_t most) {
  size_t needed = stream->head_used + block->length;
  if (needed > most) return false;
  if (needed > stream->head_size) {
    size_t size = needed * 2;
    uint8_t *head = realloc(stream->head, size);
    if (!head) return false;
    stream->head = head;
    stream->head_size = size;
  }
  memcpy(stream->head + stream->head_used, block->bytes, block->length);
  stream->head_used = needed;
  return true;
}

/* Interface description block (pcapng, 4.2): options 2, its name, and 9, the unit of its times. */
static bool describe(struct stream *stream, const struct stream_block *block) {
  if (block->length < 20 || stream->count == MOST_INTERFACES) return false;
  if (stream->count == stream->room) {
    unsigned room = stream->room ? stream->room * 2 : 16;
    struct stream_interface *more = realloc(stream->interfaces, room * sizeof *more);
    if (!more) return false;
    stream->interfaces = more;
    stream->room = room;
  }
  struct stream_interface *i = &stream->interfaces[stream->count];
  *i = (struct stream_interface){.link_type = get16(stream, block->bytes + 8),
                                 .snap_len = get32(stream, block->bytes + 12),
                                 .precision = "us"};
  uint32_t end = block->length - 4;
  for (uint32_t at = 16; at + 4 <= end;) {
    uint16_t code = get16(stream, block->bytes + at);
    uint32_t length = get16(stream, block->bytes + at + 2);
    at += 4;
    if (code == 0 || length > end - at) break;
    if (code == 2 && length && !i->name) {
      i->name = strndup((const char *)block->bytes + at, length < LONGEST_NAME ? length : LONGEST_NAME);
    }
    if (code == 9 && length) {
      unsigned unit = block->bytes[at];
      /* Three bits of two make about one digit of ten. */
      unsigned digits = unit & 0x80 ? (unit & 0x7f) * 3 / 10 : unit;
      i->precision = digits > 6 ? "ns" : digits > 3 ? "us" : "ms";
    }
    at += (length + 3U) & ~3U;
  }
  stream->count++;
  return keep(stream, block, MOST_HEAD);
}

/* What is no packet is looked into, and kept where later files need it. Returns false when it is not possible. */
static bool look(struct stream *stream, struct stream_block *block, uint32_t type) {
  const uint8_t *bytes = block->bytes;
  switch (type) {
    case SECTION_BLOCK:
      if (block->length < 28) return false;
      block->section = true;
      stream->in_section = true;
      stream->first = stream->count;
      stream->head_used = 0;
      return keep(stream, block, MOST_HEAD);
    case INTERFACE_BLOCK:
      return describe(stream, block);
    case OLD_PACKET_BLOCK:
    case PACKET_BLOCK:
      if (block->length < 32) return false;
      block->packet = true;
      block->interface = type == PACKET_BLOCK ? get32(stream, bytes + 8) : get16(stream, bytes + 8);
      block->captured = get32(stream, bytes + 20);
      return block->captured <= block->length - 32;
    case SIMPLE_PACKET_BLOCK: {
      if (block->length < 16) return false;
      block->packet = true;
      uint32_t snap_len = stream->first < stream->count ? stream->interfaces[stream->first].snap_len : 0;
      block->captured = get32(stream, bytes + 8);
      if (block->captured > block->length - 16) block->captured = block->length - 16;
      if (snap_len && block->captured > snap_len) block->captured = snap_len;
      return true;
    }
    case NAMES_BLOCK:
    case SECRETS_BLOCK:
      if (!stream->begun) return keep(stream, block, MOST_HEAD);
      (void)keep(stream, block, MOST_HEAD / 2);
      return true;
    default:
      return stream->begun || keep(stream, block, MOST_HEAD);
  }
}

enum stream_state stream_next(struct stream *stream, struct stream_block *block) {
  const uint8_t *bytes = stream->buffer + stream->taken;
  size_t left = stream->used - stream->taken;
  if (left < 12) return stream->fd < 0 ? STREAM_ENDED : STREAM_EMPTY;
  uint32_t type;
  memcpy(&type, bytes, sizeof type);
  if (type == SECTION_BLOCK) {
    uint32_t order;
    memcpy(&order, bytes + 8, sizeof order);
    if (order != BYTE_ORDER_MAGIC && order != __builtin_bswap32(BYTE_ORDER_MAGIC)) return STREAM_BROKEN;
    stream->swapped = order != BYTE_ORDER_MAGIC;
  } else if (!stream->in_section) {
    return STREAM_BROKEN;
  }
  type = get32(stream, bytes);
  uint32_t length = get32(stream, bytes + 4);
  if (length < 12 || length % 4 || length > LONGEST_BLOCK) return STREAM_BROKEN;
  if (length > left) return stream->fd < 0 ? STREAM_ENDED : STREAM_EMPTY;
  if (get32(stream, bytes + length - 4) != length) return STREAM_BROKEN;
  *block = (struct stream_block){.bytes = bytes, .length = length, .swapped = stream->swapped};
  if (!look(stream, block, type)) return STREAM_BROKEN;
  stream->taken += length;
  return STREAM_BLOCK;
}

uint32_t stream_length(const struct stream *stream, const uint8_t *block) { return get32(stream, block + 4); }

bool stream_head_waits(const struct stream *stream) {
  const uint8_t *bytes = stream->buffer + stream->taken;
  size_t left = stream->used - stream->taken;
  if (left < 12) return false;
  uint32_t type = get32(stream, bytes);
  return type != PACKET_BLOCK && type != OLD_PACKET_BLOCK && type != SIMPLE_PACKET_BLOCK &&
         get32(stream, bytes + 4) <= left;
}

void stream_close(struct stream *stream) {
  if (stream->fd >= 0) (void)close(stream->fd);
  stream->fd = -1;
}

void stream_free(struct stream *stream) {
  stream_close(stream);
  for (unsigned n = 0; n < stream->count; n++) free(stream->interfaces[n].name);
  free(stream->interfaces);
  free(stream->head);
  free(stream->buffer);
  stream->interfaces = NULL;
  stream->head = NULL;
  stream->buffer = NULL;
  stream->count = 0;
}
