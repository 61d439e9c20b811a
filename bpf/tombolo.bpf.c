// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0
/* All programs as one unit, so that they share one set of maps and the loader has one object. */
#include "from_pod.bpf.c"
#include "from_underlay.bpf.c"
#include "to_pod.bpf.c"

char tb_license[] SEC("license") = "GPL";
