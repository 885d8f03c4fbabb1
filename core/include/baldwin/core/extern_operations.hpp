// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Keeps the operations from being compiled in every file of a program of many files.
///
/// Include this beside the headers of the operations, and repeat the declarations below without the
/// word extern in exactly one file; baldwin's own programs and tests do so, and thereby test the
/// very code that runs.
#pragma once

#include <baldwin/core/ops/arithmetic.hpp>
#include <baldwin/core/ops/attention.hpp>
#include <baldwin/core/ops/batch_norm.hpp>
#include <baldwin/core/ops/convolution.hpp>
#include <baldwin/core/ops/dropout.hpp>
#include <baldwin/core/ops/elementwise.hpp>
#include <baldwin/core/ops/group_norm.hpp>
#include <baldwin/core/ops/layer_norm.hpp>
#include <baldwin/core/ops/layout.hpp>
#include <baldwin/core/ops/linear.hpp>
#include <baldwin/core/ops/loss.hpp>
#include <baldwin/core/ops/pooling.hpp>
#include <baldwin/core/ops/recurrent.hpp>
#include <baldwin/core/ops/rows.hpp>

namespace baldwin {

extern template struct OperationCode<ops::Add, float>;
extern template struct OperationCode<ops::Add, double>;
extern template struct OperationCode<ops::Subtract, float>;
extern template struct OperationCode<ops::Subtract, double>;
extern template struct OperationCode<ops::Multiply, float>;
extern template struct OperationCode<ops::Multiply, double>;
extern template struct OperationCode<ops::Divide, float>;
extern template struct OperationCode<ops::Divide, double>;
extern template struct OperationCode<ops::Sum, float>;
extern template struct OperationCode<ops::Sum, double>;
extern template struct OperationCode<ops::Attention, float>;
extern template struct OperationCode<ops::Attention, double>;
extern template struct OperationCode<ops::BatchNorm, float>;
extern template struct OperationCode<ops::BatchNorm, double>;
extern template struct OperationCode<ops::Conv2d, float>;
extern template struct OperationCode<ops::Conv2d, double>;
extern template struct OperationCode<ops::ConvTranspose2d, float>;
extern template struct OperationCode<ops::ConvTranspose2d, double>;
extern template struct OperationCode<ops::Dropout, float>;
extern template struct OperationCode<ops::Dropout, double>;
extern template struct OperationCode<ops::Abs, float>;
extern template struct OperationCode<ops::Abs, double>;
extern template struct OperationCode<ops::Affine, float>;
extern template struct OperationCode<ops::Affine, double>;
extern template struct OperationCode<ops::Clamp, float>;
extern template struct OperationCode<ops::Clamp, double>;
extern template struct OperationCode<ops::Cos, float>;
extern template struct OperationCode<ops::Cos, double>;
extern template struct OperationCode<ops::Elu, float>;
extern template struct OperationCode<ops::Elu, double>;
extern template struct OperationCode<ops::Exp, float>;
extern template struct OperationCode<ops::Exp, double>;
extern template struct OperationCode<ops::Gelu, float>;
extern template struct OperationCode<ops::Gelu, double>;
extern template struct OperationCode<ops::HardSwish, float>;
extern template struct OperationCode<ops::HardSwish, double>;
extern template struct OperationCode<ops::LeakyRelu, float>;
extern template struct OperationCode<ops::LeakyRelu, double>;
extern template struct OperationCode<ops::Log, float>;
extern template struct OperationCode<ops::Log, double>;
extern template struct OperationCode<ops::Relu, float>;
extern template struct OperationCode<ops::Relu, double>;
extern template struct OperationCode<ops::Sigmoid, float>;
extern template struct OperationCode<ops::Sigmoid, double>;
extern template struct OperationCode<ops::Silu, float>;
extern template struct OperationCode<ops::Silu, double>;
extern template struct OperationCode<ops::Sin, float>;
extern template struct OperationCode<ops::Sin, double>;
extern template struct OperationCode<ops::Softplus, float>;
extern template struct OperationCode<ops::Softplus, double>;
extern template struct OperationCode<ops::Sqrt, float>;
extern template struct OperationCode<ops::Sqrt, double>;
extern template struct OperationCode<ops::Square, float>;
extern template struct OperationCode<ops::Square, double>;
extern template struct OperationCode<ops::StraightThroughSign, float>;
extern template struct OperationCode<ops::StraightThroughSign, double>;
extern template struct OperationCode<ops::Tanh, float>;
extern template struct OperationCode<ops::Tanh, double>;
extern template struct OperationCode<ops::GroupNorm, float>;
extern template struct OperationCode<ops::GroupNorm, double>;
extern template struct OperationCode<ops::LayerNorm, float>;
extern template struct OperationCode<ops::LayerNorm, double>;
extern template struct OperationCode<ops::RmsNorm, float>;
extern template struct OperationCode<ops::RmsNorm, double>;
extern template struct OperationCode<ops::Concatenate, float>;
extern template struct OperationCode<ops::Concatenate, double>;
extern template struct OperationCode<ops::Reshape, float>;
extern template struct OperationCode<ops::Reshape, double>;
extern template struct OperationCode<ops::Slice, float>;
extern template struct OperationCode<ops::Slice, double>;
extern template struct OperationCode<ops::StopGradient, float>;
extern template struct OperationCode<ops::StopGradient, double>;
extern template struct OperationCode<ops::Transpose, float>;
extern template struct OperationCode<ops::Transpose, double>;
extern template struct OperationCode<ops::Linear, float>;
extern template struct OperationCode<ops::Linear, double>;
extern template struct OperationCode<ops::MatMul, float>;
extern template struct OperationCode<ops::MatMul, double>;
extern template struct OperationCode<ops::CrossEntropy, float>;
extern template struct OperationCode<ops::CrossEntropy, double>;
extern template struct OperationCode<ops::Huber, float>;
extern template struct OperationCode<ops::Huber, double>;
extern template struct OperationCode<ops::KlDivergence, float>;
extern template struct OperationCode<ops::KlDivergence, double>;
extern template struct OperationCode<ops::LogSoftmax, float>;
extern template struct OperationCode<ops::LogSoftmax, double>;
extern template struct OperationCode<ops::MeanSquaredError, float>;
extern template struct OperationCode<ops::MeanSquaredError, double>;
extern template struct OperationCode<ops::SoftCrossEntropy, float>;
extern template struct OperationCode<ops::SoftCrossEntropy, double>;
extern template struct OperationCode<ops::Softmax, float>;
extern template struct OperationCode<ops::Softmax, double>;
extern template struct OperationCode<ops::AveragePool2d, float>;
extern template struct OperationCode<ops::AveragePool2d, double>;
extern template struct OperationCode<ops::GlobalAveragePool, float>;
extern template struct OperationCode<ops::GlobalAveragePool, double>;
extern template struct OperationCode<ops::MaxPool2d, float>;
extern template struct OperationCode<ops::MaxPool2d, double>;
extern template struct OperationCode<ops::GruCell, float>;
extern template struct OperationCode<ops::GruCell, double>;
extern template struct OperationCode<ops::LstmCell, float>;
extern template struct OperationCode<ops::LstmCell, double>;
extern template struct OperationCode<ops::Embedding, float>;
extern template struct OperationCode<ops::Embedding, double>;
extern template struct OperationCode<ops::GatherRows, float>;
extern template struct OperationCode<ops::GatherRows, double>;
extern template struct OperationCode<ops::ScatterRows, float>;
extern template struct OperationCode<ops::ScatterRows, double>;

} // namespace baldwin
