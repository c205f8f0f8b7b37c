// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): a work item computes the four words of a block from the key (the
// state's first two words) and the block's number (the first block's, in the other two, and its own).

__kernel void uniform_numbers(__global const int *state, __global real *out, const uint n) {
    const ulong first = (uint) state[2] | (ulong) (uint) state[3] << 32;
    for (uint at = get_global_id(0); at < (n + 3) / 4; at += get_global_size(0)) {
        const ulong number = first + at;
        uint word[4] = {(uint) number, (uint) (number >> 32), 0, 0};
        uint key0 = state[0];
        uint key1 = state[1];
        for (int round = 0; round < 10; round++) {
            const ulong left = 0xD2511F53UL * word[0];
            const ulong right = 0xCD9E8D57UL * word[2];
            word[0] = (uint) (right >> 32) ^ word[1] ^ key0;
            word[1] = (uint) right;
            word[2] = (uint) (left >> 32) ^ word[3] ^ key1;
            word[3] = (uint) left;
            key0 += 0x9E3779B9U;
            key1 += 0xBB67AE85U;
        }
        for (uint i = 0; i < 4 && 4 * at + i < n; i++) {
            out[4 * at + i] = (real) (word[i] >> 8) * (real) (1.0f / 16777216.0f);
        }
    }
}
