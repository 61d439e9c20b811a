/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* packet.h - what a packet says, read once.
 * Reads: the frame.  Writes: nothing.  Gives: malformed, not_ip, tagged.
 * Every length is checked against both the header that states it and the frame that holds it.
 */
#ifndef TB_LIB_PACKET_H
#define TB_LIB_PACKET_H

#include "net.h"

/* Extension headers that we walk past; a packet with more is malformed. */
#define TB_EXTENSIONS 6

enum tb_fragment_place {
	TB_WHOLE = 0,
	TB_FIRST_FRAGMENT = 1,
	TB_LATER_FRAGMENT = 2, /* has no transport header */
};

struct tb_packet {
	__u32 ifindex;
	__u32 vrf;
	__u32 l3_length;   /* of the IP packet, by its own account */
	__u32 l4_offset;   /* in the frame */
	__u32 l4_length;   /* behind it, by the IP header's account */
	__u32 segment_headers; /* octets of IP and transport headers, which each segment of a super-packet has */
	enum tb_direction direction;
	enum tb_family family;
	__u8 proto;
	__u8 ttl;
	__u8 fragment; /* enum tb_fragment_place */
	__u8 tcp_flags;
	__u8 icmp_type;
	__u8 icmp_code;
	__u16 sport;
	__u16 dport;
	__u8 tos;
	union tb_octets saddr;
	union tb_octets daddr;
};

static __always_inline __u16 tb_ethertype(const struct tb_packet *packet)
{
	return packet->family == TB_IPV4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
}

/* Loads of the packet's ends, each by itself: the compiler would merge two and reach them through arithmetic on the context,
 * which the verifier refuses.
 */
#define TB_CONTEXT(skb, field)                                                                                         \
	({                                                                                                             \
		void *value_;                                                                                          \
		asm volatile("%0 = *(u32 *)(%1 + %2)"                                                                  \
			     : "=r"(value_)                                                                            \
			     : "r"(skb), "i"(offsetof(struct __sk_buff, field)));                                      \
		value_;                                                                                                \
	})

/* The first `size` octets as linear memory; NULL if the frame is shorter. Pointers into the packet from before are gone. */
static __always_inline void *tb_linear(struct __sk_buff *skb, __u32 size)
{
	void *data = TB_CONTEXT(skb, data);
	void *end = TB_CONTEXT(skb, data_end);

	if (data + size > end && bpf_skb_pull_data(skb, size))
		return NULL;
	data = TB_CONTEXT(skb, data);
	end = TB_CONTEXT(skb, data_end);
	return data + size > end ? NULL : data;
}

static __always_inline enum tb_reason tb_parse_transport(struct __sk_buff *skb, struct tb_packet *packet)
{
	union {
		struct tcphdr tcp;
		struct udphdr udp;
		struct icmphdr icmp;
		__u8 octet[20];
	} header;
	__u32 length = 8;

	packet->segment_headers = packet->l4_offset - ETH_HLEN;
	if (packet->fragment == TB_LATER_FRAGMENT)
		return DROP_none;
	switch (packet->proto) {
	case IPPROTO_TCP:
		if (packet->l4_length < sizeof(header.tcp) ||
		    bpf_skb_load_bytes(skb, packet->l4_offset, &header.tcp, sizeof(header.tcp)))
			return DROP_malformed;
		length = header.tcp.doff * 4;
		if (length < sizeof(header.tcp) || length > packet->l4_length)
			return DROP_malformed;
		packet->tcp_flags = header.octet[13];
		packet->sport = header.tcp.source;
		packet->dport = header.tcp.dest;
		packet->segment_headers += length;
		return DROP_none;
	case IPPROTO_UDP:
		if (packet->l4_length < sizeof(header.udp) ||
		    bpf_skb_load_bytes(skb, packet->l4_offset, &header.udp, sizeof(header.udp)))
			return DROP_malformed;
		length = bpf_ntohs(header.udp.len);
		if (length < sizeof(header.udp) || (packet->fragment == TB_WHOLE && length > packet->l4_length))
			return DROP_malformed;
		packet->sport = header.udp.source;
		packet->dport = header.udp.dest;
		packet->segment_headers += sizeof(header.udp);
		return DROP_none;
	case IPPROTO_SCTP:
		length = 12; /* ports, tag, checksum */
		if (packet->l4_length < length || bpf_skb_load_bytes(skb, packet->l4_offset, &header.udp, 8))
			return DROP_malformed;
		packet->sport = header.udp.source;
		packet->dport = header.udp.dest;
		return DROP_none;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if ((packet->proto == IPPROTO_ICMP) != (packet->family == TB_IPV4))
			return DROP_malformed;
		if (packet->l4_length < length || bpf_skb_load_bytes(skb, packet->l4_offset, &header.icmp, 8))
			return DROP_malformed;
		packet->icmp_type = header.icmp.type;
		packet->icmp_code = header.icmp.code;
		return DROP_none;
	default:
		return DROP_none;
	}
}

static __always_inline enum tb_reason tb_parse_ipv4(struct __sk_buff *skb, struct tb_packet *packet)
{
	void *frame = tb_linear(skb, ETH_HLEN + sizeof(struct iphdr));
	struct iphdr *ip = frame + ETH_HLEN;
	__u32 header, fragment;

	if (!frame || ip->version != 4 || ip->ihl < 5)
		return DROP_malformed;
	header = ip->ihl * 4;
	packet->family = TB_IPV4;
	packet->l3_length = bpf_ntohs(ip->tot_len);
	packet->l4_offset = ETH_HLEN + header;
	if (packet->l3_length < header || packet->l3_length > skb->len - ETH_HLEN)
		return DROP_malformed;
	packet->l4_length = packet->l3_length - header;
	packet->proto = ip->protocol;
	packet->ttl = ip->ttl;
	packet->tos = ip->tos;
	packet->saddr.word[0] = ip->saddr;
	packet->daddr.word[0] = ip->daddr;
	fragment = bpf_ntohs(ip->frag_off);
	packet->fragment = fragment & IP_OFFSET ? TB_LATER_FRAGMENT : fragment & IP_MF ? TB_FIRST_FRAGMENT : TB_WHOLE;
	return tb_parse_transport(skb, packet);
}

/* Walks the extension headers (RFC 8200 section 4); afterwards proto and l4_offset are those of what they lead to. */
static __always_inline enum tb_reason tb_walk_extensions(struct __sk_buff *skb, struct tb_packet *packet)
{
	__u32 end = ETH_HLEN + packet->l3_length;
	__u8 header[8];

	for (int i = 0; i <= TB_EXTENSIONS; i++) {
		__u32 length = 0;

		switch (packet->proto) {
		case 0: /* hop by hop: only the first may be */
			if (i)
				return DROP_malformed;
			break;
		case 43: /* routing */
		case 44: /* fragment */
		case 51: /* authentication */
		case 60: /* destination options */
			break;
		default:
			packet->l4_length = end - packet->l4_offset;
			return DROP_none;
		}
		if (packet->l4_offset + sizeof(header) > end ||
		    bpf_skb_load_bytes(skb, packet->l4_offset, header, sizeof(header)))
			return DROP_malformed;
		length = packet->proto == 44 ? 8 : packet->proto == 51 ? (header[1] + 2) * 4 : (header[1] + 1) * 8;
		if (packet->proto == 44) {
			__u16 offset = header[2] << 8 | header[3];

			packet->fragment = offset & 0xfff8 ? TB_LATER_FRAGMENT : offset & 1 ? TB_FIRST_FRAGMENT : TB_WHOLE;
		}
		packet->l4_offset += length;
		packet->proto = header[0];
		if (packet->l4_offset > end)
			return DROP_malformed;
		if (packet->fragment == TB_LATER_FRAGMENT) {
			packet->l4_length = end - packet->l4_offset;
			return DROP_none;
		}
	}
	return DROP_malformed;
}

static __always_inline enum tb_reason tb_parse_ipv6(struct __sk_buff *skb, struct tb_packet *packet)
{
	void *frame = tb_linear(skb, ETH_HLEN + sizeof(struct ipv6hdr));
	struct ipv6hdr *ip = frame + ETH_HLEN;
	enum tb_reason reason;

	if (!frame || ip->version != 6)
		return DROP_malformed;
	packet->family = TB_IPV6;
	packet->l3_length = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	packet->l4_offset = ETH_HLEN + sizeof(*ip);
	if (packet->l3_length > skb->len - ETH_HLEN)
		return DROP_malformed;
	packet->proto = ip->nexthdr;
	packet->ttl = ip->hop_limit;
	packet->tos = ip->priority << 4 | ip->flow_lbl[0] >> 4;
	__builtin_memcpy(&packet->saddr, &ip->saddr, 16);
	__builtin_memcpy(&packet->daddr, &ip->daddr, 16);
	if (tb_is_v4_mapped(&packet->saddr) || tb_is_v4_mapped(&packet->daddr))
		return DROP_malformed;
	reason = tb_walk_extensions(skb, packet);
	if (reason)
		return reason;
	return tb_parse_transport(skb, packet);
}

/* Reads an IP packet behind a 14-octet link header; `ethertype` in network order. */
static __always_inline enum tb_reason tb_parse(struct __sk_buff *skb, struct tb_packet *packet, __u16 ethertype)
{
	switch (ethertype) {
	case bpf_htons(ETH_P_IP):
		return tb_parse_ipv4(skb, packet);
	case bpf_htons(ETH_P_IPV6):
		return tb_parse_ipv6(skb, packet);
	case bpf_htons(ETH_P_8021Q):
	case bpf_htons(ETH_P_8021AD):
		return DROP_tagged;
	default:
		return DROP_not_ip;
	}
}

#endif
