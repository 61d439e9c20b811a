/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* icmp_error.h - tells a pod, in its gateway's name, why its packet went nowhere (RFC 792, RFC 4443).
 * Reads: the frame.  Writes: the frame, cut to the quoted part; icmp_budgets, drops, events.  Terminal: gives the program's
 * verdict.
 * Sparingly (RFC 4443 section 2.4 f): a pod's flood is dropped and counted, not answered packet by packet. Never about an ICMP
 * error, a later fragment or anything not to a unicast address (RFC 1122 section 3.2.2).
 */
#ifndef TB_LIB_ICMP_ERROR_H
#define TB_LIB_ICMP_ERROR_H

#include "verdict.h"

/* Quoted octets of the packet: its headers and what the sender's transport needs to know its connection, and enough that
 * the frame still ends behind the checksum of a transport header that is yet to be computed (bpf_skb_change_tail).
 */
#define TB_QUOTE 96

#define TB_ICMP_BURST 50

struct tb_icmp_error {
	__u8 type;
	__u8 code;
	__u16 mtu; /* host order; 0: none */
};

static __always_inline bool tb_may_answer(const struct tb_packet *packet)
{
	if (packet->fragment == TB_LATER_FRAGMENT)
		return false;
	if (packet->proto == IPPROTO_ICMPV6)
		return packet->icmp_type >= ICMPV6_INFORMATIONAL;
	if (packet->proto == IPPROTO_ICMP)
		return packet->icmp_type == ICMP_ECHO || packet->icmp_type == ICMP_ECHOREPLY ||
		       packet->icmp_type >= ICMP_TIMESTAMP;
	return true;
}

/* Two CPUs at once may both take the last one: no harm. */
static __noinline bool tb_icmp_has_budget(__u32 ifindex)
{
	struct tb_icmp_budget first = { .jiffies = bpf_jiffies64(), .left = TB_ICMP_BURST - 1 };
	struct tb_icmp_budget *budget = bpf_map_lookup_elem(&icmp_budgets, &ifindex);
	__u64 left;

	if (tb_config.tracing)
		return true;
	if (!budget)
		return !bpf_map_update_elem(&icmp_budgets, &ifindex, &first, BPF_ANY);
	left = budget->left + (first.jiffies - budget->jiffies);
	if (left > TB_ICMP_BURST)
		left = TB_ICMP_BURST;
	budget->jiffies = first.jiffies;
	budget->left = left ? left - 1 : 0;
	return left;
}

static __always_inline int tb_icmp4_error(struct __sk_buff *skb, const struct tb_packet *packet,
					  const struct tb_interface *from, struct tb_icmp_error error, __u32 quoted,
					  __s64 sum)
{
	struct {
		struct iphdr ip;
		struct icmphdr icmp;
	} header = {};

	header.ip.version = 4;
	header.ip.ihl = 5;
	header.ip.tot_len = bpf_htons(sizeof(header) + quoted);
	header.ip.ttl = 64;
	header.ip.protocol = IPPROTO_ICMP;
	__builtin_memcpy(&header.ip.saddr, from->gateway4, 4);
	header.ip.daddr = packet->saddr.word[0];
	header.ip.check = tb_fold(bpf_csum_diff(NULL, 0, (void *)&header.ip, sizeof(header.ip), 0));
	header.icmp.type = error.type;
	header.icmp.code = error.code;
	header.icmp.un.frag.mtu = bpf_htons(error.mtu);
	header.icmp.checksum = tb_fold(bpf_csum_diff(NULL, 0, (void *)&header.icmp, sizeof(header.icmp), sum));
	if (bpf_skb_adjust_room(skb, sizeof(header), BPF_ADJ_ROOM_MAC, 0))
		return -1;
	return bpf_skb_store_bytes(skb, ETH_HLEN, &header, sizeof(header), BPF_F_INVALIDATE_HASH);
}

static __always_inline int tb_icmp6_error(struct __sk_buff *skb, const struct tb_packet *packet,
					  const struct tb_interface *from, struct tb_icmp_error error, __u32 quoted,
					  __s64 sum)
{
	struct {
		struct ipv6hdr ip;
		struct icmp6hdr icmp;
	} header = {};
	union tb_octets source;
	__be32 pseudo[2] = { bpf_htonl(sizeof(header.icmp) + quoted), bpf_htonl(IPPROTO_ICMPV6) };

	header.ip.version = 6;
	header.ip.payload_len = bpf_htons(sizeof(header.icmp) + quoted);
	header.ip.nexthdr = IPPROTO_ICMPV6;
	header.ip.hop_limit = 64;
	__builtin_memcpy(&source, from->gateway6, 16);
	if (tb_is_zero(&source)) {
		source.word[0] = bpf_htonl(0xfe800000);
		source.word[3] = bpf_htonl(1);
	}
	__builtin_memcpy(&header.ip.saddr, &source, 16);
	__builtin_memcpy(&header.ip.daddr, &packet->saddr, 16);
	header.icmp.icmp6_type = error.type;
	header.icmp.icmp6_code = error.code;
	header.icmp.icmp6_dataun.un_data32[0] = bpf_htonl(error.mtu);
	sum = bpf_csum_diff(NULL, 0, (void *)&header.ip.saddr, 32, sum);
	sum = bpf_csum_diff(NULL, 0, pseudo, sizeof(pseudo), sum);
	header.icmp.icmp6_cksum = tb_fold(bpf_csum_diff(NULL, 0, (void *)&header.icmp, sizeof(header.icmp), sum));
	if (bpf_skb_adjust_room(skb, sizeof(header), BPF_ADJ_ROOM_MAC, 0))
		return -1;
	return bpf_skb_store_bytes(skb, ETH_HLEN, &header, sizeof(header), BPF_F_INVALIDATE_HASH);
}

/* Drops with a reason and answers with an error if one may be sent. */
static __noinline int tb_drop_with_error(struct __sk_buff *skb, const struct tb_packet *packet, enum tb_reason reason,
					 struct tb_icmp_error *error)
{
	const struct tb_interface *from = bpf_map_lookup_elem(&interfaces, &packet->ifindex);
	__u8 quote[TB_QUOTE] = {};
	__u32 quoted = packet->l3_length;
	__s64 sum;

	tb_count(skb, packet, reason);
	tb_outcome(skb, TB_OUTCOME_DROP, reason);
	if (!from || !tb_may_answer(packet) || !tb_icmp_has_budget(packet->ifindex))
		return TC_ACT_SHOT;
	if (packet->family == TB_IPV4 && !(from->gateway4[0] | from->gateway4[1] | from->gateway4[2] | from->gateway4[3]))
		return TC_ACT_SHOT; /* in nobody's name */
	if (quoted > TB_QUOTE)
		quoted = TB_QUOTE;
	if (quoted < sizeof(struct iphdr) || bpf_skb_load_bytes(skb, ETH_HLEN, quote, quoted))
		return TC_ACT_SHOT;
	/* What lies behind a shorter packet is zero and adds nothing. */
	sum = bpf_csum_diff(NULL, 0, (void *)quote, sizeof(quote), 0);
	if (bpf_skb_change_tail(skb, ETH_HLEN + quoted, 0))
		return TC_ACT_SHOT;
	if (packet->family == TB_IPV4 ? tb_icmp4_error(skb, packet, from, *error, quoted, sum)
				      : tb_icmp6_error(skb, packet, from, *error, quoted, sum))
		return TC_ACT_SHOT;
	if (tb_write_ethernet(skb, from->mac, tb_ethertype(packet)))
		return TC_ACT_SHOT;
	return tb_answer(skb, packet, reason);
}

#endif
