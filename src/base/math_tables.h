/* Constants of math.c, computed with 400 bits from the formulas in their
 * comments (polynomials: interpolation at Chebyshev nodes) and rounded once. */
#ifndef PARAUDIT_SRC_BASE_MATH_TABLES_H
#define PARAUDIT_SRC_BASE_MATH_TABLES_H

/* 2^(j / 32) = [j][0] + [j][1] */
static const double two_to[32][2] = {
    {0x1p0, 0x0p0},
    {0x1.059b0d3158574p0, 0x1.d73e2a475b465p-55},
    {0x1.0b5586cf9890fp0, 0x1.8a62e4adc610bp-54},
    {0x1.11301d0125b51p0, -0x1.6c51039449b3ap-54},
    {0x1.172b83c7d517bp0, -0x1.19041b9d78a76p-55},
    {0x1.1d4873168b9aap0, 0x1.e016e00a2643cp-54},
    {0x1.2387a6e756238p0, 0x1.9b07eb6c70573p-54},
    {0x1.29e9df51fdee1p0, 0x1.612e8afad1255p-55},
    {0x1.306fe0a31b715p0, 0x1.6f46ad23182e4p-55},
    {0x1.371a7373aa9cbp0, -0x1.63aeabf42eae2p-54},
    {0x1.3dea64c123422p0, 0x1.ada0911f09ebcp-55},
    {0x1.44e086061892dp0, 0x1.89b7a04ef80dp-59},
    {0x1.4bfdad5362a27p0, 0x1.d4397afec42e2p-56},
    {0x1.5342b569d4f82p0, -0x1.07abe1db13cadp-55},
    {0x1.5ab07dd485429p0, 0x1.6324c054647adp-54},
    {0x1.6247eb03a5585p0, -0x1.383c17e40b497p-54},
    {0x1.6a09e667f3bcdp0, -0x1.bdd3413b26456p-54},
    {0x1.71f75e8ec5f74p0, -0x1.16e4786887a99p-55},
    {0x1.7a11473eb0187p0, -0x1.41577ee04992fp-55},
    {0x1.82589994cce13p0, -0x1.d4c1dd41532d8p-54},
    {0x1.8ace5422aa0dbp0, 0x1.6e9f156864b27p-54},
    {0x1.93737b0cdc5e5p0, -0x1.75fc781b57ebcp-57},
    {0x1.9c49182a3f09p0, 0x1.c7c46b071f2bep-56},
    {0x1.a5503b23e255dp0, -0x1.d2f6edb8d41e1p-54},
    {0x1.ae89f995ad3adp0, 0x1.7a1cd345dcc81p-54},
    {0x1.b7f76f2fb5e47p0, -0x1.5584f7e54ac3bp-56},
    {0x1.c199bdd85529cp0, 0x1.11065895048ddp-55},
    {0x1.cb720dcef9069p0, 0x1.503cbd1e949dbp-56},
    {0x1.d5818dcfba487p0, 0x1.2ed02d75b3707p-55},
    {0x1.dfc97337b9b5fp0, -0x1.1a5cd4f184b5cp-54},
    {0x1.ea4afa2a490dap0, -0x1.e9c23179c2893p-54},
    {0x1.f50765b6e454p0, 0x1.9d3e12dd8a18bp-54},
};

/* log((91 + i) / 128) = [i][0] + [i][1], the first a multiple of 2^-42 */
static const double log_of[91][2] = {
    {-0x1.5d5bddf596p-2, 0x1.a0b2a08a465dcp-47},  {-0x1.522ae0738ap-2, -0x1.ebe708164c759p-45},
    {-0x1.4718dc271cp-2, -0x1.06c18fb4c14c5p-44}, {-0x1.3c25277333p-2, -0x1.83b54b606bd5cp-46},
    {-0x1.314f1e1d36p-2, 0x1.8e27ad3213cb8p-45},  {-0x1.269621134ep-2, 0x1.1b61f10522625p-44},
    {-0x1.1bf99635a7p-2, 0x1.1ac89575c2125p-44},  {-0x1.1178e8227ep-2, -0x1.1ef78ce2d07f2p-44},
    {-0x1.07138604d6p-2, 0x1.e76324e912b17p-44},  {-0x1.f991c6cb3cp-3, 0x1.90d04cd7cc834p-44},
    {-0x1.e530effe72p-3, 0x1.fdbdbb13f7c18p-44},  {-0x1.d1037f2656p-3, 0x1.84a7e75b6f6e4p-47},
    {-0x1.bd087383bep-3, 0x1.d4bc4595412b6p-45},  {-0x1.a93ed3c8aep-3, 0x1.8724350562169p-45},
    {-0x1.95a5adcf7p-3, -0x1.7f22858a0ff6fp-47},  {-0x1.823c16551ap-3, -0x1.e0ddb9a631e83p-46},
    {-0x1.6f0128b756p-3, -0x1.577390d31ef0fp-44}, {-0x1.5bf406b544p-3, 0x1.27023eb68981cp-46},
    {-0x1.4913d8333cp-3, 0x1.53e43558124c4p-44},  {-0x1.365fcb015ap-3, 0x1.fd3a0afb9691bp-44},
    {-0x1.23d712a49cp-3, -0x1.00d238fd3df5cp-46}, {-0x1.1178e8227ep-3, -0x1.1ef78ce2d07f2p-45},
    {-0x1.fe89139dbcp-4, -0x1.56594d82f7a82p-44}, {-0x1.da72763844p-4, -0x1.a89401fa71733p-46},
    {-0x1.b6ac88dad4p-4, -0x1.b1bdff50225c7p-44}, {-0x1.9335e5d594p-4, -0x1.3115c3abd47dap-45},
    {-0x1.700d30aeacp-4, -0x1.c1e8da99ded32p-49}, {-0x1.4d3115d208p-4, 0x1.53a2582f4e1efp-48},
    {-0x1.2aa04a447p-4, -0x1.7a48ba8b1cb41p-44},  {-0x1.08598b59e4p-4, 0x1.7e5dd7009902cp-46},
    {-0x1.ccb73cddd8p-5, -0x1.965c36e09f5fep-44}, {-0x1.894aa149f8p-5, -0x1.9a19a8be97661p-44},
    {-0x1.466aed42ep-5, 0x1.c167375bdfd28p-45},   {-0x1.0415d89e78p-5, 0x1.dddc7f461c516p-44},
    {-0x1.8492528c9p-6, 0x1.aa0ba325a0c34p-45},   {-0x1.020565893p-6, -0x1.611d27c8e8417p-44},
    {-0x1.010157588p-7, -0x1.bce251998b506p-44},  {0x0p0, 0x0p0},
    {0x1.fe02a6b1p-8, 0x1.9e23f0dda40e4p-46},     {0x1.fc0a8b0fcp-7, 0x1.f1e7cf6d3a69cp-50},
    {0x1.7b91b07d6p-6, -0x1.3b955b602ace4p-44},   {0x1.f829b0e78p-6, 0x1.980267c7e09e4p-45},
    {0x1.39e87b9fe8p-5, 0x1.eafd480ad9015p-44},   {0x1.77458f633p-5, -0x1.181dce586af09p-44},
    {0x1.b42dd71198p-5, -0x1.c827ae5d6704cp-46},  {0x1.f0a30c0118p-5, -0x1.d599e83368e91p-45},
    {0x1.16536eea38p-4, -0x1.47c5e768fa309p-46},  {0x1.341d7961bcp-4, 0x1.1d0929983761p-44},
    {0x1.51b073f06p-4, 0x1.83f69278e686ap-44},    {0x1.6f0d28ae58p-4, -0x1.4b4641b664613p-44},
    {0x1.8c345d6318p-4, 0x1.b20f5acb42a66p-44},   {0x1.a926d3a4acp-4, 0x1.563650bd22a9cp-44},
    {0x1.c5e548f5bcp-4, 0x1.d0c57585fbe06p-46},   {0x1.e27076e2bp-4, -0x1.a342c2af0003cp-45},
    {0x1.fec9131dcp-4, -0x1.54555d1ae6607p-44},   {0x1.0d77e7cd08p-3, 0x1.cb2cd2ee2f482p-44},
    {0x1.1b72ad52f6p-3, 0x1.e80a41811a396p-45},   {0x1.29552f82p-3, -0x1.5b967f4471dfcp-44},
    {0x1.371fc201e8p-3, 0x1.ee8779b2d8abcp-44},   {0x1.44d2b6ccb8p-3, -0x1.70cc16135783cp-46},
    {0x1.526e5e3a1cp-3, -0x1.790ba37fc5238p-44},  {0x1.5ff3070a7ap-3, -0x1.8586f183bebf2p-44},
    {0x1.6d60fe719ep-3, -0x1.bc6e557134767p-44},  {0x1.7ab890210ep-3, -0x1.bdb9072534a58p-45},
    {0x1.87fa06520cp-3, 0x1.22120401202fcp-44},   {0x1.9525a9cf46p-3, -0x1.297137d9f158fp-44},
    {0x1.a23bc1fe2cp-3, -0x1.539cd91dc9f0bp-44},  {0x1.af3c94e80cp-3, -0x1.a4e633fcd9066p-52},
    {0x1.bc286742d8p-3, 0x1.9ac53f39d121cp-44},   {0x1.c8ff7c79aap-3, -0x1.7794f689f8434p-45},
    {0x1.d5c216b4fcp-3, -0x1.1ba91bbca681bp-45},  {0x1.e27076e2bp-3, -0x1.a342c2af0003cp-44},
    {0x1.ef0adcbdc6p-3, -0x1.b26b79c86af24p-45},  {0x1.fb9186d5e4p-3, -0x1.d572aab993c87p-47},
    {0x1.0402594b4dp-2, 0x1.036b89ef42d7fp-48},   {0x1.0a324e2739p-2, 0x1.c6bee7ef4030ep-47},
    {0x1.1058bf9ae5p-2, -0x1.4ab9d817d52cdp-44},  {0x1.1675cababap-2, 0x1.8380e731f55c4p-44},
    {0x1.1c898c169ap-2, -0x1.81410e5c62affp-44},  {0x1.22941fbcf8p-2, -0x1.a6976f5eb0963p-44},
    {0x1.2895a13de8p-2, 0x1.a8d7ad24c13fp-44},    {0x1.2e8e2bae12p-2, -0x1.67b1e99b72bd8p-45},
    {0x1.347dd9a988p-2, -0x1.5594dd4c58092p-45},  {0x1.3a64c55694p-2, 0x1.7a71cbcd735dp-44},
    {0x1.404308686ap-2, 0x1.f8ef43049f7d3p-44},   {0x1.4618bc21c6p-2, -0x1.3d82f484c84ccp-46},
    {0x1.4be5f95778p-2, -0x1.d7c92cd9ad824p-44},  {0x1.51aad872ep-2, -0x1.f4bd8db0a7cc1p-44},
    {0x1.5767717456p-2, -0x1.64ead9524d7cap-44},  {0x1.5d1bdbf581p-2, -0x1.8d6bdc9c7c238p-44},
    {0x1.62c82f2b9cp-2, 0x1.e54bdbd7c8a98p-44},
};

/* erf(x) / x - 1 as a polynomial in x^2, 0 <= x <= 1/2 */
static const double erf_part[10] = {
    0x1.06eba8214db69p-3,  -0x1.812746b0379e6p-2,  0x1.ce2f21a042b29p-4,  -0x1.b82ce3127f739p-6,
    0x1.565bcd0aa6349p-8,  -0x1.c02db23d41138p-11, 0x1.f9a2a6635fe79p-14, -0x1.f4bb9f7301dedp-17,
    0x1.b776442df3041p-20, -0x1.39fb524e9c1f7p-23};

/* (1 + 2 x) exp(x^2) erfc(x) as a polynomial in (x - 4) / (x + 4), 1/2 <= x <= 28 */
static const double erfc_part[22] = {
    0x1.3ba5916e9fd7fp0,    -0x1.1df1ad154a28fp-3,  0x1.f7f5df66fd575p-7,   0x1.16ecefcfa547fp-4,
    -0x1.9ddb23c3e7cf5p-4,  0x1.7fee004e106bdp-4,   -0x1.0fb06dfe6b25cp-4,  0x1.3079edf6b9159p-5,
    -0x1.0962387dac933p-6,  0x1.49c6727ace9e5p-8,   -0x1.8d4aa17050e08p-11, -0x1.a1df222b3ca59p-13,
    0x1.3be0d61957f14p-13,  -0x1.9958d66770982p-16, -0x1.78a3b73fcffbfp-17, 0x1.7f19bc91ad5ccp-18,
    0x1.41a5d9b6c3abbp-22,  -0x1.b99bb9bcb0974p-21, 0x1.1fde3f8d8313bp-24,  0x1.c5e4aa4a32304p-24,
    -0x1.a403ddb107533p-27, -0x1.67fa3128dee34p-27};

/* sin(2 pi t): the Taylor terms of t^3, t^5 ... t^17 */
static const double sin_part[8] = {
    -0x1.4abbce625be53p5, 0x1.466bc6775aae2p6, -0x1.32d2cce62bd86p6,  0x1.50783487ee782p5,
    -0x1.e3074fde8871fp3, 0x1.e8f434d018d63p1, -0x1.6fadb9f155744p-1, 0x1.aaec32af93359p-4};

/* cos(2 pi t): the Taylor terms of t^2, t^4 ... t^18 */
static const double cos_part[9] = {
    -0x1.3bd3cc9be45dep4, 0x1.03c1f081b5ac4p6,  -0x1.55d3c7e3cbffap6,
    0x1.e1f506891babbp5,  -0x1.a6d1f2a204a8cp4, 0x1.f9d38a3763cc3p2,
    -0x1.b6e24f44b128fp0, 0x1.20c62c2f2d7f5p-2, -0x1.2a0c591af8314p-5};

/* (asin(x) / x - 1) / x^2 as a polynomial in x^2, 0 <= x <= 1/2 */
static const double asin_part[12] = {
    0x1.555555555554fp-3, 0x1.3333333336da5p-4, 0x1.6db6db684b6a1p-5,  0x1.f1c71f95269afp-6,
    0x1.6e8b2b3b10be4p-6, 0x1.1c593c7b1d958p-6, 0x1.c87265d47ef49p-7,  0x1.8522ddffa6208p-7,
    0x1.ff5fc4d14c735p-8, 0x1.06b9d26d10838p-6, -0x1.603991d6060e0p-7, 0x1.cd864394d2ff2p-6};

/* ln n! - (n ln n - n + ln(2 pi n) / 2) of n = 0 .. 15; that of 0 is not used */
static const double stirling_rests[16] = {
    0x0p0,
    0x1.4c071bcda0a5bp-4,
    0x1.52a9b923ea649p-5,
    0x1.c579a268d80b3p-6,
    0x1.54a2662fd78a9p-6,
    0x1.10b4e513fcbedp-6,
    0x1.c6b167bebdf36p-7,
    0x1.85d4d612e4a86p-7,
    0x1.552805e7b3076p-7,
    0x1.2f4871b12ab64p-7,
    0x1.10f9d4c0743a7p-7,
    0x1.f0593088014f8p-8,
    0x1.c7018733aa9c6p-8,
    0x1.a40514700f36cp-8,
    0x1.86076c002d4a7p-8,
    0x1.6c08f6f194a1p-8,
};

#endif
