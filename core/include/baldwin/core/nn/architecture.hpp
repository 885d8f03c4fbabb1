// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Networks as data: layers in sequence, with residual blocks.
#pragma once

#include <baldwin/core/nn/activation.hpp>
#include <baldwin/core/nn/affine.hpp>
#include <baldwin/core/nn/norm.hpp>
#include <baldwin/core/nn/pooling.hpp>
#include <baldwin/core/nn/sequence.hpp>

#include <concepts>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::nn {

struct Layer;

/// Layers evaluated one after another, the first first.
using Architecture = std::vector<Layer>;

/// A sequence as one layer; groups layers for reading, changes nothing.
struct Sequential {
    static constexpr std::string_view kName = "sequential";
    Architecture body;

    Sequential();
    explicit Sequential(Architecture layers);
};

/// body(x) + shortcut(x); an empty shortcut is the identity. Both must give equal extents.
struct Residual {
    static constexpr std::string_view kName = "residual";
    Architecture body;
    Architecture shortcut;

    Residual();
    explicit Residual(Architecture layers);
    Residual(Architecture layers, Architecture beside);
};

/// All layers that the text form knows. A new one goes into this list.
using LayerVariant = std::variant<Linear, Convolution, TransposedConvolution, MaxPool, AveragePool,
                                  GlobalAveragePool, BatchNorm, LayerNorm, RmsNorm, GroupNorm,
                                  InstanceNorm, Activation, Softmax, Dropout, Flatten, Reshape,
                                  Embedding, Lstm, Gru, Attention, Sequential, Residual>;

/// One layer or block.
struct Layer {
    LayerVariant kind;

    template <class L>
        requires(!std::same_as<L, Layer> && std::constructible_from<LayerVariant, L>)
    Layer(const L& layer) : kind(layer) {}

    friend bool operator==(const Layer& a, const Layer& b);
};

// defined here because a vector's members need the whole type
inline Sequential::Sequential() = default;
inline Sequential::Sequential(Architecture layers) : body(std::move(layers)) {}
inline Residual::Residual() = default;
inline Residual::Residual(Architecture layers) : body(std::move(layers)) {}
inline Residual::Residual(Architecture layers, Architecture beside)
    : body(std::move(layers)), shortcut(std::move(beside)) {}

inline bool operator==(const Sequential& a, const Sequential& b) { return a.body == b.body; }
inline bool operator==(const Residual& a, const Residual& b) {
    return a.body == b.body && a.shortcut == b.shortcut;
}
inline bool operator==(const Layer& a, const Layer& b) { return a.kind == b.kind; }

/// Whether a kind of layer holds other layers.
template <class L>
inline constexpr bool kIsBlock = std::same_as<L, Sequential> || std::same_as<L, Residual>;

/// The word that names a layer in labels and in the text form.
[[nodiscard]] inline std::string_view name_of(const Layer& layer) {
    if (const auto* activation = std::get_if<Activation>(&layer.kind)) {
        return activation->entry().name;
    }
    return std::visit([](const auto& kind) { return kind.kName; }, layer.kind);
}

} // namespace baldwin::nn
