// An index outside of 0 ... size - 1 is told to the host, once, as (1, index, size), and takes part no further.

typedef struct {
    uint outer, size, count, inner, perElement;
} Layout;

int checked(const int index, const uint size, __global int *wrong) {
    if (index >= 0 && (uint) index < size) {
        return index;
    }
    if (atomic_cmpxchg(wrong, 0, 1) == 0) {
        wrong[1] = index;
        wrong[2] = size;
    }
    return -1;
}

__kernel void gather(__global const real *in, __global const int *index, __global real *out, __global int *wrong,
        const Layout at) {
    const uint all = at.outer * at.count * at.inner;
    for (uint e = get_global_id(0); e < all; e += get_global_size(0)) {
        const uint i = e % at.inner;
        const uint c = e / at.inner % at.count;
        const uint o = e / at.inner / at.count;
        const int row = checked(index[at.perElement ? e : c], at.size, wrong);
        out[e] = row < 0 ? 0 : in[((size_t) o * at.size + row) * at.inner + i];
    }
}

// A work item owns column [o, ., i] of the output and adds to it in ascending c: no two meet, and the order is fixed.
__kernel void scatter_add(__global const real *in, __global const int *index, __global real *out, __global int *wrong,
        const Layout at) {
    const uint all = at.outer * at.inner;
    for (uint column = get_global_id(0); column < all; column += get_global_size(0)) {
        const uint i = column % at.inner;
        const uint o = column / at.inner;
        for (uint row = 0; row < at.size; row++) {
            out[((size_t) o * at.size + row) * at.inner + i] = 0;
        }
        for (uint c = 0; c < at.count; c++) {
            const size_t from = ((size_t) o * at.count + c) * at.inner + i;
            const int row = checked(index[at.perElement ? from : c], at.size, wrong);
            if (row >= 0) {
                out[((size_t) o * at.size + row) * at.inner + i] += in[from];
            }
        }
    }
}
