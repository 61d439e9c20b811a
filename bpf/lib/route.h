/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* route.h - where an address leads in a VRF, and what an interface may send from.
 * Reads: hosts, prefixes, nexthops, spoof.  Writes: nothing.
 */
#ifndef TB_LIB_ROUTE_H
#define TB_LIB_ROUTE_H

#include "net.h"

/* VRF or ifindex 32, family and padding 32, then the address. */
#define TB_LPM_HOST_BITS(family) (64 + ((family) == TB_IPV4 ? 32 : 128))

/* The host route, else the longest prefix; NULL if there is neither. */
static __always_inline const struct tb_nexthop *tb_route(__u32 vrf, enum tb_family family,
							 const union tb_octets *address)
{
	struct tb_lpm_key key = { .length = TB_LPM_HOST_BITS(family), .vrf = vrf, .family = family };
	const struct tb_route *route;

	__builtin_memcpy(key.address, address, 16);
	/* An LPM key without its length is the key of `hosts`. */
	route = bpf_map_lookup_elem(&hosts, &key.vrf);
	if (!route)
		route = bpf_map_lookup_elem(&prefixes, &key);
	return route ? bpf_map_lookup_elem(&nexthops, &route->nexthop) : NULL;
}

/* Only the host route. */
static __always_inline const struct tb_nexthop *tb_host_route(__u32 vrf, enum tb_family family,
							      const union tb_octets *address)
{
	struct tb_address_key key = { .vrf = vrf, .family = family };
	const struct tb_route *route;

	__builtin_memcpy(key.address, address, 16);
	route = bpf_map_lookup_elem(&hosts, &key);
	return route ? bpf_map_lookup_elem(&nexthops, &route->nexthop) : NULL;
}

static __always_inline const struct tb_spoof *tb_spoof(__u32 ifindex, enum tb_family family,
							const union tb_octets *address)
{
	struct tb_lpm_key key = { .length = TB_LPM_HOST_BITS(family), .vrf = ifindex, .family = family };

	__builtin_memcpy(key.address, address, 16);
	return bpf_map_lookup_elem(&spoof, &key);
}

/* Is the address the interface's own, or in a prefix allowed to it? It may send from it. */
static __always_inline bool tb_is_own(__u32 ifindex, enum tb_family family, const union tb_octets *address)
{
	const struct tb_spoof *own = tb_spoof(ifindex, family, address);

	return own && own->kind != TB_SPOOF_TRANSIT;
}

/* Is the interface sent to at the address: its own, or one that a static route leads through it? */
static __always_inline bool tb_takes(__u32 ifindex, enum tb_family family, const union tb_octets *address)
{
	return tb_spoof(ifindex, family, address) != NULL;
}

#endif
