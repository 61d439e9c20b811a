// Asks and answers, and counts: the load of ./bench where a runtime would blur the figure.
//
//   rrtool serve PORT                      answers octet by octet, TCP and UDP, until it is killed
//   rrtool rr|crr|udp_rr ADDRESS PORT MS   one question at a time; prints COUNT P50 P99 WALL (ns)
//   rrtool hold ADDRESS PORT COUNT         opens COUNT connections, says "held", keeps them until it is killed
//   rrtool run CPU PROGRAM ...             runs it on that CPU, then prints "cpu NANOSECONDS" of it on standard error
//
// Connections of crr are closed by RST, so that neither end keeps a port in TIME_WAIT.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST (1 << 20) // round trips whose time is kept: ten seconds at 100,000 a second

static uint32_t took[MOST];

static void die(const char *what)
{
	fprintf(stderr, "rrtool: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int check(int result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

static uint64_t now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000ull + at.tv_nsec;
}

static struct sockaddr_in at(const char *address, const char *port)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
	if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
		errno = EINVAL;
		die(address);
	}
	return name;
}

static int open_to(struct sockaddr_in *name, int type)
{
	int one = 1, s = check(socket(AF_INET, type, 0), "socket");
	struct timeval patience = { .tv_sec = 3 };
	check(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), "SO_RCVTIMEO");
	if (type == SOCK_STREAM)
		check(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "TCP_NODELAY");
	check(connect(s, (struct sockaddr *)name, sizeof *name), "connect");
	return s;
}

static void ask(int s)
{
	char octet = 'q';
	if (check(send(s, &octet, 1, 0), "send") != 1 || check(recv(s, &octet, 1, 0), "recv") != 1) {
		errno = ECONNRESET;
		die("no answer");
	}
}

static int by_size(const void *one, const void *two)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)two;
	return (a > b) - (a < b);
}

static void load(const char *mode, struct sockaddr_in name, int milliseconds)
{
	int crr = !strcmp(mode, "crr"), type = !strcmp(mode, "udp_rr") ? SOCK_DGRAM : SOCK_STREAM;
	struct linger reset = { .l_onoff = 1 };
	int s = crr ? -1 : open_to(&name, type);
	if (!crr)
		ask(s); // neighbours, routes and flows are there before the clock starts
	uint64_t start = now(), end = start + milliseconds * 1000000ull, before = start, after = start;
	uint32_t count = 0;
	for (; after < end && count < MOST; before = after) {
		if (crr)
			s = open_to(&name, type);
		ask(s);
		if (crr) {
			check(setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), "SO_LINGER");
			close(s);
		}
		after = now();
		took[count++] = after - before;
	}
	qsort(took, count, sizeof *took, by_size);
	printf("%u %u %u %llu\n", count, took[count / 2], took[(uint64_t)count * 99 / 100], (unsigned long long)(after - start));
}

static void hold(struct sockaddr_in name, int count)
{
	struct rlimit files = { count + 64, count + 64 };
	check(setrlimit(RLIMIT_NOFILE, &files), "RLIMIT_NOFILE");
	while (count-- > 0)
		ask(open_to(&name, SOCK_STREAM));
	puts("held");
	fflush(stdout);
	pause();
}

static void watch(int poll, int s)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = s };
	check(epoll_ctl(poll, EPOLL_CTL_ADD, s, &event), "epoll_ctl");
}

static void serve(const char *port)
{
	struct sockaddr_in any = at("0.0.0.0", port), from;
	int one = 1, poll = check(epoll_create1(0), "epoll"), tcp = check(socket(AF_INET, SOCK_STREAM, 0), "socket"),
	    udp = check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	check(setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), "SO_REUSEADDR");
	check(bind(tcp, (struct sockaddr *)&any, sizeof any), "bind");
	check(bind(udp, (struct sockaddr *)&any, sizeof any), "bind");
	check(listen(tcp, 1024), "listen");
	watch(poll, tcp);
	watch(poll, udp);
	for (;;) {
		struct epoll_event events[64];
		int ready = epoll_wait(poll, events, 64, -1);
		for (int i = 0; i < ready; i++) {
			int s = events[i].data.fd;
			char octet;
			socklen_t length = sizeof from;
			if (s == tcp) {
				int client = accept(tcp, NULL, NULL);
				if (client < 0)
					continue; // it reset before we came
				setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
				watch(poll, client);
			} else if (s == udp) {
				if (recvfrom(udp, &octet, 1, 0, (struct sockaddr *)&from, &length) == 1)
					sendto(udp, &octet, 1, 0, (struct sockaddr *)&from, length);
			} else if (recv(s, &octet, 1, 0) != 1 || send(s, &octet, 1, MSG_NOSIGNAL) != 1) {
				close(s);
			}
		}
	}
}

static int run(int cpu, char **command)
{
	pid_t child = check(fork(), "fork");
	if (child == 0) {
		cpu_set_t only;
		CPU_ZERO(&only);
		CPU_SET(cpu, &only);
		check(sched_setaffinity(0, sizeof only, &only), "sched_setaffinity");
		execvp(command[0], command);
		die(command[0]);
	}
	struct rusage used;
	int status;
	check(wait4(child, &status, 0, &used), "wait4");
	fprintf(stderr, "\ncpu %lld\n",
		(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000ll +
			(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000ll);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int count, char **words)
{
	if (count == 3 && !strcmp(words[1], "serve"))
		serve(words[2]);
	else if (count > 3 && !strcmp(words[1], "run"))
		return run(atoi(words[2]), words + 3);
	else if (count == 5 && !strcmp(words[1], "hold"))
		hold(at(words[2], words[3]), atoi(words[4]));
	else if (count == 5 && (!strcmp(words[1], "rr") || !strcmp(words[1], "crr") || !strcmp(words[1], "udp_rr")))
		load(words[1], at(words[2], words[3]), atoi(words[4]));
	else
		return fprintf(stderr, "usage: rrtool serve PORT | rr|crr|udp_rr ADDRESS PORT MS | hold ADDRESS PORT COUNT | run CPU PROGRAM ...\n"), 2;
	return 0;
}
