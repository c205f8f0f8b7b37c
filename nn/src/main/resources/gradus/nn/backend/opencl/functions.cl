// One function for each scalar function that programs are made of, with the results of plain Java.
// The library's functions are taken in their exact forms, whose errors OpenCL limits; none of the native ones.

real fn_neg(real a) { return -a; }
real fn_abs(real a) { return fabs(a); }
real fn_sign(real a) { return a != a || a == 0 ? a : copysign((real) 1, a); }
real fn_square(real a) { return a * a; }
real fn_sqrt(real a) { return sqrt(a); }
real fn_reciprocal(real a) { return 1 / a; }
real fn_rsqrt(real a) { return 1 / sqrt(a); }
real fn_exp(real a) { return exp(a); }
real fn_expm1(real a) { return expm1(a); }
real fn_log(real a) { return log(a); }
real fn_log1p(real a) { return log1p(a); }
real fn_log2(real a) { return log2(a); }
real fn_log10(real a) { return log10(a); }
real fn_erf(real a) { return erf(a); }
real fn_sin(real a) { return sin(a); }
real fn_cos(real a) { return cos(a); }
real fn_tan(real a) { return tan(a); }
real fn_asin(real a) { return asin(a); }
real fn_acos(real a) { return acos(a); }
real fn_atan(real a) { return atan(a); }
real fn_sinh(real a) { return sinh(a); }
real fn_cosh(real a) { return cosh(a); }
real fn_tanh(real a) { return tanh(a); }
real fn_sigmoid(real a) { real u = exp(-fabs(a)); return (a < 0 ? u : 1) / (1 + u); }
real fn_softplus(real a) { return a != a ? a : fmax(a, (real) 0) + log1p(exp(-fabs(a))); }
real fn_rint(real a) { return rint(a); }
real fn_floor(real a) { return floor(a); }
real fn_ceil(real a) { return ceil(a); }
real fn_trunc(real a) { return trunc(a); }

real fn_add(real a, real b) { return a + b; }
real fn_sub(real a, real b) { return a - b; }
real fn_mul(real a, real b) { return a * b; }
real fn_div(real a, real b) { return a / b; }
// at a tie of zeros the sign decides, as in Java
real fn_max(real a, real b) { return a != a || a > b ? a : b != b || b > a ? b : signbit(a) ? b : a; }
real fn_min(real a, real b) { return a != a || a < b ? a : b != b || b < a ? b : signbit(a) ? a : b; }
#if defined(cl_khr_fp64)
real fn_pow(real a, real b) { return fabs(a) == 1 && !isfinite(b) ? (real) NAN : (real) pow((double) a, (double) b); }
#else
real fn_pow(real a, real b) { return fabs(a) == 1 && !isfinite(b) ? (real) NAN : pow(a, b); }
#endif
real fn_remainder(real a, real b) { real r = fmod(a, b); return r != 0 && (r < 0) != (b < 0) ? r + b : r; }
real fn_atan2(real a, real b) { return atan2(a, b); }
real fn_gt(real a, real b) { return a > b; }
real fn_ge(real a, real b) { return a >= b; }
real fn_eq(real a, real b) { return a == b; }

real fn_select(real a, real b, real c) { return a != 0 ? b : c; }
