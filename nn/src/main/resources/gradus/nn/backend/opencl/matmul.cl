// C = A B: a group of 8 x 8 work items computes a tile of 32 x 32 of C, each work item 4 x 4 of it, from tiles of A and B in
// local memory. Sums run over k in order. What lies beyond the edges counts as 0. RANK is defined before.

#define TILE 32
#define DEPTH 16
#define SIDE 8
#define EACH 4

typedef struct {
    int m, n, k, a, aRow, aColumn, b, bRow, bColumn;
    int dims[RANK], aBatch[RANK], bBatch[RANK];
} Layout;

__kernel void matmul(__global const real *a, __global const real *b, __global real *c, const Layout at) {
    __local real left[TILE][DEPTH + 1];
    __local real right[DEPTH][TILE];
    const int tx = get_local_id(0);
    const int ty = get_local_id(1);
    const int lane = ty * SIDE + tx;
    const int row = get_group_id(1) * TILE;
    const int column = get_group_id(0) * TILE;
    int rest = get_group_id(2);
    int aAt = at.a;
    int bAt = at.b;
    for (int axis = RANK - 1; axis >= 0; axis--) {
        aAt += rest % at.dims[axis] * at.aBatch[axis];
        bAt += rest % at.dims[axis] * at.bBatch[axis];
        rest /= at.dims[axis];
    }
    real sum[EACH][EACH];
    for (int i = 0; i < EACH; i++) {
        for (int j = 0; j < EACH; j++) {
            sum[i][j] = 0;
        }
    }
    for (int from = 0; from < at.k; from += DEPTH) {
        for (int t = lane; t < TILE * DEPTH; t += SIDE * SIDE) {
            const int i = t / DEPTH;
            const int p = t % DEPTH;
            left[i][p] = row + i < at.m && from + p < at.k
                    ? a[aAt + (row + i) * at.aRow + (from + p) * at.aColumn] : 0;
        }
        for (int t = lane; t < TILE * DEPTH; t += SIDE * SIDE) {
            const int p = t / TILE;
            const int j = t % TILE;
            right[p][j] = column + j < at.n && from + p < at.k
                    ? b[bAt + (from + p) * at.bRow + (column + j) * at.bColumn] : 0;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int p = 0; p < DEPTH; p++) {
            for (int i = 0; i < EACH; i++) {
                for (int j = 0; j < EACH; j++) {
                    sum[i][j] = fma(left[ty * EACH + i][p], right[p][tx * EACH + j], sum[i][j]);
                }
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (int i = 0; i < EACH; i++) {
        for (int j = 0; j < EACH; j++) {
            const int y = row + ty * EACH + i;
            const int x = column + tx * EACH + j;
            if (y < at.m && x < at.n) {
                c[((size_t) get_group_id(2) * at.m + y) * at.n + x] = sum[i][j];
            }
        }
    }
}
