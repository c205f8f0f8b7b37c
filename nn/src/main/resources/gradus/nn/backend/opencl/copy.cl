// RANK, the element types in_t and out_t, and CONVERT are defined before.

typedef struct {
    uint count;
    int in, out;
    int dims[RANK], inStrides[RANK], outStrides[RANK];
} Layout;

__kernel void copy(__global const in_t *in, __global out_t *out, const Layout at) {
    for (uint e = get_global_id(0); e < at.count; e += get_global_size(0)) {
        uint rest = e;
        int from = at.in;
        int to = at.out;
        for (int axis = RANK - 1; axis >= 0; axis--) {
            const int i = rest % at.dims[axis];
            rest /= at.dims[axis];
            from += i * at.inStrides[axis];
            to += i * at.outStrides[axis];
        }
        out[to] = CONVERT(in[from]);
    }
}
