/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* gateway.h - what is sent to the gateway itself: it answers a ping and nothing else.
 * Writes: the frame.  Terminal.  Gives: no_route, unsupported.
 */
#ifndef TB_LIB_GATEWAY_H
#define TB_LIB_GATEWAY_H

#include "forward.h"
#include "neighbour.h"

static __always_inline int tb_ping4(struct __sk_buff *skb, const struct tb_packet *packet)
{
	__u8 ttl = 64, type = ICMP_ECHOREPLY;

	if (bpf_l3_csum_replace(skb, ETH_HLEN + offsetof(struct iphdr, check),
				bpf_htons(packet->ttl << 8 | packet->proto), bpf_htons(ttl << 8 | packet->proto), 2) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, ttl), &ttl, 1, 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, saddr), &packet->daddr, 4, 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, daddr), &packet->saddr, 4, 0))
		return -1;
	if (bpf_l4_csum_replace(skb, packet->l4_offset + offsetof(struct icmphdr, checksum),
				bpf_htons(ICMP_ECHO << 8 | packet->icmp_code),
				bpf_htons(ICMP_ECHOREPLY << 8 | packet->icmp_code), 2))
		return -1;
	return bpf_skb_store_bytes(skb, packet->l4_offset, &type, 1, 0);
}

static __always_inline int tb_ping6(struct __sk_buff *skb, const struct tb_packet *packet)
{
	__u8 ttl = 64, type = ICMPV6_ECHO_REPLY;

	/* Exchanging the addresses leaves the pseudo header's sum as it was. */
	if (bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, hop_limit), &ttl, 1, 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, saddr), &packet->daddr, 16, 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, daddr), &packet->saddr, 16, 0))
		return -1;
	if (bpf_l4_csum_replace(skb, packet->l4_offset + offsetof(struct icmphdr, checksum),
				bpf_htons(ICMPV6_ECHO_REQUEST << 8 | packet->icmp_code),
				bpf_htons(ICMPV6_ECHO_REPLY << 8 | packet->icmp_code), 2))
		return -1;
	return bpf_skb_store_bytes(skb, packet->l4_offset, &type, 1, 0);
}

static __always_inline int tb_to_gateway(struct __sk_buff *skb, struct tb_packet *packet,
					 const struct tb_interface *from)
{
	bool ping = packet->family == TB_IPV4
			    ? packet->proto == IPPROTO_ICMP && packet->icmp_type == ICMP_ECHO
			    : packet->proto == IPPROTO_ICMPV6 && packet->icmp_type == ICMPV6_ECHO_REQUEST;

	if (packet->fragment != TB_WHOLE)
		return tb_drop(skb, packet, DROP_unsupported);
	if (!ping)
		return tb_drop_unreachable(skb, packet);
	if ((packet->family == TB_IPV4 ? tb_ping4(skb, packet) : tb_ping6(skb, packet)) ||
	    tb_write_ethernet(skb, from->mac, tb_ethertype(packet)))
		return tb_drop(skb, packet, DROP_malformed);
	return tb_answer(skb, packet, DROP_none);
}

#endif
