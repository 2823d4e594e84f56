#include "query.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/if_link.h>
#include <netpacket/packet.h>
#else
#include <net/if_dl.h>
#include <net/if_types.h>
#endif

#include "json.h"
#include "privileges.h"

const char *libpcap_code(int status) {
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return "permission";
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return "no-such-device";
    case PCAP_ERROR_IFACE_NOT_UP:
      return "not-up";
    case PCAP_ERROR_RFMON_NOTSUP:
      return "monitor-unsupported";
    case PCAP_ERROR_CANTSET_TSTAMP_TYPE:
      return "timestamp-type";
    default:
      return "capture-failed";
  }
}

const char *libpcap_message(pcap_t *handle, int status) {
  static char text[2 * PCAP_ERRBUF_SIZE];
  const char *own = handle ? pcap_geterr(handle) : "";
  if (status == PCAP_ERROR || status == PCAP_WARNING) return own;
  if (*own && strcmp(own, pcap_statustostr(status)) != 0) {
    (void)snprintf(text, sizeof text, "%s: %s", pcap_statustostr(status), own);
  } else {
    (void)snprintf(text, sizeof text, "%s", pcap_statustostr(status));
  }
  return text;
}

uint16_t link_type_of(int dlt) {
  /* libpcap keeps its table to itself but writes the mapped value in the header of a savefile. */
  uint8_t header[64] = {0};
  uint32_t value = (uint32_t)dlt;
  pcap_t *dead = pcap_open_dead(dlt, 65535);
  FILE *file = fmemopen(header, sizeof header, "wb");
  pcap_dumper_t *dumper = dead && file ? pcap_dump_fopen(dead, file) : NULL;
  if (dumper) {
    pcap_dump_close(dumper);
    memcpy(&value, header + 20, sizeof value);
  } else if (file) {
    (void)fclose(file);
  }
  if (dead) pcap_close(dead);
  return (uint16_t)(value & 0xffff);
}

/* The other way round: what pcap_compile wants for a value from a file or from this system. */
static int dlt_of(int link_type) {
  switch (link_type) {
    case 100: return DLT_ATM_RFC1483;
    case 101: return DLT_RAW;
    case 102: return DLT_SLIP_BSDOS;
    case 103: return DLT_PPP_BSDOS;
    case 108: return DLT_LOOP;
    case 109: return DLT_ENC;
    case 246: return DLT_PFSYNC;
    default: return link_type;
  }
}

static void put_address_text(const char *key, const struct sockaddr *address) {
  char text[NI_MAXHOST];
  socklen_t length = address->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
  if (getnameinfo(address, length, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0) json_string(key, text);
}

static unsigned prefix_length(const struct sockaddr *mask) {
  const uint8_t *bytes;
  size_t size;
  unsigned bits = 0;
  if (mask->sa_family == AF_INET6) {
    bytes = (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)mask)->sin6_addr;
    size = 16;
  } else {
    bytes = (const uint8_t *)&((const struct sockaddr_in *)(const void *)mask)->sin_addr;
    size = 4;
  }
  for (size_t i = 0; i < size; i++) {
    for (uint8_t b = bytes[i]; b & 0x80; b = (uint8_t)(b << 1)) bits++;
  }
  return bits;
}

static void put_mac(const uint8_t *bytes) {
  char text[18];
  (void)snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
                 bytes[5]);
  json_open(NULL, '{');
  json_string("family", "mac");
  json_string("address", text);
  json_close('}');
}

static void put_addresses(const pcap_if_t *device) {
  json_open("addresses", '[');
  for (const pcap_addr_t *a = device->addresses; a; a = a->next) {
    if (!a->addr) continue;
    if (a->addr->sa_family == AF_INET || a->addr->sa_family == AF_INET6) {
      json_open(NULL, '{');
      json_string("family", a->addr->sa_family == AF_INET ? "ipv4" : "ipv6");
      put_address_text("address", a->addr);
      if (a->netmask) json_uint("prefix", prefix_length(a->netmask));
      if (a->broadaddr && a->broadaddr->sa_family == a->addr->sa_family) put_address_text("broadcast", a->broadaddr);
      if (a->dstaddr && a->dstaddr->sa_family == a->addr->sa_family) put_address_text("peer", a->dstaddr);
      json_close('}');
    }
#ifdef __linux__
    if (a->addr->sa_family == AF_PACKET) {
      const struct sockaddr_ll *link = (const struct sockaddr_ll *)(const void *)a->addr;
      if (link->sll_halen == 6) put_mac(link->sll_addr);
    }
#else
    if (a->addr->sa_family == AF_LINK) {
      const struct sockaddr_dl *link = (const struct sockaddr_dl *)(const void *)a->addr;
      if (link->sdl_alen == 6) put_mac((const uint8_t *)LLADDR(link));
    }
#endif
  }
  json_close(']');
}

static void put_link_types(pcap_t *handle) {
  int *types = NULL;
  int count = pcap_list_datalinks(handle, &types);
  json_open("linkTypes", '[');
  for (int i = 0; i < count; i++) {
    const char *name = pcap_datalink_val_to_name(types[i]);
    const char *description = pcap_datalink_val_to_description(types[i]);
    json_open(NULL, '{');
    json_uint("dlt", (uint64_t)types[i]);
    json_uint("linkType", link_type_of(types[i]));
    if (name) json_string("name", name);
    if (description) json_string("description", description);
    json_close('}');
  }
  json_close(']');
  if (count >= 0) pcap_free_datalinks(types);

  count = pcap_list_tstamp_types(handle, &types);
  json_open("timestampTypes", '[');
  for (int i = 0; i < count; i++) {
    const char *name = pcap_tstamp_type_val_to_name(types[i]);
    if (name) json_string(NULL, name);
  }
  json_close(']');
  if (count > 0) pcap_free_tstamp_types(types);
}

/* Devices whose opening has effects on the system or hangs: looked at only when asked for by name. */
static bool is_special(const char *name) {
  static const char *const prefixes[] = {"nfqueue", "nflog", "dbus-", "bluetooth", "usbmon"};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) return true;
  }
  return false;
}

static void put_open(const char *name) {
  char errbuf[PCAP_ERRBUF_SIZE] = "";
  pcap_t *handle = pcap_create(name, errbuf);
  int status = PCAP_ERROR;
  bool monitor = false;
  if (handle) {
    (void)pcap_set_snaplen(handle, 64);
    (void)pcap_set_timeout(handle, 100);
    (void)pcap_set_buffer_size(handle, 64 * 1024);
    monitor = pcap_can_set_rfmon(handle) == 1;
    status = pcap_activate(handle);
  }
  json_open("open", '{');
  json_bool("ok", status >= 0);
  if (status >= 0) {
    json_uint("dlt", (uint64_t)pcap_datalink(handle));
    json_bool("canMonitor", monitor);
    put_link_types(handle);
  } else {
    const char *missing = missing_capability(false);
    json_string("code", libpcap_code(status));
    json_string("message", handle ? libpcap_message(handle, status) : errbuf);
    if (status == PCAP_ERROR_PERM_DENIED && missing) json_string("capability", missing);
  }
  json_close('}');
  if (handle) pcap_close(handle);
}

int list_interfaces(const char *only, bool may_open) {
  static const char *const connection[] = {"unknown", "connected", "disconnected", "not-applicable"};
  char errbuf[PCAP_ERRBUF_SIZE] = "";
  pcap_if_t *devices = NULL;
  bool found = false;
  if (pcap_findalldevs(&devices, errbuf) != 0) {
    json_begin("error");
    json_string("code", "capture-failed");
    json_string("message", errbuf);
    json_end(false);
    return 2;
  }
  for (const pcap_if_t *d = devices; d; d = d->next) {
    if (only && strcmp(only, d->name) != 0) continue;
    found = true;
    json_begin("interface");
    json_string("name", d->name);
    if (d->description && *d->description) json_string("description", d->description);
    json_bool("up", (d->flags & PCAP_IF_UP) != 0);
    json_bool("running", (d->flags & PCAP_IF_RUNNING) != 0);
    json_bool("loopback", (d->flags & PCAP_IF_LOOPBACK) != 0);
    json_bool("wireless", (d->flags & PCAP_IF_WIRELESS) != 0);
    json_string("connection", connection[(d->flags & PCAP_IF_CONNECTION_STATUS) >> 4]);
    put_addresses(d);
    if (may_open && (only || !is_special(d->name))) put_open(d->name);
    json_end(false);
    json_drain(1000);
  }
  pcap_freealldevs(devices);
  if (only && !found) {
    json_begin("error");
    json_string("code", "no-such-device");
    json_string("message", "No interface of this name");
    json_string("interface", only);
    json_end(false);
    return 2;
  }
  json_begin("end");
  json_end(false);
  return 0;
}

struct compile_request {
  double id;
  double link_type;
  double snap_len;
  double netmask;
  bool dump;
  bool has_filter;
  char filter[16384];
};

static void compile_member(const struct json_member *member, void *context) {
  struct compile_request *request = context;
  if (strcmp(member->key, "filter") == 0 && member->type == 's') {
    request->has_filter = true;
    memcpy(request->filter, member->text, sizeof request->filter);
  } else if (member->type == 'n') {
    if (strcmp(member->key, "id") == 0) request->id = member->number;
    if (strcmp(member->key, "linktype") == 0) request->link_type = member->number;
    if (strcmp(member->key, "snaplen") == 0) request->snap_len = member->number;
    if (strcmp(member->key, "netmask") == 0) request->netmask = member->number;
  } else if (strcmp(member->key, "dump") == 0 && member->type == 'b') {
    request->dump = member->number != 0;
  }
}

static void compile_one(const char *line) {
  static struct compile_request request;
  static const struct compile_request defaults = {.link_type = DLT_EN10MB, .snap_len = 262144, .netmask = 0xffffff00U};
  request = defaults;
  bool valid = json_parse(line, compile_member, &request) && request.has_filter && request.id >= 0 &&
               request.id < 9e15 && request.link_type >= 0 && request.link_type <= 65535 && request.snap_len >= 1 &&
               request.snap_len <= 262144 && request.netmask >= 0 && request.netmask <= 4294967295.0;
  json_begin("compiled");
  json_uint("id", request.id >= 0 && request.id < 9e15 ? (uint64_t)request.id : 0);
  if (!valid) {
    json_bool("ok", false);
    json_string("message", "Not a request: {\"id\":1,\"filter\":\"…\",\"linktype\":1} is expected");
    json_end(false);
    return;
  }
  struct bpf_program program;
  pcap_t *dead = pcap_open_dead(dlt_of((int)request.link_type), (int)request.snap_len);
  bool ok = dead && pcap_compile(dead, &program, request.filter, 1, (bpf_u_int32)request.netmask) == 0;
  json_bool("ok", ok);
  if (ok) {
    json_uint("instructions", program.bf_len);
    if (request.dump) {
      json_open("dump", '[');
      for (u_int i = 0; i < program.bf_len; i++) json_string(NULL, bpf_image(&program.bf_insns[i], (int)i));
      json_close(']');
    }
    pcap_freecode(&program);
  } else {
    json_string("message", dead ? pcap_geterr(dead) : "Out of memory");
  }
  if (dead) pcap_close(dead);
  json_end(false);
}

int compile_filters(void) {
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  while ((length = getline(&line, &size, stdin)) > 0) {
    if (line[length - 1] == '\n') line[length - 1] = '\0';
    compile_one(line);
    json_drain(5000);
  }
  free(line);
  return 0;
}

static void put_counters(void) {
  struct ifaddrs *all = NULL;
  if (getifaddrs(&all) != 0) return;
  json_begin("traffic");
  json_open("interfaces", '[');
  for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
#ifdef __linux__
    if (!a->ifa_addr || a->ifa_addr->sa_family != AF_PACKET || !a->ifa_data) continue;
    const struct rtnl_link_stats *counts = a->ifa_data;
    uint64_t packets = (uint64_t)counts->rx_packets + counts->tx_packets;
    uint64_t bytes = (uint64_t)counts->rx_bytes + counts->tx_bytes;
#else
    if (!a->ifa_addr || a->ifa_addr->sa_family != AF_LINK || !a->ifa_data) continue;
    const struct if_data *counts = a->ifa_data;
    uint64_t packets = (uint64_t)counts->ifi_ipackets + counts->ifi_opackets;
    uint64_t bytes = (uint64_t)counts->ifi_ibytes + counts->ifi_obytes;
#endif
    json_open(NULL, '{');
    json_string("name", a->ifa_name);
    json_uint("packets", packets);
    json_uint("bytes", bytes);
    json_close('}');
  }
  json_close(']');
  json_end(true);
  freeifaddrs(all);
}

int report_traffic(int interval) {
  for (;;) {
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    char bytes[64];
    put_counters();
    if (!json_pump()) return 0;
    if (poll(&in, 1, interval) > 0 && read(STDIN_FILENO, bytes, sizeof bytes) <= 0) return 0;
  }
}
