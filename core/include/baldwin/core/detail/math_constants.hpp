// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Polynomials of math.hpp: minimax fits (Remez exchange at 80 digits), lowest power first.
#pragma once

#include <array>
#include <cstdint>

namespace baldwin::detail {

template <class T>
struct MathConstants;

template <>
struct MathConstants<float> {
    using Unsigned = std::uint32_t;
    static constexpr int kMantissaBits = 23;
    static constexpr std::int32_t kExponentBias = 127;
    static constexpr float kRoundMagic = 0x1.8p23F; // x + this - this rounds x to an integer
    static constexpr float kLog2e = 0x1.715476p+0F;
    static constexpr float kLn2High = 0x1.62e4p-1F; // 15 bits: times any exponent it is exact
    static constexpr float kLn2Low = 0x1.7f7d1cp-20F;
    static constexpr float kExpLeast = -104.0F;    // below it e^x rounds to 0
    static constexpr float kExpMost = 89.0F;       // above it e^x is infinite
    static constexpr float kExpm1Least = -20.0F;   // below it e^x - 1 rounds to -1
    static constexpr float kTanhMost = 10.0F;      // above it tanh rounds to 1
    static constexpr float kErfMost = 4.1F;        // above it erf rounds to 1
    static constexpr float kNormalScale = 0x1p24F; // lifts subnormal numbers to normal ones
    static constexpr float kNormalShift = 24.0F;
    // (e^r - 1 - r) / r^2 in r, |r| <= ln(2) / 2
    static constexpr std::array<float, 6> kExpTail = {
        0x1p-1F, 0x1.555556p-3F, 0x1.5554eap-5F, 0x1.1110acp-7F, 0x1.6d4326p-10F, 0x1.a17e5p-13F};
    // (2 atanh(s) - 2 s) / s^3 in s^2, |s| <= 0.1716
    static constexpr std::array<float, 4> kLogTail = {0x1.555554p-1F, 0x1.999a7ap-2F, 0x1.2438cp-2F,
                                                      0x1.e2fa1ap-3F};
    // (sin r - r) / r^3 in r^2, |r| <= pi / 4
    static constexpr std::array<float, 4> kSinTail = {-0x1.555556p-3F, 0x1.111108p-7F,
                                                      -0x1.a00f98p-13F, 0x1.6cd736p-19F};
    // (cos r - 1 + r^2 / 2) / r^4 in r^2
    static constexpr std::array<float, 3> kCosTail = {0x1.55554ap-5F, -0x1.6c0c86p-10F,
                                                      0x1.9a00d2p-16F};
    // erf(x) / x - 1 in x^2, |x| <= 1
    static constexpr std::array<float, 7> kErfTail = {
        0x1.06eba8p-3F, -0x1.81273ep-2F,  0x1.ce2cf8p-4F, -0x1.b7f90ep-6F,
        0x1.5405b4p-8F, -0x1.a3f70ep-11F, 0x1.496a5ep-14F};
    // exp(x^2) erfc(x) in (x - 2) / (x + 2), x from 1 on
    static constexpr std::array<float, 7> kErfcx = {
        0x1.058672p-2F, -0x1.b5703ep-2F, 0x1.eeea14p-3F,  -0x1.43748ap-4F,
        0x1.ebd1e6p-9F, 0x1.be7682p-8F,  -0x1.f7c1aap-11F};
};

template <>
struct MathConstants<double> {
    using Unsigned = std::uint64_t;
    static constexpr int kMantissaBits = 52;
    static constexpr std::int64_t kExponentBias = 1023;
    static constexpr double kRoundMagic = 0x1.8p52;
    static constexpr double kLog2e = 0x1.71547652b82fep+0;
    static constexpr double kLn2High = 0x1.62e42fefa2p-1; // 40 bits
    static constexpr double kLn2Low = 0x1.9ef35793c7673p-41;
    static constexpr double kExpLeast = -746.0;
    static constexpr double kExpMost = 710.0;
    static constexpr double kExpm1Least = -40.0;
    static constexpr double kTanhMost = 20.0;
    static constexpr double kErfMost = 6.05;
    static constexpr double kNormalScale = 0x1p54;
    static constexpr double kNormalShift = 54.0;
    // (e^r - 1 - r) / r^2 in r, |r| <= ln(2) / 2
    static constexpr std::array<double, 11> kExpTail = {0x1p-1,
                                                        0x1.5555555555557p-3,
                                                        0x1.5555555555558p-5,
                                                        0x1.11111111100dbp-7,
                                                        0x1.6c16c16c151fdp-10,
                                                        0x1.a01a01abe816bp-13,
                                                        0x1.a01a01acfa44dp-16,
                                                        0x1.71de02315410bp-19,
                                                        0x1.27e4cccf9c202p-22,
                                                        0x1.af4de9ef534f9p-26,
                                                        0x1.1f8b494fb44bep-29};
    // (2 atanh(s) - 2 s) / s^3 in s^2, |s| <= 0.1716
    static constexpr std::array<double, 7> kLogTail = {
        0x1.5555555555593p-1, 0x1.999999997fc7ap-2, 0x1.2492494204085p-2, 0x1.c71c51f8f7652p-3,
        0x1.7466427a1c1p-3,   0x1.39a159901bfddp-3, 0x1.2f09677a697eap-3};
    // (sin r - r) / r^3 in r^2, |r| <= pi / 4
    static constexpr std::array<double, 6> kSinTail = {
        -0x1.5555555555549p-3, 0x1.111111110f862p-7,   -0x1.a01a019c0e599p-13,
        0x1.71de3574c5af6p-19, -0x1.ae5e63d607ce1p-26, 0x1.5d92492cb6fafp-33};
    // (cos r - 1 + r^2 / 2) / r^4 in r^2
    static constexpr std::array<double, 6> kCosTail = {
        0x1.555555555554cp-5,  -0x1.6c16c16c15163p-10, 0x1.a01a019caf059p-16,
        -0x1.27e4f807e2aep-22, 0x1.1ee9ea7512828p-29,  -0x1.8fadd4acb3b2ep-37};
    // erf(x) / x - 1 in x^2, |x| <= 1
    static constexpr std::array<double, 12> kErfTail = {
        0x1.06eba8214db68p-3,   -0x1.812746b0379bdp-2,  0x1.ce2f21a040d16p-4,
        -0x1.b82ce311fa963p-6,  0x1.565bccf92b89p-8,    -0x1.c02db03de596fp-11,
        0x1.f9a2baaa6a27p-14,   -0x1.f4ca4d85bcd6dp-17, 0x1.b97fd4bc1480cp-20,
        -0x1.5c072c6cee3e5p-23, 0x1.d71b355156978p-27,  -0x1.abaebb724aaa9p-31};
    // exp(x^2) erfc(x) in (x - 2) / (x + 2), x from 1 on
    static constexpr std::array<double, 18> kErfcx = {
        0x1.058671b52c776p-2,   -0x1.b57034efd3f73p-2,  0x1.eeea7dc8a78b3p-3,
        -0x1.437f0b68c0b23p-4,  0x1.e94715979f38ap-9,   0x1.ca95ed52ea18p-8,
        -0x1.bc25a47b2b1a4p-11, -0x1.016b5cb2c747cp-10, 0x1.6d5ef4ec3711dp-15,
        0x1.6da955a265848p-13,  0x1.cdcd711067eb3p-16,  -0x1.cead97a1ec672p-16,
        -0x1.d4c934c8f9de2p-17, 0x1.72e86216a2cdap-20,  0x1.ffd0286d4574ap-19,
        0x1.400e9f1a08ea8p-20,  -0x1.4344e3d5527bdp-21, -0x1.920aa0d82f12cp-22};
};

// The bits of 2 / pi behind the binary point, most significant first.
inline constexpr std::array<std::uint64_t, 19> kTwoOverPi = {
    0xa2f9836e4e441529U, 0xfc2757d1f534ddc0U, 0xdb6295993c439041U, 0xfe5163abdebbc561U,
    0xb7246e3a424dd2e0U, 0x06492eea09d1921cU, 0xfe1deb1cb129a73eU, 0xe88235f52ebb4484U,
    0xe99c7026b45f7e41U, 0x3991d639835339f4U, 0x9c845f8bbdf9283bU, 0x1ff897ffde05980fU,
    0xef2f118b5a0a6d1fU, 0x6d367ecf27cb09b7U, 0x4f463f669e5fea2dU, 0x7527bac7ebe5f17bU,
    0x3d0739f78a5292eaU, 0x6bfb5fb11f8d5d08U, 0x56033046fc7b6babU};

// pi / 2 in parts: the first two have 33 bits, so that times an integer below 2^20 they are exact.
inline constexpr double kHalfPi1 = 0x1.921fb544p+0;
inline constexpr double kHalfPi2 = 0x1.0b4611a6p-34;
inline constexpr double kHalfPi3 = 0x1.3198a2e037073p-69;
inline constexpr double kHalfPi2Full = 0x1.0b4611a626331p-34; // second part where two suffice
inline constexpr double kHalfPiHigh = 0x1.921fb54442d18p+0;   // pi / 2 as a double, and its rest
inline constexpr double kHalfPiLow = 0x1.1a62633145c07p-54;

} // namespace baldwin::detail
