// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A linear read-out over stored codes: multinomial logistic regression. The macs see each input
/// once; this may go over the codes again and again.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/math.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/simd.hpp>
#include <baldwin/sdr/code.hpp>
#include <baldwin/sdr/readout.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::sdr {

/// How a linear read-out learns.
struct LinearReadoutParameters {
    double rate = 2.0;      ///< step size, divided by the number of modules; > 0
    std::size_t passes = 0; ///< over the codes; 0: for about 120,000 visits, in [4, 30]
    friend bool operator==(const LinearReadoutParameters& a,
                           const LinearReadoutParameters& b) = default;
};

/// A weight from each cell to each class, learned by stochastic gradient descent on the
/// cross-entropy of the softmax, one code at a time in an order drawn anew for each pass, with a
/// step size that falls to 0.
///
/// A code is M ones among the cells, so a step touches M rows of weights and nothing else. The
/// same codes, parameters and stream give the same bits for one binary.
class LinearReadout {
public:
    /// All weights 0.
    /// \throws std::invalid_argument if the shape is out of range
    explicit LinearReadout(const ReadoutShape& shape)
        : shape_((check(shape), shape)), stride_((shape.classes + kWidth - 1) / kWidth * kWidth),
          weights_(shape.units() * stride_) {}

    [[nodiscard]] const ReadoutShape& shape() const noexcept { return shape_; }

    /// Learns from codes and their classes, from zero.
    /// \param winners  shape (items, modules); kNoCell where a mac had no code
    /// \param labels   shape (items)
    /// \throws std::invalid_argument if sizes, a class or a parameter are wrong
    /// \cost about 4 us for each visit of a code of 490 modules and 10 classes
    void fit(std::span<const Cell> winners, std::span<const std::uint8_t> labels,
             const LinearReadoutParameters& parameters, const Stream& stream);

    /// Score of each class, shape (classes): logits.
    /// \throws std::invalid_argument if the code does not fit the shape
    [[nodiscard]] std::vector<double> scores(std::span<const Cell> winners) const {
        detail::check_code(shape_, winners);
        AlignedVector<float> logits(stride_);
        add_logits(winners, logits);
        return {logits.begin(), logits.begin() + static_cast<std::ptrdiff_t>(shape_.classes)};
    }

private:
    static constexpr std::size_t kWidth = kLanes<float>;

    // calls f(first lane of the row) for each active cell
    template <class F>
    void for_each_row(std::span<const Cell> winners, F&& f) const {
        detail::for_each_unit(shape_, winners, [&](std::size_t unit) { f(unit * stride_); });
    }
    void add_logits(std::span<const Cell> winners, std::span<float> logits) const {
        for (std::size_t lane = 0; lane < stride_; lane += kWidth) {
            auto sum = load<float>(logits.data() + lane);
            for_each_row(winners, [&](std::size_t row) {
                sum += load<float>(weights_.data() + row + lane);
            });
            store<float>(logits.data() + lane, sum);
        }
    }
    void add_to_rows(std::span<const Cell> winners, std::span<const float> change) {
        for (std::size_t lane = 0; lane < stride_; lane += kWidth) {
            const auto step = load<float>(change.data() + lane);
            for_each_row(winners, [&](std::size_t row) {
                float* at = weights_.data() + row + lane;
                store<float>(at, load<float>(at) + step);
            });
        }
    }
    // logits to rate * (target - probability)
    void to_change(std::span<float> logits, std::size_t label, float rate) const {
        const auto classes = logits.first(shape_.classes);
        const float most = *std::max_element(classes.begin(), classes.end());
        float sum = 0;
        for (float& z : classes) sum += z = baldwin::exp(z - most);
        for (float& z : classes) z *= -rate / sum;
        classes[label] += rate;
        std::fill(logits.begin() + static_cast<std::ptrdiff_t>(shape_.classes), logits.end(), 0.0F);
    }

    ReadoutShape shape_;
    std::size_t stride_;           // classes, up to whole vectors
    AlignedVector<float> weights_; // (units, stride)
};

inline void LinearReadout::fit(std::span<const Cell> winners, std::span<const std::uint8_t> labels,
                               const LinearReadoutParameters& parameters, const Stream& stream) {
    const auto fail = [](const std::string& what) {
        throw std::invalid_argument("sdr::LinearReadout: " + what);
    };
    if (!(parameters.rate > 0 && parameters.rate < 1e6)) {
        fail("rate must be in (0, 1e6), got " + std::to_string(parameters.rate));
    }
    if (labels.empty() || winners.size() != labels.size() * shape_.modules) {
        fail("there must be " + std::to_string(shape_.modules) + " winners for each of " +
             std::to_string(labels.size()) + " labels, at least one, got " +
             std::to_string(winners.size()));
    }
    for (const std::uint8_t label : labels) detail::check_class(shape_, label);
    std::fill(weights_.begin(), weights_.end(), 0.0F);
    const std::size_t n = labels.size();
    const std::size_t passes =
        parameters.passes > 0 ? parameters.passes : std::clamp<std::size_t>(120'000 / n, 4, 30);
    const double rate = parameters.rate / static_cast<double>(shape_.modules);
    const auto visits = static_cast<double>(n * passes);
    AlignedVector<float> logits(stride_);
    double left = visits;
    for (std::size_t pass = 0; pass < passes; ++pass) {
        for (const std::uint32_t item : permutation(n, stream.substream(pass))) {
            const auto code = winners.subspan(item * shape_.modules, shape_.modules);
            std::fill(logits.begin(), logits.end(), 0.0F);
            add_logits(code, logits);
            to_change(logits, labels[item], static_cast<float>(rate * std::sqrt(left / visits)));
            add_to_rows(code, logits);
            left -= 1;
        }
    }
}

} // namespace baldwin::sdr
