/* Functions for complex numbers that numpy imports from Windows' C library and Wine 8 lacks.
   They get and give structures as Microsoft's compiler does; its long double is a double. */
#include <complex.h>

typedef struct { double re, im; } pair;
typedef struct { float re, im; } pairf;

static double complex in(pair z) { double complex c; __real__ c = z.re; __imag__ c = z.im; return c; }
static pair out(double complex c) { pair z = { __real__ c, __imag__ c }; return z; }
static double complex inf(pairf z) { pair wide = { z.re, z.im }; return in(wide); }
static pairf outf(double complex c) { pairf z = { (float)__real__ c, (float)__imag__ c }; return z; }

#define ONE(name) \
    pair qn_##name(pair z) { return out(name(in(z))); } \
    pairf qn_##name##f(pairf z) { return outf(name(inf(z))); }
#define PART(name) \
    double qn_##name(pair z) { return name(in(z)); } \
    float qn_##name##f(pairf z) { return (float)name(inf(z)); }

ONE(ccos) ONE(ccosh) ONE(cexp) ONE(csin) ONE(csinh) ONE(ctan) ONE(ctanh)
PART(cabs) PART(carg) PART(cimag) PART(creal)
pair qn_cpow(pair z, pair power) { return out(cpow(in(z), in(power))); }
pairf qn_cpowf(pairf z, pairf power) { return outf(cpow(inf(z), inf(power))); }
