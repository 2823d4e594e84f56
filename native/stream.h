/*
 * Packets that somebody else captured: pcapng blocks that come through a descriptor, from a pipe or a program.
 *
 * Who starts the helper has read what came and hands on whole blocks; they are checked here once more, so that nothing
 * that comes can make the helper read or write where it may not. Blocks are taken as they are, in the byte order of
 * their section. What a file has to begin with (section, interfaces, secrets, names) is kept, bounded, so that each of
 * several files can begin with it.
 */
#ifndef TAPLINE_STREAM_H
#define TAPLINE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An interface that the stream describes, and what came on it. */
struct stream_interface {
  char *name; /* NULL when it has none */
  uint16_t link_type;
  uint32_t snap_len;
  const char *precision; /* "ns", "us" or "ms" */
  uint64_t packets, bytes;
};

/* A whole block; good until the next call. */
struct stream_block {
  const uint8_t *bytes;
  uint32_t length;
  bool section;
  bool packet;
  bool swapped;        /* in the other byte order than the machine's */
  uint32_t interface;  /* of a packet, as the block numbers it */
  uint32_t captured;   /* bytes of a packet */
};

struct stream {
  int fd; /* -1 when nothing comes any more */
  uint8_t *buffer;
  size_t used, taken; /* bytes in the buffer, and those of them that were handed out */
  bool swapped;
  bool in_section;
  bool begun; /* the first file is written: what comes now is written where it comes */
  /* What a file begins with: whole blocks in the byte order of the present section. */
  uint8_t *head;
  size_t head_used, head_size;
  struct stream_interface *interfaces; /* of all sections */
  unsigned count, room;
  unsigned first; /* of the section's interfaces */
};

enum stream_state { STREAM_BLOCK, STREAM_EMPTY, STREAM_ENDED, STREAM_BROKEN };

/*
 * Takes the descriptor. `in_section` says that blocks come without a section header, in the machine's byte order.
 * Returns 0 or an errno.
 */
int stream_open(struct stream *stream, int fd, bool in_section);
/* Reads what is there, as far as there is room. Returns false at the end. */
bool stream_fill(struct stream *stream);
/* Hands out the next whole block that has been read. */
enum stream_state stream_next(struct stream *stream, struct stream_block *block);
/* Length of a block that was kept. */
uint32_t stream_length(const struct stream *stream, const uint8_t *block);
/* True while a whole block is there that is no packet. */
bool stream_head_waits(const struct stream *stream);
void stream_close(struct stream *stream);
void stream_free(struct stream *stream);

#endif
