/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* net.h - numbers of the protocols that vmlinux.h, which has types only, does not bring; and operations on addresses. */
#ifndef TB_LIB_NET_H
#define TB_LIB_NET_H

#include "maps.h"

#include <bpf/bpf_endian.h>

#define ETH_P_IP 0x0800
#define ETH_P_ARP 0x0806
#define ETH_P_8021Q 0x8100
#define ETH_P_IPV6 0x86dd
#define ETH_P_8021AD 0x88a8
#define ETH_HLEN 14

#define TC_ACT_UNSPEC (-1) /* tcx: the next program, at last the stack */
#define TC_ACT_OK 0
#define TC_ACT_SHOT 2

#define PACKET_HOST 0

#define IP_MF 0x2000
#define IP_DF 0x4000
#define IP_OFFSET 0x1fff

#define ICMP_ECHOREPLY 0
#define ICMP_DEST_UNREACH 3
#define ICMP_ECHO 8
#define ICMP_TIME_EXCEEDED 11
#define ICMP_TIMESTAMP 13
#define ICMP_NET_UNREACH 0
#define ICMP_FRAG_NEEDED 4

#define IPPROTO_ICMPV6 58
#define ICMPV6_DEST_UNREACH 1
#define ICMPV6_PKT_TOOBIG 2
#define ICMPV6_TIME_EXCEED 3
#define ICMPV6_INFORMATIONAL 128 /* types from here on are no errors */
#define ICMPV6_ECHO_REQUEST 128
#define ICMPV6_ECHO_REPLY 129
#define ND_ROUTER_SOLICIT 133
#define ND_ROUTER_ADVERT 134
#define ND_NEIGHBOR_SOLICIT 135
#define ND_NEIGHBOR_ADVERT 136
#define ND_REDIRECT 137

#define TCP_FLAG_SYN_BIT 0x02
#define TCP_FLAG_ACK_BIT 0x10

#define TB_VXLAN_PORT 4789
#define TB_MPLS_PORT 6635
#define TB_MTU_MAX 0xffff

/* Sixteen octets of an address, whole or by words. */
union tb_octets {
	__u8 octet[16];
	__u16 half[8];
	__u32 word[4];
};

static __always_inline bool tb_equal(const union tb_octets *a, const union tb_octets *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1] && a->word[2] == b->word[2] &&
	       a->word[3] == b->word[3];
}

static __always_inline bool tb_is_zero(const union tb_octets *a)
{
	return !(a->word[0] | a->word[1] | a->word[2] | a->word[3]);
}

/* 224.0.0.0/4, the limited broadcast, ff00::/8. */
static __always_inline bool tb_is_multicast(enum tb_family family, const union tb_octets *a)
{
	return family == TB_IPV4 ? (a->octet[0] & 0xf0) == 0xe0 || a->word[0] == 0xffffffff : a->octet[0] == 0xff;
}

/* fe80::/10 */
static __always_inline bool tb_is_link_local(const union tb_octets *a)
{
	return a->octet[0] == 0xfe && (a->octet[1] & 0xc0) == 0x80;
}

/* fe80::1, the gateway of every network. */
static __always_inline bool tb_is_gateway_link_local(const union tb_octets *a)
{
	return a->word[0] == bpf_htonl(0xfe800000) && !(a->word[1] | a->word[2]) && a->word[3] == bpf_htonl(1);
}

/* ::ffff:0:0/96, which no packet may carry. */
static __always_inline bool tb_is_v4_mapped(const union tb_octets *a)
{
	return !(a->word[0] | a->word[1]) && a->word[2] == bpf_htonl(0xffff);
}

static __always_inline bool tb_mac_equal(const __u8 *a, const __u8 *b)
{
	return !__builtin_memcmp(a, b, 6);
}

static __always_inline void tb_gateway_mac(__u8 *mac)
{
#pragma unroll
	for (int i = 0; i < 6; i++)
		mac[i] = tb_config.gateway_mac[i];
}

static __always_inline __u16 tb_fold(__u64 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

#endif
