/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* neighbour.h - whose link-layer address does a pod ask for, and is it answered?
 * Reads: hosts, prefixes, nexthops, spoof.  Writes: nothing.
 * The gateway's MAC stands for every address of the network. Not for the asker's own, nor for what it only probes
 * (duplicate address detection), unless another interface of the network holds that address: that is a true duplicate.
 */
#ifndef TB_LIB_NEIGHBOUR_H
#define TB_LIB_NEIGHBOUR_H

#include "packet.h"
#include "route.h"

static __always_inline bool tb_is_gateway(const struct tb_interface *from, enum tb_family family,
					  const union tb_octets *address)
{
	union tb_octets gateway = {};

	if (family == TB_IPV4)
		__builtin_memcpy(&gateway, from->gateway4, 4);
	else if (tb_is_gateway_link_local(address))
		return true;
	else
		__builtin_memcpy(&gateway, from->gateway6, 16);
	return !tb_is_zero(&gateway) && tb_equal(&gateway, address);
}

/* Does the gateway, or an interface other than the asker, hold the address? */
static __always_inline bool tb_is_held_by_another(const struct tb_packet *packet, const struct tb_interface *from,
						  enum tb_family family, const union tb_octets *address)
{
	const struct tb_nexthop *to;

	if (tb_is_gateway(from, family, address))
		return true;
	to = tb_host_route(packet->vrf, family, address);
	return to && to->kind != TB_NEXTHOP_DROP &&
	       !(to->kind == TB_NEXTHOP_INTERFACE && to->ifindex == packet->ifindex);
}

/* Is the target one that the gateway answers for? `probe`: the asker has no address yet. */
static __always_inline bool tb_is_answered(const struct tb_packet *packet, const struct tb_interface *from,
					   enum tb_family family, const union tb_octets *target, bool probe)
{
	const struct tb_nexthop *to;

	if (tb_is_multicast(family, target))
		return false;
	if (probe)
		return tb_is_held_by_another(packet, from, family, target);
	if (tb_is_gateway(from, family, target))
		return true;
	if (tb_is_own(packet->ifindex, family, target))
		return false;
	if (family == TB_IPV6 && tb_is_link_local(target))
		return false;
	to = tb_route(packet->vrf, family, target);
	if (!to)
		return false;
	/* The subnet, or what lies in it by a route of the network's own; an imported route is reached by the gateway. */
	return to->kind == TB_NEXTHOP_CONNECTED ||
	       ((to->kind == TB_NEXTHOP_INTERFACE || to->kind == TB_NEXTHOP_TUNNEL) && (to->flags & TB_NEXTHOP_OWN));
}

#endif
