// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Element types of stored tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {

/// Type of the elements in a file, little-endian.
enum class Dtype { boolean, u8, i8, u16, i16, u32, i32, f32, u64, i64, f64 };

/// The stored type of a C++ type; defined for the types that can be stored.
template <class T>
inline constexpr Dtype kDtypeOf = [] {
    static_assert(sizeof(T) == 0, "this type cannot be stored");
    return Dtype::u8;
}();
template <>
inline constexpr Dtype kDtypeOf<bool> = Dtype::boolean;
template <>
inline constexpr Dtype kDtypeOf<std::uint8_t> = Dtype::u8;
template <>
inline constexpr Dtype kDtypeOf<std::int8_t> = Dtype::i8;
template <>
inline constexpr Dtype kDtypeOf<std::uint16_t> = Dtype::u16;
template <>
inline constexpr Dtype kDtypeOf<std::int16_t> = Dtype::i16;
template <>
inline constexpr Dtype kDtypeOf<std::uint32_t> = Dtype::u32;
template <>
inline constexpr Dtype kDtypeOf<std::int32_t> = Dtype::i32;
template <>
inline constexpr Dtype kDtypeOf<float> = Dtype::f32;
template <>
inline constexpr Dtype kDtypeOf<std::uint64_t> = Dtype::u64;
template <>
inline constexpr Dtype kDtypeOf<std::int64_t> = Dtype::i64;
template <>
inline constexpr Dtype kDtypeOf<double> = Dtype::f64;

/// Calls \p f with a value of the C++ type that \p dtype stands for.
template <class F>
auto visit(Dtype dtype, F&& f) {
    switch (dtype) {
    case Dtype::boolean: return f(bool{});
    case Dtype::u8: return f(std::uint8_t{});
    case Dtype::i8: return f(std::int8_t{});
    case Dtype::u16: return f(std::uint16_t{});
    case Dtype::i16: return f(std::int16_t{});
    case Dtype::u32: return f(std::uint32_t{});
    case Dtype::i32: return f(std::int32_t{});
    case Dtype::f32: return f(float{});
    case Dtype::u64: return f(std::uint64_t{});
    case Dtype::i64: return f(std::int64_t{});
    case Dtype::f64: return f(double{});
    }
    throw std::invalid_argument("Dtype: unknown type " + std::to_string(static_cast<int>(dtype)));
}

/// Bytes of one element.
inline std::size_t size_of(Dtype dtype) {
    return visit(dtype, []<class T>(T /*type*/) { return sizeof(T); });
}

/// Every type with the name that safetensors gives it.
struct DtypeName {
    Dtype dtype;
    std::string_view name;
};
inline constexpr DtypeName kDtypeNames[] = {
    {Dtype::boolean, "BOOL"}, {Dtype::u8, "U8"},   {Dtype::i8, "I8"},   {Dtype::u16, "U16"},
    {Dtype::i16, "I16"},      {Dtype::u32, "U32"}, {Dtype::i32, "I32"}, {Dtype::f32, "F32"},
    {Dtype::u64, "U64"},      {Dtype::i64, "I64"}, {Dtype::f64, "F64"}};

/// "F32", "I64", ...: the name in safetensors headers and in errors.
inline std::string_view to_string(Dtype dtype) {
    for (const auto& entry : kDtypeNames) {
        if (entry.dtype == dtype) return entry.name;
    }
    return "unknown";
}

} // namespace baldwin
