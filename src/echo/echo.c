// SPDX-License-Identifier: Apache-2.0
/* echo.c - the lab's server: tells who answers, and whom.
 *
 * One line of JSON, {"pod","namespace","node","addresses":[..],"client":"address:port"}, answers an HTTP request on TCP
 * 8080 and any datagram on UDP 8080; a connection to TCP 8081 gets such a line each 50 ms. Who it is comes from POD_NAME,
 * POD_NAMESPACE and NODE_NAME; its addresses are read from the interfaces at each answer, so that an answer never tells
 * of an address that went. One thread, one epoll loop, no allocation but a slot a connection: hundreds run at once.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum kind { HTTP_LISTENER, STREAM_LISTENER, DATAGRAMS, TICK, HTTP, STREAM };

#define HEAD_MAX 8192	 /* a request's head may be no longer */
#define LINE_MAX_ 4096	 /* one answer: about 80 addresses */
#define STREAM_PERIOD_MS 50

struct slot {
	enum kind kind;
	int fd;
	size_t filled;
	struct sockaddr_in6 client;
	struct slot *next, **link; /* among the streams, then among the ended */
	char head[];		   /* HEAD_MAX + 1 octets, of an HTTP connection alone */
};

static int epoll;
static struct slot *streams;
static struct slot *ended; /* this round's events may still name them: freed at its end */

static void die(const char *format, ...)
{
	va_list rest;

	va_start(rest, format);
	fprintf(stderr, "echo: ");
	vfprintf(stderr, format, rest);
	fprintf(stderr, "\n");
	exit(1);
}

static size_t put(char *line, size_t at, const char *format, ...)
{
	va_list rest;
	int written;

	va_start(rest, format);
	written = vsnprintf(line + at, LINE_MAX_ - at, format, rest);
	va_end(rest);
	return at + written < LINE_MAX_ ? at + written : at; /* what does not fit is left out whole */
}

/* A name from the environment as a JSON string: Kubernetes' names need no escapes, others lose their odd octets. */
static size_t put_name(char *line, size_t at, const char *key, const char *variable)
{
	const char *name = getenv(variable);
	char clean[256];
	size_t n = 0;

	for (; name && *name && n < sizeof(clean) - 1; name++)
		if (*name >= ' ' && *name != '"' && *name != '\\' && *name != 0x7f)
			clean[n++] = *name;
	clean[n] = 0;
	return put(line, at, "\"%s\":\"%s\",", key, clean);
}

static size_t put_addresses(char *line, size_t at)
{
	struct ifaddrs *all = NULL, *one;
	const char *comma = "";
	char text[INET6_ADDRSTRLEN];

	at = put(line, at, "\"addresses\":[");
	if (getifaddrs(&all) < 0)
		all = NULL;
	for (one = all; one; one = one->ifa_next) {
		const struct sockaddr_in *v4 = (void *)one->ifa_addr;
		const struct sockaddr_in6 *v6 = (void *)one->ifa_addr;

		if (!one->ifa_addr || (one->ifa_flags & IFF_LOOPBACK))
			continue;
		if (one->ifa_addr->sa_family == AF_INET && ntohl(v4->sin_addr.s_addr) >> 16 != 0xa9fe)
			inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		else if (one->ifa_addr->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
			inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
		else
			continue;
		at = put(line, at, "%s\"%s\"", comma, text);
		comma = ",";
	}
	freeifaddrs(all);
	return put(line, at, "],");
}

/* The answer to one client, with its line end. */
static size_t answer(char *line, const struct sockaddr_in6 *client)
{
	const struct in6_addr *from = &client->sin6_addr;
	unsigned int port = ntohs(client->sin6_port);
	char text[INET6_ADDRSTRLEN];
	size_t at = put(line, 0, "{");

	at = put_name(line, at, "pod", "POD_NAME");
	at = put_name(line, at, "namespace", "POD_NAMESPACE");
	at = put_name(line, at, "node", "NODE_NAME");
	at = put_addresses(line, at);
	if (IN6_IS_ADDR_V4MAPPED(from)) {
		inet_ntop(AF_INET, &from->s6_addr[12], text, sizeof(text));
		return put(line, at, "\"client\":\"%s:%u\"}\n", text, port);
	}
	inet_ntop(AF_INET6, from, text, sizeof(text));
	return put(line, at, "\"client\":\"[%s]:%u\"}\n", text, port);
}

static struct slot *watch(enum kind kind, int fd)
{
	struct slot *slot = calloc(1, sizeof(*slot) + (kind == HTTP ? HEAD_MAX + 1 : 0));
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = slot};

	if (!slot)
		die("out of memory");
	slot->kind = kind;
	slot->fd = fd;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		die("epoll: %s", strerror(errno));
	return slot;
}

static void end(struct slot *slot)
{
	if (slot->kind == STREAM) {
		*slot->link = slot->next;
		if (slot->next)
			slot->next->link = slot->link;
	}
	close(slot->fd); /* takes it out of the epoll set */
	slot->fd = -1;
	slot->next = ended;
	ended = slot;
}

static void open_port(enum kind kind, int port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int type = kind == DATAGRAMS ? SOCK_DGRAM : SOCK_STREAM;
	int fd = socket(AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int yes = 1, no = 0;

	if (fd < 0)
		die("socket: %s", strerror(errno));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	if (kind == DATAGRAMS) /* an IPv4 datagram's addresses come mapped */
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &yes, sizeof(yes));
	else
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (void *)&any, sizeof(any)) < 0 || (kind != DATAGRAMS && listen(fd, 1024) < 0))
		die("%s port %d: %s", kind == DATAGRAMS ? "udp" : "tcp", port, strerror(errno));
	watch(kind, fd);
}

static void on_listener(struct slot *listener)
{
	struct sockaddr_in6 client;
	socklen_t size = sizeof(client);
	int yes = 1, fd = accept4(listener->fd, (void *)&client, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct slot *slot;

	if (fd < 0)
		return; /* gone before we looked, or out of descriptors: the next round tries again */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	slot = watch(listener->kind == STREAM_LISTENER ? STREAM : HTTP, fd);
	slot->client = client;
	if (slot->kind == STREAM) {
		slot->next = streams;
		slot->link = &streams;
		if (streams)
			streams->link = &slot->next;
		streams = slot;
	}
}

/* Answers from the address that was asked, whichever of ours the route back would choose. */
static void on_datagram(struct slot *slot)
{
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo))], request[1], line[LINE_MAX_];
	struct sockaddr_in6 client;
	struct iovec part = {request, sizeof(request)};
	struct msghdr message = {&client, sizeof(client), &part, 1, control, sizeof(control), 0};
	struct cmsghdr *info;

	if (recvmsg(slot->fd, &message, 0) < 0)
		return;
	for (info = CMSG_FIRSTHDR(&message); info; info = CMSG_NXTHDR(&message, info))
		if (info->cmsg_level == IPPROTO_IPV6 && info->cmsg_type == IPV6_PKTINFO)
			if (!IN6_IS_ADDR_LINKLOCAL(&((struct in6_pktinfo *)CMSG_DATA(info))->ipi6_addr))
				((struct in6_pktinfo *)CMSG_DATA(info))->ipi6_ifindex = 0; /* the route decides */
	part.iov_base = line;
	part.iov_len = answer(line, &client);
	sendmsg(slot->fd, &message, MSG_NOSIGNAL);
}

static void on_http(struct slot *slot)
{
	char line[LINE_MAX_], reply[LINE_MAX_ + 256];
	ssize_t got = recv(slot->fd, slot->head + slot->filled, HEAD_MAX - slot->filled, 0);
	char *rest;

	if (got <= 0) {
		if (got == 0 || errno != EAGAIN)
			end(slot);
		return;
	}
	slot->filled += got;
	slot->head[slot->filled] = 0;
	while ((rest = strstr(slot->head, "\r\n\r\n"))) {
		size_t body = answer(line, &slot->client), head;
		bool get, only_head, keep;

		*rest = 0;
		rest += 4;
		get = !strncmp(slot->head, "GET ", 4);
		only_head = !strncmp(slot->head, "HEAD ", 5);
		/* Of other methods the body would follow, which nobody reads: answer, and close. */
		keep = (get || only_head) && strstr(slot->head, " HTTP/1.1") &&
		       !strcasestr(slot->head, "\nconnection: close");
		head = snprintf(reply, sizeof(reply),
				"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
				"Connection: %s\r\n\r\n",
				body, keep ? "keep-alive" : "close");
		memcpy(reply + head, line, only_head ? 0 : body);
		head += only_head ? 0 : body;
		/* A client whose window has no room for one answer reads none: no need to wait for it. */
		if (send(slot->fd, reply, head, MSG_NOSIGNAL) != (ssize_t)head || !keep) {
			shutdown(slot->fd, SHUT_WR);
			end(slot);
			return;
		}
		slot->filled -= rest - slot->head;
		memmove(slot->head, rest, slot->filled + 1);
	}
	if (slot->filled == HEAD_MAX)
		end(slot);
}

static void on_stream(struct slot *slot)
{
	char waste[1024];
	ssize_t got = recv(slot->fd, waste, sizeof(waste), 0);

	if (got == 0 || (got < 0 && errno != EAGAIN))
		end(slot);
}

static void on_tick(struct slot *slot)
{
	struct slot *one, *next;
	unsigned long long ticks;
	char line[LINE_MAX_];

	if (read(slot->fd, &ticks, sizeof(ticks)) < 0)
		return;
	for (one = streams; one; one = next) {
		size_t size = answer(line, &one->client);
		ssize_t sent = send(one->fd, line, size, MSG_NOSIGNAL);

		next = one->next;
		/* A full window skips a line; half a line would garble what follows. */
		if (sent < 0 ? errno != EAGAIN : (size_t)sent != size)
			end(one);
	}
}

static void on_signal(int number)
{
	_exit(number == SIGTERM || number == SIGINT ? 0 : 128 + number);
}

static int port_of(const char *option, const char *text)
{
	char *rest;
	long port = text ? strtol(text, &rest, 10) : 0;

	if (!text || *rest || port < 1 || port > 65535)
		die("%s wants a port, 1 to 65535, not '%s'", option, text ? text : "");
	return port;
}

int main(int argc, char **argv)
{
	struct itimerspec period = {{0, STREAM_PERIOD_MS * 1000000L}, {0, STREAM_PERIOD_MS * 1000000L}};
	struct epoll_event events[64];
	bool ticking = false;
	int tick = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	signal(SIGTERM, on_signal); /* as process 1 of a pod no signal has a default action */
	signal(SIGINT, on_signal);
	setvbuf(stdout, NULL, _IOLBF, 0);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0 || tick < 0)
		die("epoll, timer: %s", strerror(errno));
	for (int i = 1; i < argc; i += 2) {
		if (!strcmp(argv[i], "--port"))
			open_port(HTTP_LISTENER, port_of(argv[i], argv[i + 1]));
		else if (!strcmp(argv[i], "--udp"))
			open_port(DATAGRAMS, port_of(argv[i], argv[i + 1]));
		else if (!strcmp(argv[i], "--sctp"))
			die("--sctp: not supported yet, this kernel has no SCTP");
		else
			die("unknown argument '%s'; known: --port N, --udp N", argv[i]);
	}
	open_port(HTTP_LISTENER, 8080);
	open_port(STREAM_LISTENER, 8081);
	open_port(DATAGRAMS, 8080);
	watch(TICK, tick);
	printf("echo: ready on tcp 8080, udp 8080, stream 8081\n");

	for (;;) {
		int count = epoll_wait(epoll, events, 64, -1);

		for (int i = 0; i < count; i++) {
			struct slot *slot = events[i].data.ptr;

			if (slot->fd < 0)
				continue;
			switch (slot->kind) {
			case HTTP_LISTENER:
			case STREAM_LISTENER: on_listener(slot); break;
			case DATAGRAMS: on_datagram(slot); break;
			case HTTP: on_http(slot); break;
			case STREAM: on_stream(slot); break;
			case TICK: on_tick(slot); break;
			}
		}
		for (struct slot *one; (one = ended); free(one))
			ended = one->next;
		if (ticking != !!streams) { /* no stream, no tick: an idle pod costs nothing */
			ticking = !!streams;
			timerfd_settime(tick, 0, ticking ? &period : &(struct itimerspec){0}, NULL);
		}
	}
}
