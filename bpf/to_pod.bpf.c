// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0
/* to_pod - tcx egress of the host's side of a pod's veth: the backstop.
 * What our programs deliver goes past here (redirect_peer) or bears their mark. Anything else, such as what the host's own
 * stack sends, was judged by nobody.
 */
#include "lib/verdict.h"

SEC("tc")
int to_pod(struct __sk_buff *skb)
{
	struct tb_packet packet = { .direction = TB_TO_POD, .ifindex = skb->ifindex };
	const struct tb_interface *to;

	if (skb->mark == TB_MARK) {
		skb->mark = 0;
		return tb_pass(skb);
	}
	to = bpf_map_lookup_elem(&interfaces, &packet.ifindex);
	if (to)
		packet.vrf = to->vrf;
	return tb_drop(skb, &packet, DROP_not_marked);
}
