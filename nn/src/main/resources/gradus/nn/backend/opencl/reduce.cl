// GROUP, NEUTRAL and COMBINE are defined before.

// Many numbers to one per group of work items: each adds up every GROUP-th, then they halve their number until one is
// left. The order depends on n alone. Group (row, chunk) takes chunk numbers of a row of n.
__kernel void rows(__global const real *in, __global real *out, const uint n, const uint chunks, const uint chunk) {
    __local real part[GROUP];
    const uint lane = get_local_id(0);
    const uint row = get_group_id(0) / chunks;
    const uint begin = get_group_id(0) % chunks * chunk;
    const uint end = min(n, begin + chunk);
    real result = NEUTRAL;
    for (uint j = begin + lane; j < end; j += GROUP) {
        result = COMBINE(result, in[(size_t) row * n + j]);
    }
    part[lane] = result;
    for (uint width = GROUP / 2; width > 0; width /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (lane < width) {
            part[lane] = COMBINE(part[lane], part[lane + width]);
        }
    }
    if (lane == 0) {
        out[get_group_id(0)] = part[0];
    }
}

// Each work item goes down one column [o, ., i], in order.
__kernel void columns(__global const real *in, __global real *out, const uint count, const uint n, const uint inner) {
    for (uint at = get_global_id(0); at < count; at += get_global_size(0)) {
        const size_t from = (size_t) (at / inner) * n * inner + at % inner;
        real result = NEUTRAL;
        for (uint j = 0; j < n; j++) {
            result = COMBINE(result, in[from + (size_t) j * inner]);
        }
        out[at] = result;
    }
}
