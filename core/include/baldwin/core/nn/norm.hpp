// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Normalisation layers. Only batch norm has state.
#pragma once

#include <baldwin/core/nn/layer.hpp>
#include <baldwin/core/ops/norm.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace baldwin::nn {
namespace detail {

inline void declare_affine(std::size_t count, Declaration& to) {
    to.scale("scale", count);
    to.shift("shift", count);
}
inline Shape channelled(const Shape& x) {
    require(x.rank() >= 1 && x.size() > 0, "needs samples of shape (channels, ...)", x);
    return x;
}
inline NormMode norm_mode(Mode mode) {
    switch (mode) {
    case Mode::training: return NormMode::batch;
    case Mode::re_estimate: return NormMode::re_estimate;
    default: return NormMode::running;
    }
}

} // namespace detail

/// Each channel of (C) or (C, H, W) to mean 0 and variance 1, over the batch or by the state.
///
/// Parameters: scale (C), shift (C). State: mean (C), variance (C).
struct BatchNorm {
    static constexpr std::string_view kName = "batch_norm";
    double momentum = 0.1; ///< weight of a batch in the new statistics, [0, 1]
    double epsilon = 1e-5;

    [[nodiscard]] Shape output(const Shape& x) const { return detail::channelled(x); }
    void declare(const Shape& x, Declaration& to) const {
        detail::declare_affine(x[0], to);
        to.mean("mean", x[0]);
        to.variance("variance", x[0]);
    }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        const auto [y, mean, variance] =
            batch_norm(tape, x, a.parameters[0], a.parameters[1], a.state[0], a.state[1],
                       {detail::norm_mode(a.context.mode), momentum, epsilon, a.context.step});
        if (!a.new_state.empty()) {
            a.new_state[0] = mean;
            a.new_state[1] = variance;
        }
        return y;
    }
    friend bool operator==(const BatchNorm&, const BatchNorm&) = default;
};

/// The last axis to mean 0 and variance 1. Parameters: scale, shift, of its extent.
struct LayerNorm {
    static constexpr std::string_view kName = "layer_norm";
    double epsilon = 1e-5;

    [[nodiscard]] Shape output(const Shape& x) const { return detail::channelled(x); }
    void declare(const Shape& x, Declaration& to) const { detail::declare_affine(x.back(), to); }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        return layer_norm(tape, x, a.parameters[0], a.parameters[1], epsilon);
    }
    friend bool operator==(const LayerNorm&, const LayerNorm&) = default;
};

/// The last axis to mean square 1. Parameter: scale, of its extent.
struct RmsNorm {
    static constexpr std::string_view kName = "rms_norm";
    double epsilon = 1e-6;

    [[nodiscard]] Shape output(const Shape& x) const { return detail::channelled(x); }
    void declare(const Shape& x, Declaration& to) const { to.scale("scale", x.back()); }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        return rms_norm(tape, x, a.parameters[0], epsilon);
    }
    friend bool operator==(const RmsNorm&, const RmsNorm&) = default;
};

/// Groups of neighbouring channels of each sample to mean 0 and variance 1.
/// Parameters: scale (C), shift (C).
struct GroupNorm {
    static constexpr std::string_view kName = "group_norm";
    std::size_t groups = 1; ///< divides the channels
    double epsilon = 1e-5;

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require_positive("groups", groups);
        detail::require(x.rank() >= 1 && x.size() > 0 && x[0] % groups == 0,
                        std::to_string(groups) + " groups must divide the channels", x);
        return x;
    }
    void declare(const Shape& x, Declaration& to) const { detail::declare_affine(x[0], to); }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        return group_norm(tape, x, groups, a.parameters[0], a.parameters[1], epsilon);
    }
    friend bool operator==(const GroupNorm&, const GroupNorm&) = default;
};

/// Each channel of each image to mean 0 and variance 1. Parameters: scale (C), shift (C).
struct InstanceNorm {
    static constexpr std::string_view kName = "instance_norm";
    double epsilon = 1e-5;

    [[nodiscard]] Shape output(const Shape& x) const {
        detail::require(x.rank() >= 2 && x.size() > 0,
                        "needs samples of shape (channels, height, width)", x);
        return x;
    }
    void declare(const Shape& x, Declaration& to) const { detail::declare_affine(x[0], to); }
    template <class T>
    Value apply(Tape<T>& tape, Value x, const Arguments& a) const {
        return instance_norm(tape, x, a.parameters[0], a.parameters[1], epsilon);
    }
    friend bool operator==(const InstanceNorm&, const InstanceNorm&) = default;
};

} // namespace baldwin::nn
