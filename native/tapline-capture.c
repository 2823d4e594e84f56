/*
 * tapline-capture: the only part of Tapline that needs privileges, and all it does is capture.
 *
 *   tapline-capture list [-i NAME] [--no-open]
 *   tapline-capture compile
 *   tapline-capture stats [--interval MS]
 *   tapline-capture capture -i NAME [options of the interface] [-i NAME …] -w FILE [options]
 *
 * It speaks JSON lines on standard output (see json.h) and takes the line "stop" on standard input.
 * The end of standard input means that whoever started it is gone, which ends a capture in good order too.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "privileges.h"
#include "query.h"
#include "ring.h"
#include "spool.h"
#include "stream.h"
#include "sync.h"

#ifndef TAPLINE_VERSION
#define TAPLINE_VERSION "unknown"
#endif

#define PROTOCOL 1
#define MAX_INTERFACES 32
#define MAX_SNAP_LEN 262144
/* Milliseconds the kernel may gather packets before it hands them over, and what may be asked for. */
#define READ_TIMEOUT 40
#define MAX_READ_TIMEOUT 2000
/* A packet waits no longer than this in the write buffer: with the time above 80 ms. */
#define FLUSH_AFTER 40
/* The kernel hands over what it holds at most so much after the read timeout. */
#define DRAIN 20
#define STATS_EVERY 500
/* How often what was written is brought to the disk, and how long the end waits for the last of it. */
#define SYNC_EVERY 2000
#define SYNC_AT_END 1000
/* Packets taken from one interface before the others and the clock get their turn. */
#define BATCH 8192
/* How long the last packets of pipes and programs are waited for, in milliseconds, when the capture is to end. */
#define STREAM_DRAIN 4000
/* How long the descriptions of their interfaces are waited for. */
#define STREAM_BEGIN 10000
/* Interfaces that are told of. */
#define MOST_TOLD 100

struct interface {
  const char *name;
  const char *filter;
  const char *link_type;
  const char *timestamp_type;
  int snap_len;
  int buffer_kib;
  bool promiscuous;
  bool monitor;
  bool immediate;
  bool microseconds; /* asked for */
  int read_timeout;
  pcap_direction_t direction;
  bool streamed;  /* its packets come through the stream, captured by somebody else */
  unsigned place; /* then: its number in the stream */

  pcap_t *handle;
  char *description;
  int fd;
  unsigned index; /* the system's number of the interface, 0 when it has none */
  bool nanoseconds;
  bool open;
  bool link_up;
  bool more; /* the last batch was full */
  uint64_t packets, bytes;
  struct pcap_stat kernel;
  uint64_t received, os_dropped, if_dropped; /* the kernel's 32-bit counters, unwrapped */
  bool counted;
  uint64_t begin_ns;       /* packets from before belong to no capture; 0 when all belong to it */
  uint64_t begin_until_ms; /* the clock may have been set back: later no packet is left out */
  const char *gone_code;   /* why it will be closed, as soon as the kernel has handed over what it holds */
  char gone_message[PCAP_ERRBUF_SIZE];
  uint64_t gone_until_ms;
  struct spool_statistics before; /* counters at the beginning of the file being written */
};

static struct interface interfaces[MAX_INTERFACES];
static unsigned interface_count;

static const char *output;
static bool exclusive;
static uint64_t sync_every = SYNC_EVERY;
static size_t write_buffer = 8U * 1024U * 1024U;
static uint64_t stop_packets, stop_bytes, stop_ms, stop_files;

/* When a new file is begun; 0 for never. */
static bool many_files;
static uint64_t next_bytes, next_packets, next_ms, next_interval_us, keep_files;

/* Where the packets of pipes and programs come from; -1 for nowhere. */
static int stream_fd = -1;
static struct stream stream;
static unsigned streamed_count;
static bool stream_over = true;

static struct spool spool;
static struct ring ring;
static char *path; /* of the file being written */
static uint64_t file_packets, file_since, file_start_us, file_until_us;
static uint64_t packets, bytes, written_packets;
static uint64_t pending_since;
static bool limit_reached;
static const char *stop_reason;
static bool confined;
static int signal_pipe[2] = {-1, -1};

static const char *error_code;
static char error_message[2 * PCAP_ERRBUF_SIZE + 64];
static const char *error_interface;
static const char *error_capability;

static uint64_t monotonic_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint64_t wall_us(void) {
  struct timeval now;
  (void)gettimeofday(&now, NULL);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_usec;
}

static uint64_t wall_ns(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

/* Remembers the first error; what follows from it is not reported. */
static void set_error(const char *code, const char *interface, const char *message) {
  if (error_code) return;
  error_code = code;
  error_interface = interface;
  (void)snprintf(error_message, sizeof error_message, "%s", message);
}

static void put_error(void) {
  json_string("code", error_code);
  json_string("message", error_message);
  if (error_interface) json_string("interface", error_interface);
  if (error_capability) json_string("capability", error_capability);
}

static int fail(int status) {
  json_begin("error");
  put_error();
  json_end(false);
  return status;
}

static int usage(const char *message, const char *argument) {
  char text[512];
  (void)snprintf(text, sizeof text, "%s%s%s", message, argument ? ": " : "", argument ? argument : "");
  set_error("usage", NULL, text);
  return fail(1);
}

static void notice(const char *code, const char *interface, const char *message) {
  json_begin("notice");
  json_string("code", code);
  if (interface) json_string("interface", interface);
  json_string("message", message);
  json_end(false);
}

static void on_signal(int number) {
  int saved = errno;
  char byte = (char)number;
  if (write(signal_pipe[1], &byte, 1) < 0) { /* full: a signal is waiting already */
  }
  errno = saved;
}

static bool next_file(void);

/* True when a block of that many bytes would make the file larger than it may become. */
static bool too_large(uint32_t length) {
  uint64_t after = spool.flushed + spool.used + length;
  return next_bytes && file_packets && after + interface_count * SPOOL_STATISTICS > next_bytes;
}

/* True for packets that came before the filter was in place. */
static bool too_early(struct interface *i, const struct pcap_pkthdr *header) {
  uint64_t time = (uint64_t)header->ts.tv_sec * 1000000000ULL +
                  (uint64_t)header->ts.tv_usec * (i->nanoseconds ? 1ULL : 1000ULL);
  if (time < i->begin_ns && monotonic_ms() < i->begin_until_ms) return true;
  i->begin_ns = 0;
  return false;
}

/* Counts a packet that was written, and sees whether it is the last one, or the file's last one. */
static void count_packet(uint32_t captured) {
  packets++;
  bytes += captured;
  file_packets++;
  if ((stop_packets && packets >= stop_packets) || (stop_bytes && spool.flushed + spool.used >= stop_bytes)) {
    limit_reached = true;
    stop_reason = stop_packets && packets >= stop_packets ? "packets" : "filesize";
  } else if (next_packets && file_packets >= next_packets && !next_file()) {
    limit_reached = true;
  }
}

static void on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *data) {
  struct interface *i = (struct interface *)(void *)user;
  if (limit_reached || (i->begin_ns && too_early(i, header))) return;
  if ((too_large(SPOOL_PACKET_FRAME + ((header->caplen + 3U) & ~3U)) && !next_file()) ||
      !spool_packet(&spool, (uint32_t)(i - interfaces), header, data, i->nanoseconds)) {
    limit_reached = true;
    pcap_breakloop(i->handle);
    return;
  }
  i->packets++;
  i->bytes += header->caplen;
  count_packet(header->caplen);
  if (limit_reached) pcap_breakloop(i->handle);
}

/* True when the stream is a file's whole content, with sections of its own. */
static bool stream_is_all(void) { return interface_count == 1; }

/* What is known of the interface that a block of the stream names; NULL when it has not been described. */
static struct stream_interface *described(uint32_t id) {
  uint32_t place;
  if (stream_is_all()) {
    place = stream.first + id;
    if (place < id) return NULL;
  } else if (id < interface_count) {
    if (!interfaces[id].streamed) return NULL;
    place = interfaces[id].place;
  } else {
    place = id - interface_count + streamed_count;
  }
  return place < stream.count ? &stream.interfaces[place] : NULL;
}

static bool any_open(void) {
  for (unsigned n = 0; n < interface_count; n++) {
    if (interfaces[n].open) return true;
  }
  return false;
}

/* What came through the stream is not what it has to be: the capture ends with what was before. */
static void stream_broken(void) {
  set_error("source", NULL, "What came from a pipe or program is damaged");
  stream_close(&stream);
  stream_over = true;
  limit_reached = true;
}

static void take_block(const struct stream_block *block) {
  struct stream_interface *i = block->packet ? described(block->interface) : NULL;
  if ((block->packet && !i) || (block->section && !stream_is_all())) {
    stream_broken();
    return;
  }
  if ((block->packet && too_large(block->length) && !next_file()) ||
      !spool_block(&spool, block->bytes, block->length, block->packet, block->swapped)) {
    limit_reached = true;
    return;
  }
  if (!i) return;
  i->packets++;
  i->bytes += block->captured;
  count_packet(block->captured);
}

/* Takes what has come through the stream. */
static void read_stream(void) {
  struct stream_block block;
  if (stream_over) return;
  (void)stream_fill(&stream);
  while (!limit_reached) {
    enum stream_state state = stream_next(&stream, &block);
    if (state == STREAM_BROKEN) {
      stream_broken();
    } else if (state == STREAM_BLOCK) {
      take_block(&block);
    } else {
      if (state == STREAM_ENDED) {
        stream_over = true;
        if (!any_open() && !stop_reason) stop_reason = "source-ended";
      }
      return;
    }
  }
}

/* Waits until the stream has described the interfaces whose packets come through it. */
static bool begin_stream(void) {
  if (!streamed_count) return true;
  int error = stream_open(&stream, stream_fd, !stream_is_all());
  if (error) {
    set_error("capture-failed", NULL, strerror(error));
    return false;
  }
  stream_over = false;
  uint64_t until = monotonic_ms() + STREAM_BEGIN;
  while (stream.count < streamed_count || stream_head_waits(&stream)) {
    struct stream_block block;
    enum stream_state state = stream_next(&stream, &block);
    if (state == STREAM_BROKEN || (state == STREAM_BLOCK && (block.packet || (block.section && !stream_is_all())))) {
      stream_broken();
      return false;
    }
    if (state == STREAM_BLOCK) continue;
    if (state == STREAM_ENDED || monotonic_ms() >= until) {
      set_error("source", NULL, "What came from a pipe or program does not describe its interfaces");
      return false;
    }
    struct pollfd in = {.fd = stream.fd, .events = POLLIN, .revents = 0};
    (void)poll(&in, 1, 100);
    (void)stream_fill(&stream);
  }
  stream.begun = true;
  return true;
}

#ifdef __linux__
/* Sockets cannot be made any more while capturing, so one is kept. */
static int control = -1;

static void watch_open(void) { control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); }

/* Asks the system about an interface. */
static bool ask(const struct interface *i, unsigned long what, struct ifreq *request) {
  memset(request, 0, sizeof *request);
  (void)snprintf(request->ifr_name, sizeof request->ifr_name, "%.15s", i->name);
  return ioctl(control, what, request) == 0;
}

static unsigned index_of(const struct interface *i) {
  struct ifreq request;
  if (control < 0) return 0;
  return ask(i, SIOCGIFINDEX, &request) ? (unsigned)request.ifr_ifindex : 0;
}

static bool link_is_up(const struct interface *i) {
  struct ifreq request;
  return !ask(i, SIOCGIFFLAGS, &request) || (request.ifr_flags & IFF_UP);
}
#else
static void watch_open(void) {}

static unsigned index_of(const struct interface *i) { return if_nametoindex(i->name); }

static bool link_is_up(const struct interface *i) {
  (void)i;
  return true;
}
#endif

static bool open_interface(struct interface *i) {
  char errbuf[PCAP_ERRBUF_SIZE] = "";
  int status;
  i->handle = pcap_create(i->name, errbuf);
  if (!i->handle) {
    set_error("capture-failed", i->name, errbuf);
    return false;
  }
  (void)pcap_set_snaplen(i->handle, i->snap_len);
  (void)pcap_set_promisc(i->handle, i->promiscuous);
  (void)pcap_set_timeout(i->handle, i->read_timeout);
  (void)pcap_set_buffer_size(i->handle, i->buffer_kib * 1024);
  if (i->immediate) (void)pcap_set_immediate_mode(i->handle, 1);
  if (i->monitor) (void)pcap_set_rfmon(i->handle, 1);
  if (i->timestamp_type) {
    int type = pcap_tstamp_type_name_to_val(i->timestamp_type);
    if (type < 0 || pcap_set_tstamp_type(i->handle, type) != 0) {
      char text[256];
      (void)snprintf(text, sizeof text, "%.64s is not a time stamp type of %.64s", i->timestamp_type, i->name);
      set_error("timestamp-type", i->name, text);
      return false;
    }
  }
  if (!i->microseconds) (void)pcap_set_tstamp_precision(i->handle, PCAP_TSTAMP_PRECISION_NANO);
  status = pcap_activate(i->handle);
  if (status < 0) {
    if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED) {
      error_capability = missing_capability(i->monitor);
    }
    set_error(libpcap_code(status), i->name, libpcap_message(i->handle, status));
    return false;
  }
  if (status > 0) notice("activated-with-warning", i->name, libpcap_message(i->handle, status));
  i->nanoseconds = pcap_get_tstamp_precision(i->handle) == PCAP_TSTAMP_PRECISION_NANO;
  if (i->link_type) {
    int dlt = pcap_datalink_name_to_val(i->link_type);
    if (dlt < 0 || pcap_set_datalink(i->handle, dlt) != 0) {
      char text[PCAP_ERRBUF_SIZE + 128];
      (void)snprintf(text, sizeof text, "%.64s is not a link type of %.64s", i->link_type, i->name);
      set_error("link-type", i->name, text);
      return false;
    }
  }
  if (i->direction != PCAP_D_INOUT && pcap_setdirection(i->handle, i->direction) != 0) {
    set_error("direction", i->name, pcap_geterr(i->handle));
    return false;
  }
  if (pcap_setnonblock(i->handle, 1, errbuf) != 0) {
    set_error("capture-failed", i->name, errbuf);
    return false;
  }
  i->fd = pcap_get_selectable_fd(i->handle);
  i->index = index_of(i);
  i->open = true;
  i->link_up = true;
  return true;
}

/* Adds what a wrapping 32-bit counter moved by. */
static void advance(uint64_t *total, u_int *last, u_int now) {
  *total += (uint32_t)(now - *last);
  *last = now;
}

static void read_counters(struct interface *i) {
  struct pcap_stat now;
  if (!i->open || pcap_stats(i->handle, &now) != 0) return;
  advance(&i->received, &i->kernel.ps_recv, now.ps_recv);
  advance(&i->os_dropped, &i->kernel.ps_drop, now.ps_drop);
  advance(&i->if_dropped, &i->kernel.ps_ifdrop, now.ps_ifdrop);
  i->counted = true;
}

/*
 * libpcap puts a filter in place in three steps: nothing passes, what was there before is thrown away, the filter. But
 * what the mapped ring held by then stays, so that between it and the first packet behind the filter some are missing.
 * Therefore the capture begins here, with all that comes behind the filter.
 */
static void begin_interface(struct interface *i) {
  /* The adapter's clock says nothing about ours. */
  if (!i->timestamp_type || strncmp(i->timestamp_type, "host", 4) == 0) {
    i->begin_ns = wall_ns();
    i->begin_until_ms = monotonic_ms() + 1000;
  }
  read_counters(i);
  i->received = i->os_dropped = i->if_dropped = 0;
}

static bool set_filter(struct interface *i) {
  char errbuf[PCAP_ERRBUF_SIZE];
  bpf_u_int32 net;
  bpf_u_int32 mask;
  struct bpf_program program;
  if (!i->filter || !*i->filter) return true;
  if (pcap_lookupnet(i->name, &net, &mask, errbuf) != 0) mask = PCAP_NETMASK_UNKNOWN;
  if (pcap_compile(i->handle, &program, i->filter, 1, mask) != 0) {
    set_error("filter", i->name, pcap_geterr(i->handle));
    return false;
  }
  int status = pcap_setfilter(i->handle, &program);
  pcap_freecode(&program);
  if (status != 0) {
    set_error("filter", i->name, pcap_geterr(i->handle));
    return false;
  }
  begin_interface(i);
  return true;
}

static void describe_interfaces(void) {
  char errbuf[PCAP_ERRBUF_SIZE];
  pcap_if_t *devices = NULL;
  if (pcap_findalldevs(&devices, errbuf) != 0) return;
  for (unsigned n = 0; n < interface_count; n++) {
    for (const pcap_if_t *d = devices; d; d = d->next) {
      if (d->description && strcmp(d->name, interfaces[n].name) == 0 && !interfaces[n].description) {
        interfaces[n].description = strdup(d->description);
      }
    }
  }
  pcap_freealldevs(devices);
}

/* Writes the next of the blocks that came through the stream before the first packet; returns what is behind it. */
static const uint8_t *write_head(const uint8_t *block) {
  uint32_t length = stream_length(&stream, block);
  (void)spool_block(&spool, block, length, false, stream.swapped);
  return block + length;
}

static void write_headers(void) {
  struct utsname system;
  char os[sizeof system.sysname + sizeof system.release + 2] = "";
  const char *hardware = NULL;
  if (uname(&system) == 0) {
    (void)snprintf(os, sizeof os, "%s %s", system.sysname, system.release);
    hardware = system.machine;
  }
  const uint8_t *head = stream.head;
  if (streamed_count == 0 || !stream_is_all()) {
    spool_section(&spool, hardware, os, "Tapline " TAPLINE_VERSION);
    for (unsigned n = 0; n < interface_count; n++) {
      const struct interface *i = &interfaces[n];
      if (i->streamed) {
        head = write_head(head);
        continue;
      }
      struct spool_interface block = {
          .link_type = link_type_of(pcap_datalink(i->handle)),
          .snap_len = (uint32_t)i->snap_len,
          .nanoseconds = i->nanoseconds,
          .name = i->name,
          .description = i->description,
          .filter = i->filter,
          .os = os,
      };
      spool_interface(&spool, &block);
    }
  }
  while (head && head < stream.head + stream.head_used) head = write_head(head);
}

/* How many interfaces are told of, and what the stream says of one of them; NULL for those of the system. */
static unsigned told_count(void) {
  unsigned count = interface_count + (stream.count > streamed_count ? stream.count - streamed_count : 0);
  return count < MOST_TOLD ? count : MOST_TOLD;
}

static const struct stream_interface *told(unsigned n) {
  if (n >= interface_count) return &stream.interfaces[n - interface_count + streamed_count];
  return interfaces[n].streamed ? &stream.interfaces[interfaces[n].place] : NULL;
}

/* A stream's interface without a name is called as what it comes from, if that is known. */
static const char *name_of(unsigned n, const struct stream_interface *of_stream) {
  if (of_stream && of_stream->name) return of_stream->name;
  return interfaces[n < interface_count ? n : 0].name;
}

static void report_started(void) {
  json_begin("started");
  json_string("file", path);
  json_bool("confined", confined);
  json_open("interfaces", '[');
  for (unsigned n = 0; n < told_count(); n++) {
    const struct stream_interface *s = told(n);
    const struct interface *i = s ? NULL : &interfaces[n];
    int dlt = i ? pcap_datalink(i->handle) : -1;
    const char *type = i ? pcap_datalink_val_to_name(dlt) : NULL;
    json_open(NULL, '{');
    json_uint("id", n);
    json_string("name", name_of(n, s));
    json_uint("linkType", i ? link_type_of(dlt) : s->link_type);
    if (type) json_string("linkTypeName", type);
    json_uint("snapLen", i ? (uint64_t)i->snap_len : s->snap_len);
    json_bool("promiscuous", i && i->promiscuous);
    json_bool("monitor", i && i->monitor);
    json_string("precision", s ? s->precision : i->nanoseconds ? "ns" : "us");
    json_uint("bufferKiB", i ? (uint64_t)i->buffer_kib : 0);
    json_string("filter", n < interface_count && interfaces[n].filter ? interfaces[n].filter : "");
    json_close('}');
  }
  json_close(']');
  json_end(false);
}

static void put_totals(uint64_t elapsed) {
  json_uint("elapsedMs", elapsed);
  json_uint("packets", packets);
  json_uint("bytes", bytes);
  json_uint("fileBytes", spool.flushed);
  json_uint("filePackets", spool.flushed_packets);
  json_open("interfaces", '[');
  for (unsigned n = 0; n < told_count(); n++) {
    const struct stream_interface *s = told(n);
    const struct interface *i = s ? NULL : &interfaces[n];
    json_open(NULL, '{');
    json_uint("id", n);
    json_string("name", name_of(n, s));
    json_uint("packets", s ? s->packets : i->packets);
    json_uint("bytes", s ? s->bytes : i->bytes);
    if (i && i->counted) {
      json_uint("received", i->received);
      json_uint("kernelDropped", i->os_dropped);
      json_uint("interfaceDropped", i->if_dropped);
    }
    json_close('}');
  }
  json_close(']');
}

static void report_data(void) {
  json_begin("data");
  json_uint("fileBytes", spool.flushed);
  json_uint("filePackets", spool.flushed_packets);
  json_end(true);
}

static void flush(void) {
  pending_since = 0;
  if (!spool.used) return;
  if (spool_flush(&spool)) {
    report_data();
  } else {
    limit_reached = true;
  }
}

static void report_file(const char *name, uint64_t count, uint64_t length, bool closed, bool removed) {
  json_begin("file");
  json_string("path", name);
  json_uint("packets", count);
  json_uint("bytes", length);
  json_bool("closed", closed);
  if (removed) json_bool("removed", true);
  json_end(false);
}

static void output_error(const char *name, int error) {
  char text[sizeof error_message];
  uint64_t lost = packets - written_packets;
  int length = snprintf(text, sizeof text, "%.400s: %s", name, strerror(error));
  if (lost && length > 0) {
    (void)snprintf(text + length, sizeof text - (size_t)length, " (%llu packets could not be written)",
                   (unsigned long long)lost);
  }
  set_error(error == ENOSPC || error == EDQUOT ? "disk-full" : "output", NULL, text);
}

/* Opens the next file, or the only one, and writes what a section begins with. */
static bool begin_file(void) {
  path = many_files ? ring_next(&ring) : strdup(output);
  int error = path ? spool_open(&spool, path, exclusive) : ENOMEM;
  if (error) {
    output_error(path ? path : output, error);
    return false;
  }
  file_packets = 0;
  file_since = monotonic_ms();
  file_start_us = wall_us();
  if (next_interval_us) file_until_us = (file_start_us / next_interval_us + 1) * next_interval_us;
  for (unsigned n = 0; n < interface_count; n++) {
    struct interface *i = &interfaces[n];
    i->before.received = i->received;
    i->before.if_dropped = i->if_dropped;
    i->before.os_dropped = i->os_dropped;
    i->before.delivered = i->packets;
  }
  write_headers();
  if (spool_flush(&spool)) return true;
  /* There was no such file before, and there is nothing in it. */
  if ((many_files || exclusive) && !spool.flushed) {
    sync_removed(path);
    (void)spool_close(&spool);
    (void)unlink(path);
  }
  output_error(path, spool.error);
  return false;
}

/* Writes the statistics since the file was begun, one block for each interface, and closes it. */
static bool end_file(void) {
  uint64_t end_us = wall_us();
  for (unsigned n = 0; n < interface_count; n++) {
    struct interface *i = &interfaces[n];
    if (i->streamed) continue;
    read_counters(i);
    struct spool_statistics statistics = {
        .start_us = file_start_us,
        .end_us = end_us,
        .received = i->received - i->before.received,
        .if_dropped = i->if_dropped - i->before.if_dropped,
        .os_dropped = i->os_dropped - i->before.os_dropped,
        .delivered = i->packets - i->before.delivered,
        .counted = i->counted,
    };
    if (!spool.error) spool_statistics(&spool, n, i->nanoseconds, &statistics);
  }
  if (!spool.error) (void)spool_flush(&spool);
  written_packets += spool.flushed_packets;
  int close_error = spool_close(&spool);
  if (!spool.error) spool.error = close_error;
  pending_since = 0;
  return !spool.error;
}

static void remove_oldest(void) {
  struct ring_file oldest;
  if (!ring_oldest(&ring, &oldest)) return;
  /* A finished file may have been compressed or taken away meanwhile. */
  sync_removed(oldest.path);
  if (unlink(oldest.path) != 0 && errno != ENOENT) {
    char text[1024];
    (void)snprintf(text, sizeof text, "%.800s could not be removed: %s", oldest.path, strerror(errno));
    notice("not-removed", NULL, text);
  } else {
    report_file(oldest.path, oldest.packets, oldest.bytes, true, true);
  }
  free(oldest.path);
}

/* Closes the file and begins the next one. Returns false at the last file and after an error. */
static bool next_file(void) {
  bool ended = end_file();
  uint64_t count = spool.flushed_packets;
  uint64_t length = spool.flushed;
  report_file(path, count, length, true, false);
  if (!ended) return false;
  if (stop_files && ring.number >= stop_files) {
    stop_reason = "files";
    return false;
  }
  char *last = strdup(path);
  ring_closed(&ring, path, count, length);
  path = NULL;
  remove_oldest();
  if (!begin_file()) {
    /* The capture ends with the file before. */
    free(path);
    path = last;
    spool.flushed_packets = count;
    spool.flushed = length;
    return false;
  }
  free(last);
  report_file(path, 0, spool.flushed, false, false);
  report_data();
  return true;
}

/* Milliseconds until the clock asks for the next file, at most `most`; 0 when it does now. */
static uint64_t file_due(uint64_t now, uint64_t most) {
  if (next_ms) {
    uint64_t due = file_since + next_ms;
    if (due <= now) return 0;
    if (due - now < most) most = due - now;
  }
  if (next_interval_us) {
    uint64_t wall = wall_us();
    if (wall >= file_until_us) return 0;
    /* The wall clock may have been set back. */
    if (file_until_us - wall > next_interval_us) file_until_us = (wall / next_interval_us + 1) * next_interval_us;
    uint64_t left = (file_until_us - wall + 999) / 1000;
    if (left < most) most = left;
  }
  return most;
}

/*
 * The interface will be closed: what the kernel holds of it is handed over within the read timeout. Until then it is
 * read as the others are.
 */
static void leave(struct interface *i, const char *code, const char *message) {
  if (i->gone_code) return;
  i->gone_code = code;
  (void)snprintf(i->gone_message, sizeof i->gone_message, "%s", message);
  i->gone_until_ms = monotonic_ms() + (uint64_t)i->read_timeout + DRAIN;
}

/* Closes an interface that is gone. The last one ends the capture. */
static void close_gone(struct interface *i) {
  read_counters(i);
  i->open = false;
  if (any_open() || !stream_over) {
    notice(i->gone_code, i->name, i->gone_message);
  } else {
    set_error(i->gone_code, i->name, i->gone_message);
    stop_reason = "error";
  }
}

/* True when the interface that was opened is no more: removed, moved to another namespace, or made anew. */
static bool is_gone(const struct interface *i) { return i->index != 0 && index_of(i) != i->index; }

/* Returns whether there were any. */
static bool read_packets(struct interface *i) {
  int n = pcap_dispatch(i->handle, BATCH, on_packet, (u_char *)i);
  i->more = n == BATCH;
  if (n == PCAP_ERROR) {
    char text[PCAP_ERRBUF_SIZE];
    (void)snprintf(text, sizeof text, "%s", pcap_geterr(i->handle));
    /* The system may say that the network is down just before it takes the interface away. */
    leave(i, is_gone(i) || strstr(text, "disappeared") ? "interface-gone" : "capture-failed", text);
  }
  return n > 0;
}

static void watch_interface(struct interface *i) {
  if (i->gone_code) return;
  if (is_gone(i)) {
    leave(i, "interface-gone", "The interface was removed while capturing");
    return;
  }
  bool up = i->index == 0 || link_is_up(i);
  if (up != i->link_up) {
    i->link_up = up;
    notice(up ? "interface-up" : "interface-down", i->name,
           up ? "The interface is up again" : "The interface was set down; capturing goes on when it comes up again");
  }
}

/* Takes commands; the end of the input means that the starter is gone. */
static void read_commands(void) {
  static char line[64];
  static size_t length;
  char input[256];
  ssize_t n = read(STDIN_FILENO, input, sizeof input);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n <= 0) {
    stop_reason = "parent-gone";
    return;
  }
  for (ssize_t k = 0; k < n; k++) {
    if (input[k] == '\n') {
      line[length] = '\0';
      length = 0;
      if (strcmp(line, "stop") == 0) {
        stop_reason = "stopped";
        return;
      }
      notice("unknown-command", NULL, line);
    } else if (length < sizeof line - 1) {
      line[length++] = input[k];
    }
  }
}

/* Waits for packets, commands, signals or the next thing due, at most `timeout` milliseconds. */
static void wait_for_input(int timeout) {
  struct pollfd fds[MAX_INTERFACES + 4];
  struct interface *of[MAX_INTERFACES + 4];
  nfds_t count = 0;
  fds[count++] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  fds[count++] = (struct pollfd){.fd = signal_pipe[0], .events = POLLIN, .revents = 0};
  fds[count++] = (struct pollfd){.fd = json_pending() ? STDOUT_FILENO : -1, .events = POLLOUT, .revents = 0};
  fds[count++] = (struct pollfd){.fd = stream_over ? -1 : stream.fd, .events = POLLIN, .revents = 0};
  for (unsigned n = 0; n < interface_count; n++) {
    struct interface *i = &interfaces[n];
    if (!i->open) continue;
    if (i->more) timeout = 0;
    if (i->fd < 0 || i->gone_code) {
      if (timeout > 10) timeout = 10;
      i->more = true; /* cannot be waited for: asked every time */
      continue;
    }
    of[count] = i;
    fds[count++] = (struct pollfd){.fd = i->fd, .events = POLLIN, .revents = 0};
  }
  if (poll(fds, count, timeout) <= 0) return;
  if (fds[0].revents) read_commands();
  if (fds[1].revents) {
    char number;
    if (read(signal_pipe[0], &number, 1) == 1) stop_reason = number == SIGHUP ? "parent-gone" : "signal";
  }
  if (fds[2].revents && !json_pump()) stop_reason = "parent-gone";
  for (nfds_t k = 4; k < count; k++) {
    if (fds[k].revents) of[k]->more = true;
  }
}

static void read_ready(void) {
  read_stream();
  for (unsigned n = 0; n < interface_count && !limit_reached; n++) {
    struct interface *i = &interfaces[n];
    if (!i->open || !i->more) continue;
    if (!read_packets(i) && i->gone_code && monotonic_ms() >= i->gone_until_ms) close_gone(i);
  }
  if (spool.used && !pending_since) pending_since = monotonic_ms();
}

/* What could not be brought to the disk ends the capture: what follows would not get there either. */
static void check_disk(void) {
  int error = sync_error();
  if (!error || spool.error) return;
  flush();
  if (!spool.error) spool.error = error;
  limit_reached = true;
}

static void run(uint64_t started) {
  uint64_t next_stats = started + STATS_EVERY;
  while (!stop_reason && !limit_reached) {
    uint64_t now = monotonic_ms();
    uint64_t due = next_stats;
    if (pending_since && pending_since + FLUSH_AFTER < due) due = pending_since + FLUSH_AFTER;
    if (stop_ms && started + stop_ms < due) due = started + stop_ms;
    wait_for_input((int)file_due(now, due > now ? due - now : 0));
    if (stop_reason) break;
    read_ready();
    now = monotonic_ms();
    if (pending_since && now >= pending_since + FLUSH_AFTER) flush();
    if (now >= next_stats) {
      next_stats = now + STATS_EVERY;
      for (unsigned n = 0; n < interface_count; n++) {
        if (!interfaces[n].open) continue;
        read_counters(&interfaces[n]);
        watch_interface(&interfaces[n]);
      }
      check_disk();
      json_begin("stats");
      put_totals(now - started);
      json_end(true);
      if (!json_pump()) stop_reason = "parent-gone";
    }
    if (stop_ms && now >= started + stop_ms && !stop_reason) stop_reason = "duration";
    if (!stop_reason && !limit_reached && file_due(now, 1) == 0 && !next_file()) limit_reached = true;
  }
  /* What the kernel holds was captured before the stop, so it belongs to the capture. */
  int longest = 0;
  for (unsigned n = 0; n < interface_count; n++) {
    if (interfaces[n].read_timeout > longest) longest = interfaces[n].read_timeout;
  }
  uint64_t until = monotonic_ms() + (uint64_t)longest + DRAIN;
  /* Who starts the helper ends the stream when it is asked to stop, with what programs still had to say. */
  bool asked = stop_reason && strcmp(stop_reason, "duration") != 0;
  uint64_t stream_until = asked ? monotonic_ms() + STREAM_DRAIN : until;
  bool reads = true;
  while (!limit_reached) {
    uint64_t now = monotonic_ms();
    bool waits = !stream_over && now < stream_until;
    for (unsigned n = 0; n < interface_count; n++) interfaces[n].more = reads;
    if (!waits && !(reads && any_open())) break;
    read_ready();
    reads = now < until;
    (void)poll(NULL, 0, 5);
  }
}

static void free_all(void) {
  for (unsigned n = 0; n < interface_count; n++) {
    if (interfaces[n].handle) pcap_close(interfaces[n].handle);
    free(interfaces[n].description);
  }
  stream_free(&stream);
  spool_free(&spool);
  ring_free(&ring);
  free(path);
}

static int finish(uint64_t started) {
  bool open = spool.fd >= 0;
  if (open) (void)end_file();
  if (spool.error) output_error(path, spool.error);
  if (open && spool.flushed) report_file(path, spool.flushed_packets, spool.flushed, true, false);
  json_begin("end");
  json_string("reason", error_code ? "error" : stop_reason);
  if (path) json_string("file", path);
  put_totals(monotonic_ms() - started);
  if (error_code) {
    json_open("error", '{');
    put_error();
    json_close('}');
  }
  json_end(false);
  sync_end(SYNC_AT_END);
  free_all();
  return error_code ? 2 : 0;
}

static int start_failed(void) {
  free_all();
  return fail(2);
}

/* Bytes a second of which the kernel holds four seconds: as long as a disk may keep the writer waiting. */
static uint64_t calm_rate(void) {
  uint64_t least = UINT64_MAX;
  for (unsigned n = 0; n < interface_count; n++) {
    uint64_t size = (uint64_t)interfaces[n].buffer_kib * 1024;
    if (size < least) least = size;
  }
  return least / 4;
}

static int capture(void) {
  bool monitor = false;
  bool opened = true;
  watch_open();
  describe_interfaces();
  for (unsigned n = 0; n < interface_count && opened; n++) {
    if (interfaces[n].streamed) continue;
    opened = open_interface(&interfaces[n]);
    monitor = monitor || interfaces[n].monitor;
  }
  const char *kept = drop_privileges(monitor);
  if (kept) set_error("privileges", NULL, kept);
  if (error_code) return start_failed();
  for (unsigned n = 0; n < interface_count; n++) {
    if (!interfaces[n].streamed && !set_filter(&interfaces[n])) return start_failed();
  }
  /* Leaving monitor mode takes a socket. */
  confined = confine(monitor);
  int error = spool_init(&spool, write_buffer);
  if (!error) error = sync_start((unsigned)sync_every, calm_rate());
  if (!error && !ring_init(&ring, output, (unsigned)keep_files)) error = ENOMEM;
  if (error) {
    output_error(output, error);
    return start_failed();
  }
  if (!begin_stream()) return start_failed();
  bool begun = begin_file();
  if (!begun && !spool.error) return start_failed();
  uint64_t started = monotonic_ms();
  if (begun) {
    report_started();
    report_file(path, 0, spool.flushed, false, false);
    report_data();
    run(started);
  }
  return finish(started);
}

static bool to_number(const char *text, uint64_t low, uint64_t high, uint64_t *value) {
  char *end;
  errno = 0;
  if (*text < '0' || *text > '9') return false;
  unsigned long long n = strtoull(text, &end, 10);
  if (errno || *end || n < low || n > high) return false;
  *value = n;
  return true;
}

static bool to_milliseconds(const char *text, uint64_t *value) {
  char *end;
  double seconds = strtod(text, &end);
  if (end == text || *end || !(seconds > 0) || seconds > 1e9) return false;
  *value = (uint64_t)(seconds * 1000);
  return *value > 0;
}

/* One -a condition as tshark writes them: duration:SECONDS, packets:N, filesize:KILOBYTES, files:N. */
static bool stop_condition(const char *text) {
  if (strncmp(text, "duration:", 9) == 0) return to_milliseconds(text + 9, &stop_ms);
  if (strncmp(text, "files:", 6) == 0) return to_number(text + 6, 1, UINT64_MAX, &stop_files);
  if (strncmp(text, "packets:", 8) == 0) return to_number(text + 8, 1, UINT64_MAX, &stop_packets);
  if (strncmp(text, "filesize:", 9) == 0 && to_number(text + 9, 1, UINT64_MAX / 1000, &stop_bytes)) {
    stop_bytes *= 1000;
    return true;
  }
  return false;
}

/* One -b condition as dumpcap writes them: filesize:KILOBYTES, duration:S, interval:S, packets:N, files:N. */
static bool file_condition(const char *text) {
  const char *colon = strchr(text, ':');
  uint64_t number;
  if (!colon) return false;
  const char *value = colon + 1;
  size_t length = (size_t)(colon - text);
  many_files = true;
  if (length == 8 && strncmp(text, "filesize", length) == 0) {
    if (!to_number(value, 1, UINT64_MAX / 1000, &number)) return false;
    next_bytes = number * 1000;
    return true;
  }
  if (length == 8 && strncmp(text, "duration", length) == 0) return to_milliseconds(value, &next_ms);
  if (length == 8 && strncmp(text, "interval", length) == 0) {
    if (!to_number(value, 1, 1000000000, &number)) return false;
    next_interval_us = number * 1000000;
    return true;
  }
  if (length == 7 && strncmp(text, "packets", length) == 0) return to_number(value, 1, UINT64_MAX, &next_packets);
  if (length == 5 && strncmp(text, "files", length) == 0) return to_number(value, 1, RING_MOST, &keep_files);
  return false;
}

static bool set_direction(struct interface *i, const char *value) {
  if (strcmp(value, "in") == 0) {
    i->direction = PCAP_D_IN;
  } else if (strcmp(value, "out") == 0) {
    i->direction = PCAP_D_OUT;
  } else if (strcmp(value, "inout") == 0) {
    i->direction = PCAP_D_INOUT;
  } else {
    return false;
  }
  return true;
}

static int capture_command(int argc, char **argv) {
  struct interface defaults = {.snap_len = MAX_SNAP_LEN,
                               .buffer_kib = 16 * 1024,
                               .promiscuous = true,
                               .read_timeout = READ_TIMEOUT,
                               .direction = PCAP_D_INOUT,
                               .fd = -1};
  struct interface *i = &defaults;
  for (int k = 0; k < argc; k++) {
    const char *option = argv[k];
    uint64_t number;
    /* Options before the first -i hold for all interfaces, those behind one for that one, as in dumpcap. */
    if (strcmp(option, "-p") == 0) {
      i->promiscuous = false;
      continue;
    }
    if (strcmp(option, "--monitor") == 0) {
      i->monitor = true;
      continue;
    }
    if (strcmp(option, "--immediate") == 0) {
      i->immediate = true;
      continue;
    }
    if (strcmp(option, "--streamed") == 0) {
      if (i == &defaults) return usage("An interface has to be named first", option);
      if (!i->streamed) i->place = streamed_count++;
      i->streamed = true;
      continue;
    }
    if (strcmp(option, "--exclusive") == 0) {
      exclusive = true;
      continue;
    }
    if (k + 1 >= argc) return usage("Unknown option, or its value is missing", option);
    const char *value = argv[++k];
    bool good = true;
    if (strcmp(option, "-i") == 0) {
      if (interface_count == MAX_INTERFACES) return usage("At most 32 interfaces can be captured from", value);
      if (!*value) return usage("The name of the interface is empty", NULL);
      i = &interfaces[interface_count++];
      *i = defaults;
      i->name = value;
    } else if (strcmp(option, "-f") == 0) {
      i->filter = value;
    } else if (strcmp(option, "-y") == 0) {
      i->link_type = value;
    } else if (strcmp(option, "--timestamp-type") == 0) {
      i->timestamp_type = value;
    } else if (strcmp(option, "--direction") == 0) {
      good = set_direction(i, value);
    } else if (strcmp(option, "-s") == 0) {
      good = to_number(value, 0, MAX_SNAP_LEN, &number);
      if (good) i->snap_len = number ? (int)number : MAX_SNAP_LEN;
    } else if (strcmp(option, "-B") == 0) {
      good = to_number(value, 1, 2097151, &number);
      if (good) i->buffer_kib = (int)number;
    } else if (strcmp(option, "--timeout") == 0) {
      good = to_number(value, 1, MAX_READ_TIMEOUT, &number);
      if (good) i->read_timeout = (int)number;
    } else if (strcmp(option, "--precision") == 0) {
      i->microseconds = strcmp(value, "us") == 0;
      good = i->microseconds || strcmp(value, "ns") == 0;
    } else if (strcmp(option, "--write-buffer") == 0) {
      good = to_number(value, 1, 1048576, &number);
      if (good) write_buffer = (size_t)number * 1024;
    } else if (strcmp(option, "--sync") == 0) {
      good = to_number(value, 0, 3600000, &sync_every);
    } else if (strcmp(option, "--stream") == 0) {
      good = to_number(value, 3, 1023, &number);
      if (good) stream_fd = (int)number;
    } else if (strcmp(option, "-w") == 0) {
      output = value;
    } else if (strcmp(option, "-a") == 0) {
      good = stop_condition(value);
    } else if (strcmp(option, "-b") == 0) {
      good = file_condition(value);
    } else {
      return usage("Unknown option", option);
    }
    if (!good) return usage("Not a possible value of the option", option);
  }
  if (!interface_count) return usage("No interface: -i NAME is needed", NULL);
  if (!output) return usage("No file: -w FILE is needed", NULL);
  if (streamed_count && stream_fd < 0) return usage("--streamed needs the descriptor: --stream", NULL);
  if (many_files && !next_bytes && !next_ms && !next_interval_us && !next_packets) {
    return usage("-b files needs when to begin the next file: filesize, duration, interval or packets", NULL);
  }
  if (many_files && stop_bytes) return usage("-a filesize ends at the first file: -b filesize is for several", NULL);
  if (stop_files && !many_files) return usage("-a files needs several files: -b", NULL);
  return capture();
}

static int list_command(int argc, char **argv) {
  const char *only = NULL;
  bool may_open = true;
  for (int k = 0; k < argc; k++) {
    if (strcmp(argv[k], "--no-open") == 0) {
      may_open = false;
    } else if (strcmp(argv[k], "-i") == 0 && k + 1 < argc) {
      only = argv[++k];
    } else {
      return usage("Unknown option", argv[k]);
    }
  }
  return list_interfaces(only, may_open);
}

static int stats_command(int argc, char **argv) {
  uint64_t interval = 1000;
  if (argc && (argc != 2 || strcmp(argv[0], "--interval") != 0 || !to_number(argv[1], 50, 60000, &interval))) {
    return usage("Unknown option", argv[0]);
  }
  return report_traffic((int)interval);
}

static void catch_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = SIG_IGN;
  (void)sigaction(SIGPIPE, &action, NULL);
  action.sa_handler = on_signal;
  (void)sigaction(SIGINT, &action, NULL);
  (void)sigaction(SIGTERM, &action, NULL);
  (void)sigaction(SIGHUP, &action, NULL);
}

int main(int argc, char **argv) {
  const char *command = argc > 1 ? argv[1] : "";
  bool capturing = strcmp(command, "capture") == 0;
  bool listing = strcmp(command, "list") == 0;
  int status;
  /* Only opening a device needs privileges. */
  if (!capturing && !listing && drop_privileges(false)) return 2;
  json_init();
  json_begin("hello");
  json_uint("protocol", PROTOCOL);
  json_string("version", TAPLINE_VERSION);
  json_string("libpcap", pcap_lib_version());
  json_end(false);
  if (capturing) {
    if (pipe(signal_pipe) != 0) return 2;
    for (int k = 0; k < 2; k++) {
      (void)fcntl(signal_pipe[k], F_SETFL, O_NONBLOCK);
      (void)fcntl(signal_pipe[k], F_SETFD, FD_CLOEXEC);
    }
    catch_signals();
    status = capture_command(argc - 2, argv + 2);
  } else if (listing) {
    status = list_command(argc - 2, argv + 2);
  } else if (strcmp(command, "compile") == 0) {
    status = compile_filters();
  } else if (strcmp(command, "stats") == 0) {
    status = stats_command(argc - 2, argv + 2);
  } else {
    status = usage("One of list, compile, stats, capture is needed", *command ? command : NULL);
  }
  json_drain(2000);
  return status;
}
