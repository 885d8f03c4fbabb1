// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Tensors: contiguous row-major arrays that own their elements, and views that do not.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/assert.hpp>
#include <baldwin/core/shape.hpp>

#include <Eigen/Core>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace baldwin {

/// An owning tensor: an xtensor array with a 64-byte aligned base, so slicing, broadcasting and
/// expressions are xtensor's. Images are (N, C, H, W).
template <class T>
using Tensor = xt::xarray<T, xt::layout_type::row_major, AlignedAllocator<T>>;

/// A contiguous row-major block of somebody else's memory.
///
/// Copying it copies the handle. T may be const.
template <class T>
class TensorView {
public:
    using Scalar = std::remove_const_t<T>;
    /// The innermost axis as columns, all others as rows.
    using Matrix = std::conditional_t<
        std::is_const_v<T>,
        const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>,
        Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

    TensorView() = default;
    TensorView(T* data, const Shape& shape) : data_(data), shape_(shape) {}
    /// A rank-1 view.
    explicit TensorView(std::span<T> values) : data_(values.data()), shape_({values.size()}) {}
    /// A view of a mutable tensor is also one of a constant tensor.
    template <class U>
        requires(std::is_const_v<T>&& std::is_same_v<U, Scalar>)
    TensorView(const TensorView<U>& other) : data_(other.data()), shape_(other.shape()) {}
    /// Views an owning tensor, which must outlive this.
    TensorView(const Tensor<Scalar>& tensor) requires std::is_const_v<T>
        : data_(tensor.data()), shape_(extents_of(tensor)) {}
    TensorView(Tensor<Scalar>& tensor) : data_(tensor.data()), shape_(extents_of(tensor)) {}

    [[nodiscard]] T* data() const noexcept { return data_; }
    [[nodiscard]] const Shape& shape() const& noexcept { return shape_; }
    [[nodiscard]] Shape shape() && noexcept { return shape_; } // a temporary's must not dangle
    [[nodiscard]] std::size_t size() const noexcept { return shape_.size(); }
    [[nodiscard]] std::size_t rank() const noexcept { return shape_.rank(); }
    [[nodiscard]] std::span<T> values() const noexcept { return {data_, size()}; }
    [[nodiscard]] T& operator[](std::size_t index) const noexcept { return data_[index]; }
    [[nodiscard]] T* begin() const noexcept { return data_; }
    [[nodiscard]] T* end() const noexcept { return data_ + size(); }

    /// The same elements with other extents of the same product.
    [[nodiscard]] TensorView reshaped(const Shape& shape) const {
        BALDWIN_ASSERT(shape.size() == size());
        return {data_, shape};
    }
    /// An Eigen map of shape (size / last extent, last extent). Do not sum or multiply through it
    /// where bits are promised: Eigen's order depends on addresses.
    [[nodiscard]] Eigen::Map<Matrix> matrix() const {
        const auto columns = static_cast<Eigen::Index>(rank() == 0 ? 1 : shape_.back());
        const auto rows = columns == 0 ? 0 : static_cast<Eigen::Index>(size()) / columns;
        return {data_, rows, columns};
    }
    /// An xtensor adaptor over the same memory.
    [[nodiscard]] auto array() const {
        return xt::adapt(data_, size(), xt::no_ownership(),
                         std::vector<std::size_t>(shape_.begin(), shape_.end()));
    }

private:
    static Shape extents_of(const Tensor<Scalar>& tensor) {
        return Shape(std::span<const std::size_t>(tensor.shape().data(), tensor.shape().size()));
    }

    T* data_ = nullptr;
    Shape shape_;
};

/// A new tensor with the extents and elements of a view.
template <class T>
[[nodiscard]] Tensor<std::remove_const_t<T>> to_tensor(TensorView<T> view) {
    auto tensor = Tensor<std::remove_const_t<T>>::from_shape(
        std::vector<std::size_t>(view.shape().begin(), view.shape().end()));
    std::copy(view.begin(), view.end(), tensor.data());
    return tensor;
}

/// A zero-filled tensor.
template <class T>
[[nodiscard]] Tensor<T> zeros(const Shape& shape) {
    auto tensor = Tensor<T>::from_shape(std::vector<std::size_t>(shape.begin(), shape.end()));
    tensor.fill(T{0});
    return tensor;
}

} // namespace baldwin
