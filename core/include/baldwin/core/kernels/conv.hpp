// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Two-dimensional convolution: forward, gradient of the input, gradient of the weights.
///
/// Strides, padding, dilation and groups in any combination. Sums run in an order that follows from
/// the extents alone, so results do not depend on threads, addresses or weight strides.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/kernels/conv_geometry.hpp>
#include <baldwin/core/kernels/detail/conv_forward.hpp>
#include <baldwin/core/kernels/detail/conv_input_gradient.hpp>
#include <baldwin/core/kernels/detail/conv_weight_gradient.hpp>
#include <baldwin/core/kernels/detail/depthwise.hpp>
#include <baldwin/core/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace baldwin::kernels {

/// y = conv(x, w) [+ bias].
///
/// Each element is a chain of fused multiply-adds over (input channel, tap), in blocks of at most
/// 320 added in order; the bias is added to the first block.
/// \param arena  scratch, given back on return
/// \param x      shape (batch, in_channels, height, width), compact
/// \param bias   shape (out_channels), or nullptr
/// \param y      shape (batch, out_channels, out_height, out_width), compact
/// \cost 2 * batch * out_pixels * out_channels * group_in * taps operations
template <class T>
void conv2d_forward(const Executor& executor, Arena& arena, const ConvGeometry& geometry,
                    const T* x, std::type_identity_t<ConvWeights<const T>> w, const T* bias, T* y) {
    if (geometry.batch == 0) return;
    const ArenaScope scope(arena);
    if (detail::is_depthwise(geometry)) {
        return detail::depthwise_forward(executor, arena, geometry, x, w, bias, y);
    }
    detail::conv_forward(executor, arena, geometry, x, w, bias, y);
}

/// dx [+]= gradient of the input, given that of the output. Also the forward pass of the transposed
/// convolution, with the geometry of the convolution it transposes.
/// \param arena  scratch, given back on return
/// \param dy  shape (batch, out_channels, out_height, out_width), compact
/// \param dx  shape (batch, in_channels, height, width), compact; every element is written
/// \cost as forward
template <class T>
void conv2d_input_gradient(const Executor& executor, Arena& arena, const ConvGeometry& geometry,
                           const T* dy, std::type_identity_t<ConvWeights<const T>> w, T* dx,
                           bool accumulate) {
    if (geometry.batch == 0) return;
    const ArenaScope scope(arena);
    if (detail::is_depthwise(geometry) && geometry.stride_h == 1 && geometry.stride_w == 1) {
        return detail::depthwise_input_gradient(executor, arena, geometry, dy, w, dx, accumulate);
    }
    detail::conv_input_gradient(executor, arena, geometry, dy, w, dx, accumulate);
}

/// dw [+]= gradient of the weights.
///
/// Images are added in order within at most 8 chunks, then the chunks in order.
/// \param arena  scratch, given back on return
/// \param x   shape (batch, in_channels, height, width), compact
/// \param dy  shape (batch, out_channels, out_height, out_width), compact
/// \cost as forward
template <class T>
void conv2d_weight_gradient(const Executor& executor, Arena& arena, const ConvGeometry& geometry,
                            const T* x, const T* dy, std::type_identity_t<ConvWeights<T>> dw,
                            bool accumulate) {
    const ArenaScope scope(arena);
    if (geometry.batch == 0) {
        if (accumulate) return;
        for (std::size_t o = 0; o < geometry.out_channels; ++o) {
            for (std::size_t c = 0; c < geometry.group_in(); ++c) {
                std::fill_n(dw.at(o, c), geometry.taps(), T{0});
            }
        }
        return;
    }
    if (detail::is_depthwise(geometry)) {
        return detail::depthwise_weight_gradient(executor, arena, geometry, x, dy, dw, accumulate);
    }
    detail::conv_weight_gradient(executor, arena, geometry, x, dy, dw, accumulate);
}

} // namespace baldwin::kernels
