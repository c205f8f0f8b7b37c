// One group of GROUP work items per row; numbers are shifted by the row's largest so that nothing overflows.
// Each work item reads and writes its own elements only, so the output may be the input.

real across(__local real *part, const uint lane, const real mine, const int add) {
    barrier(CLK_LOCAL_MEM_FENCE);
    part[lane] = mine;
    for (uint width = GROUP / 2; width > 0; width /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (lane < width) {
            part[lane] = add ? part[lane] + part[lane + width] : fmax(part[lane], part[lane + width]);
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    return part[0];
}

__kernel void softmax(__global const real *in, __global real *out, const uint n, const int logarithm) {
    __local real part[GROUP];
    const uint lane = get_local_id(0);
    const size_t row = (size_t) get_group_id(0) * n;
    real most = -INFINITY;
    for (uint j = lane; j < n; j += GROUP) {
        most = fmax(most, in[row + j]);
    }
    most = across(part, lane, most, 0);
    real sum = 0;
    for (uint j = lane; j < n; j += GROUP) {
        sum += exp(in[row + j] - most);
    }
    sum = across(part, lane, sum, 1);
    const real logSum = log(sum);
    for (uint j = lane; j < n; j += GROUP) {
        const real x = in[row + j] - most;
        out[row + j] = logarithm ? x - logSum : exp(x) / sum;
    }
}
