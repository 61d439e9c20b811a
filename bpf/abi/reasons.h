/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* reasons.h - why a packet was dropped: the one list of names.
 * Users grep these names; docs/drops.md explains each, Tombolo.Values.DropReason mirrors them (a test compares all
 * three). A name is never changed, removed or moved: new ones are added at the end.
 */
#ifndef TB_ABI_REASONS_H
#define TB_ABI_REASONS_H

#define TB_REASONS(X)                                                                                                  \
	X(malformed)                                                                                                   \
	X(not_ip)                                                                                                      \
	X(tagged)                                                                                                      \
	X(spoofed_mac)                                                                                                 \
	X(spoofed_address)                                                                                             \
	X(unknown_interface)                                                                                           \
	X(no_route)                                                                                                    \
	X(static_drop)                                                                                                 \
	X(no_way_back)                                                                                                 \
	X(system_reply_only)                                                                                           \
	X(not_up)                                                                                                      \
	X(too_big)                                                                                                     \
	X(ttl_expired)                                                                                                 \
	X(fragment_without_first)                                                                                      \
	X(multicast)                                                                                                   \
	X(unknown_endpoint)                                                                                            \
	X(unknown_label)                                                                                               \
	X(wrong_peer_group)                                                                                            \
	X(stale_label)                                                                                                 \
	X(source_not_behind_endpoint)                                                                                  \
	X(overlay_to_overlay)                                                                                          \
	X(not_marked)                                                                                                  \
	X(no_policy_yet)                                                                                               \
	X(policy_egress)                                                                                               \
	X(policy_ingress)                                                                                              \
	X(baseline_deny)                                                                                               \
	X(no_service_port)                                                                                             \
	X(no_backend)                                                                                                  \
	X(flow_refused_syn)                                                                                            \
	X(flow_unknown)                                                                                                \
	X(snat_exhausted)                                                                                              \
	X(clash_exhausted)                                                                                             \
	X(map_full)                                                                                                    \
	X(encap_failed)                                                                                                \
	X(unsupported)                                                                                                 \
	X(no_neighbour)

/* Two octets wide, as in struct tb_drop_key: the limit makes it so. */
enum tb_reason {
	DROP_none = 0,
#define TB_REASON(name) DROP_##name,
	TB_REASONS(TB_REASON)
#undef TB_REASON
	DROP_limit = 0xffff,
} __attribute__((packed));

/* With none. */
#define TB_ONE_MORE(name) +1
#define TB_REASON_COUNT (1 TB_REASONS(TB_ONE_MORE))

#endif
