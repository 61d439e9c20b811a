// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0
/* from_pod - tcx ingress of the host's side of a pod's veth: everything a pod sends.
 * parse -> is it from whom it says? -> neighbours and gateway are answered here -> route -> deliver or encapsulate
 */
#include "lib/arp.h"
#include "lib/gateway.h"
#include "lib/nd.h"

SEC("tc")
int from_pod(struct __sk_buff *skb)
{
	struct tb_packet packet = { .direction = TB_FROM_POD, .ifindex = skb->ifindex };
	const struct tb_interface *from = bpf_map_lookup_elem(&interfaces, &packet.ifindex);
	struct ethhdr *ethernet;
	enum tb_reason reason;
	__u16 ethertype;

	if (!from)
		return tb_drop(skb, &packet, DROP_unknown_interface);
	packet.vrf = from->vrf;
	if (skb->vlan_present)
		return tb_drop(skb, &packet, DROP_tagged);
	ethernet = tb_linear(skb, sizeof(*ethernet));
	if (!ethernet)
		return tb_drop(skb, &packet, DROP_malformed);
	if (!tb_mac_equal(ethernet->h_source, from->mac))
		return tb_drop(skb, &packet, DROP_spoofed_mac);
	ethertype = ethernet->h_proto;
	if (ethertype == bpf_htons(ETH_P_ARP))
		return tb_arp(skb, &packet, from);
	reason = tb_parse(skb, &packet, ethertype);
	if (reason)
		return tb_drop(skb, &packet, reason);
	if (tb_is_nd(&packet))
		return tb_nd(skb, &packet, from);
	if (!tb_is_own(packet.ifindex, packet.family, &packet.saddr)) {
		/* Before it has an address, and from its link-local one, a pod may speak on its link only: to its gateway
		 * (below), or to groups that nobody but neighbours hears.
		 */
		bool on_link = packet.family == TB_IPV6 &&
			       (tb_is_link_local(&packet.saddr) || tb_is_zero(&packet.saddr));

		if (on_link && tb_is_multicast(packet.family, &packet.daddr))
			return tb_drop(skb, &packet, DROP_multicast);
		if (!on_link || tb_is_zero(&packet.saddr) || !tb_is_gateway_link_local(&packet.daddr))
			return tb_drop(skb, &packet, DROP_spoofed_address);
	}
	if (tb_is_multicast(packet.family, &packet.daddr))
		return tb_drop(skb, &packet, DROP_multicast);
	if (tb_is_gateway(from, packet.family, &packet.daddr))
		return tb_to_gateway(skb, &packet, from);
	return tb_forward(skb, &packet, tb_route(packet.vrf, packet.family, &packet.daddr));
}
