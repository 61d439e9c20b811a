/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* nd.h - answers neighbour and router solicitations (RFC 4861) in the gateway's name.
 * Reads: as neighbour.h.  Writes: the frame.  Terminal.  Gives: malformed, spoofed_mac, spoofed_address, no_neighbour.
 */
#ifndef TB_LIB_ND_H
#define TB_LIB_ND_H

#include "neighbour.h"
#include "verdict.h"

/* Flags of a neighbour advertisement, first octet of a word. */
#define ND_ROUTER 0x80
#define ND_SOLICITED 0x40
#define ND_OVERRIDE 0x20
#define ND_SOURCE_MAC 1 /* options */
#define ND_TARGET_MAC 2
#define ND_MTU 5
#define ND_ROUTER_LIFETIME 1800

/* An advertisement of either kind, with its options, has 32 octets behind the IPv6 header. */
struct tb_nd_answer {
	struct ethhdr ethernet;
	struct ipv6hdr ip;
	__u8 type;
	__u8 code;
	__u16 checksum;
	union {
		struct {
			__u8 flags;
			__u8 reserved[3];
			union tb_octets target;
			__u8 option_mac[8];
		} neighbour;
		struct {
			__u8 hop_limit;
			__u8 flags;
			__be16 lifetime;
			__be32 reachable;
			__be32 retransmit;
			__u8 option_mac[8];
			__u8 option_mtu_type[4];
			__be32 option_mtu;
		} router;
	};
} __attribute__((packed));

_Static_assert(sizeof(struct tb_nd_answer) == 14 + 40 + 32, "an answer to a solicitation has 86 octets");

static __always_inline bool tb_is_nd(const struct tb_packet *packet)
{
	return packet->proto == IPPROTO_ICMPV6 && packet->fragment != TB_LATER_FRAGMENT &&
	       packet->icmp_type >= ND_ROUTER_SOLICIT && packet->icmp_type <= ND_REDIRECT;
}

static __noinline int tb_nd_send(struct __sk_buff *skb, const struct tb_packet *packet, struct tb_nd_answer *answer)
{
	__be32 pseudo[2] = { bpf_htonl(32), bpf_htonl(IPPROTO_ICMPV6) };
	__s64 sum;

	tb_gateway_mac(answer->ethernet.h_source);
	answer->ethernet.h_proto = bpf_htons(ETH_P_IPV6);
	answer->ip.version = 6;
	answer->ip.payload_len = bpf_htons(32);
	answer->ip.nexthdr = IPPROTO_ICMPV6;
	answer->ip.hop_limit = 255;
	sum = bpf_csum_diff(NULL, 0, (void *)&answer->ip.saddr, 32, 0);
	sum = bpf_csum_diff(NULL, 0, pseudo, sizeof(pseudo), sum);
	sum = bpf_csum_diff(NULL, 0, (void *)&answer->type, 32, sum);
	answer->checksum = tb_fold(sum);
	if (bpf_skb_change_tail(skb, sizeof(*answer), 0) ||
	    bpf_skb_store_bytes(skb, 0, answer, sizeof(*answer), BPF_F_INVALIDATE_HASH))
		return tb_drop(skb, packet, DROP_malformed);
	return tb_answer(skb, packet, DROP_none);
}

static __always_inline void tb_mac_option(__u8 *option, __u8 type)
{
	option[0] = type;
	option[1] = 1; /* in units of 8 octets */
	tb_gateway_mac(option + 2);
}

/* To the asker; to all nodes if it has no address yet (section 7.2.4). */
static __always_inline void tb_nd_address(struct tb_nd_answer *answer, const struct tb_packet *packet,
					  const struct tb_interface *from)
{
	union tb_octets to = packet->saddr;

	__builtin_memcpy(answer->ethernet.h_dest, from->mac, 6);
	if (tb_is_zero(&to)) {
		to.word[0] = bpf_htonl(0xff020000);
		to.word[3] = bpf_htonl(1);
	}
	__builtin_memcpy(&answer->ip.daddr, &to, 16);
}

#define ND_OPTIONS 4 /* a solicitation has one that means anything, and may have a nonce (RFC 7527) */

/* A solicitation's options, from `offset` behind the ICMP header on: whole, none empty, and a source MAC that is the pod's;
 * who has no address yet names no MAC either (sections 6.1.1, 7.1.1).
 */
static __always_inline enum tb_reason tb_nd_options(struct __sk_buff *skb, const struct tb_packet *packet,
						    const struct tb_interface *from, __u32 offset)
{
	__u32 at = packet->l4_offset + offset, end = packet->l4_offset + packet->l4_length;
	__u8 option[8];

	for (int i = 0; i < ND_OPTIONS; i++) {
		if (at == end)
			return DROP_none;
		if (at + sizeof(option) > end || bpf_skb_load_bytes(skb, at, option, sizeof(option)) || !option[1])
			return DROP_malformed;
		if (option[0] == ND_SOURCE_MAC && tb_is_zero(&packet->saddr))
			return DROP_malformed;
		if (option[0] == ND_SOURCE_MAC && !tb_mac_equal(option + 2, from->mac))
			return DROP_spoofed_mac;
		at += option[1] * 8;
	}
	return at == end ? DROP_none : DROP_malformed;
}

static __always_inline int tb_neighbour_solicited(struct __sk_buff *skb, struct tb_packet *packet,
						  const struct tb_interface *from)
{
	struct tb_nd_answer answer = {};
	union tb_octets target;
	bool probe = tb_is_zero(&packet->saddr);
	enum tb_reason reason;

	if (packet->l4_length < 24 || bpf_skb_load_bytes(skb, packet->l4_offset + 8, &target, sizeof(target)) ||
	    tb_is_multicast(TB_IPV6, &target) || tb_is_v4_mapped(&target))
		return tb_drop(skb, packet, DROP_malformed);
	reason = tb_nd_options(skb, packet, from, 24);
	if (reason)
		return tb_drop(skb, packet, reason);
	if (!tb_is_answered(packet, from, TB_IPV6, &target, probe))
		return tb_drop(skb, packet, DROP_no_neighbour);
	tb_nd_address(&answer, packet, from);
	__builtin_memcpy(&answer.ip.saddr, &target, 16);
	answer.type = ND_NEIGHBOR_ADVERT;
	answer.neighbour.flags = ND_ROUTER | ND_OVERRIDE | (probe ? 0 : ND_SOLICITED);
	answer.neighbour.target = target;
	tb_mac_option(answer.neighbour.option_mac, ND_TARGET_MAC);
	return tb_nd_send(skb, packet, &answer);
}

/* Default router and MTU; addresses come from the CNI, so no prefixes and neither M nor O. */
static __always_inline int tb_router_solicited(struct __sk_buff *skb, struct tb_packet *packet,
					       const struct tb_interface *from)
{
	struct tb_nd_answer answer = {};
	enum tb_reason reason = tb_nd_options(skb, packet, from, 8);

	if (reason)
		return tb_drop(skb, packet, reason);
	tb_nd_address(&answer, packet, from);
	answer.ip.saddr.in6_u.u6_addr32[0] = bpf_htonl(0xfe800000);
	answer.ip.saddr.in6_u.u6_addr32[3] = bpf_htonl(1);
	answer.type = ND_ROUTER_ADVERT;
	answer.router.hop_limit = 64;
	answer.router.lifetime = bpf_htons(ND_ROUTER_LIFETIME);
	tb_mac_option(answer.router.option_mac, ND_SOURCE_MAC);
	answer.router.option_mtu_type[0] = ND_MTU;
	answer.router.option_mtu_type[1] = 1;
	answer.router.option_mtu = bpf_htonl(from->mtu);
	return tb_nd_send(skb, packet, &answer);
}

static __noinline int tb_nd(struct __sk_buff *skb, struct tb_packet *packet, const struct tb_interface *from)
{
	/* Only a neighbour on the link can send with the full hop limit (sections 6.1.1, 7.1.1). */
	if (packet->ttl != 255 || packet->icmp_code || packet->fragment != TB_WHOLE)
		return tb_drop(skb, packet, DROP_malformed);
	if (!tb_is_zero(&packet->saddr) && !tb_is_link_local(&packet->saddr) &&
	    !tb_is_own(packet->ifindex, TB_IPV6, &packet->saddr))
		return tb_drop(skb, packet, DROP_spoofed_address);
	if (packet->icmp_type == ND_NEIGHBOR_SOLICIT)
		return tb_neighbour_solicited(skb, packet, from);
	if (packet->icmp_type == ND_ROUTER_SOLICIT)
		return tb_router_solicited(skb, packet, from);
	/* Advertisements and redirects of a pod: nobody here learns from them. */
	return tb_drop(skb, packet, DROP_no_neighbour);
}

#endif
