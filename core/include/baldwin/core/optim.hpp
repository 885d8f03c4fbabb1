// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Optimisers on flat vectors: SGD with (Nesterov) momentum, Adam, AdamW; clipping.
///
/// All arithmetic is elementwise or summed in chunks that depend on the length alone, so a step
/// gives the same bits on any number of threads. A step allocates nothing.
#pragma once

#include <baldwin/core/aligned.hpp>
#include <baldwin/core/detail/integer_power.hpp>
#include <baldwin/core/detail/update_rules.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/parameters.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin {

/// v = momentum v + g;  θ -= rate v, or with Nesterov's variant θ -= rate (g + momentum v).
/// Weight decay adds decay * θ to g first. \paper Sutskever et al. 2013, as libtorch writes it
struct Sgd {
    double momentum = 0.9; ///< in [0, 1); 0 keeps no state
    bool nesterov = false;
    double weight_decay = 0.0; ///< >= 0
};

/// θ -= rate m̂ / (sqrt(v̂) + epsilon) with m̂, v̂ the bias-corrected moments of g.
/// Weight decay adds decay * θ to g first. \paper Kingma & Ba 2015, algorithm 1
struct Adam {
    double beta1 = 0.9;   ///< in [0, 1)
    double beta2 = 0.999; ///< in [0, 1)
    double epsilon = 1e-8;
    double weight_decay = 0.0; ///< >= 0
};

/// Adam with decay beside the gradient: θ -= rate * decay * θ as well.
/// \paper Loshchilov & Hutter 2019, algorithm 2
struct AdamW {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0.01;
};

/// Which rule moves θ, and what is done to the gradient before.
struct OptimiserOptions {
    std::variant<Sgd, Adam, AdamW> rule = Sgd{};
    double clip_value = 0.0; ///< largest size of an element of g; 0 = unlimited
    double clip_norm = 0.0; ///< largest Euclidean norm of all of g, after clip_value; 0 = unlimited
    bool decay_all = false; ///< decay biases, scales and shifts too; else weights and embeddings
};

/// A vector of an optimiser's state, as a checkpoint names it.
template <class T>
struct NamedSpan {
    std::string_view name;
    std::span<T> values;
};

/// Sum of squares of \p values in an order that depends on their number alone.
/// \cost one read
template <class T>
[[nodiscard]] double squared_norm(const Executor& executor, std::span<const T> values,
                                  double clip_value = 0.0);

/// Moves a flat vector along its gradient. Keeps the moments that its rule needs, not θ.
///
/// The state is `steps()` and the named vectors: put both back and the run goes on with the same
/// bits.
template <class T>
class Optimiser {
public:
    /// \param layout  of θ; says which elements decay
    /// \throws std::invalid_argument if an option is out of its range
    Optimiser(const Layout& layout, const OptimiserOptions& options,
              Executor executor = Executor::serial())
        : options_(options), executor_(std::move(executor)), size_(layout.size()) {
        check_options();
        cut_pieces(layout);
        const std::size_t moments =
            std::visit([](const auto& r) { return moments_of(r); }, options_.rule);
        if (moments > 0) first_.assign(size_, T{0});
        if (moments > 1) second_.assign(size_, T{0});
    }

    /// Moves \p theta one step.
    /// \param rate  the learning rate; learning_rate() of a schedule
    /// \throws std::invalid_argument if a length or the rate does not fit; nothing has moved then
    /// \throws std::runtime_error if the norm of the gradient is asked for and not finite
    /// \cost reads and writes θ and the state once, reads the gradient once (twice with clip_norm)
    void step(std::span<T> theta, std::span<const T> gradient, double rate) {
        check_call(theta.size(), gradient.size(), rate);
        const double factor = clip_factor(gradient);
        ++steps_;
        std::visit([&](const auto& rule) { update(rule, theta, gradient, rate, factor); },
                   options_.rule);
    }

    /// Number of steps taken.
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    /// Sets the number of steps taken, when a run is resumed.
    void resume_at(std::uint64_t steps) noexcept { steps_ = steps; }
    /// The moments, to be saved or overwritten; their length is that of θ.
    [[nodiscard]] std::vector<NamedSpan<T>> state() {
        std::vector<NamedSpan<T>> vectors;
        if (!first_.empty()) vectors.push_back({"first_moment", first_});
        if (!second_.empty()) vectors.push_back({"second_moment", second_});
        return vectors;
    }
    [[nodiscard]] const OptimiserOptions& options() const noexcept { return options_; }

private:
    // a run of neighbouring elements inside one chunk that all decay, or all do not
    struct Piece {
        std::size_t begin;
        std::size_t end;
        bool decays;
    };
    static constexpr std::size_t kChunk = std::size_t{1} << 14;

    static std::size_t moments_of(const Sgd& rule) { return rule.momentum > 0.0 ? 1 : 0; }
    static std::size_t moments_of(const Adam& /*rule*/) { return 2; }
    static std::size_t moments_of(const AdamW& /*rule*/) { return 2; }

    static void require(bool holds, const char* what, double got) {
        if (holds) return;
        throw std::invalid_argument(std::string("Optimiser: ") + what + ", got " +
                                    std::to_string(got));
    }
    static void check_rule(const Sgd& rule) {
        require(rule.momentum >= 0.0 && rule.momentum < 1.0, "momentum must lie in [0, 1)",
                rule.momentum);
        require(!rule.nesterov || rule.momentum > 0.0, "nesterov needs a momentum > 0",
                rule.momentum);
    }
    template <class Rule>
    static void check_rule(const Rule& rule) {
        require(rule.beta1 >= 0.0 && rule.beta1 < 1.0, "beta1 must lie in [0, 1)", rule.beta1);
        require(rule.beta2 >= 0.0 && rule.beta2 < 1.0, "beta2 must lie in [0, 1)", rule.beta2);
        require(std::isfinite(rule.epsilon) && rule.epsilon > 0.0, "epsilon must be > 0",
                rule.epsilon);
    }
    void check_options() const {
        std::visit(
            [](const auto& rule) {
                check_rule(rule);
                require(std::isfinite(rule.weight_decay) && rule.weight_decay >= 0.0,
                        "weight_decay must be a number >= 0", rule.weight_decay);
            },
            options_.rule);
        const double value = options_.clip_value;
        const double norm = options_.clip_norm;
        require(std::isfinite(value) && value >= 0.0, "clip_value must be a number >= 0", value);
        require(std::isfinite(norm) && norm >= 0.0, "clip_norm must be a number >= 0", norm);
    }
    void check_call(std::size_t theta, std::size_t gradient, double rate) const {
        const auto as_double = [](std::size_t n) { return static_cast<double>(n); };
        require(theta == size_, "theta must have the layout's length", as_double(theta));
        require(gradient == size_, "the gradient must have the layout's length",
                as_double(gradient));
        require(std::isfinite(rate) && rate >= 0.0, "the rate must be a number >= 0", rate);
    }

    [[nodiscard]] bool decays(const LayoutEntry& entry) const {
        return options_.decay_all || entry.kind == ParameterKind::weight ||
               entry.kind == ParameterKind::embedding;
    }
    void cut_pieces(const Layout& layout) {
        for (const LayoutEntry& entry : layout.entries()) {
            std::size_t begin = entry.offset;
            const std::size_t end = entry.offset + entry.size();
            while (begin < end) {
                const std::size_t border = (begin / kChunk + 1) * kChunk;
                add_piece({begin, std::min(border, end), decays(entry)});
                begin = std::min(border, end);
            }
        }
        first_pieces_.push_back(pieces_.size());
    }
    void add_piece(const Piece& piece) {
        const bool opens_chunk = piece.begin % kChunk == 0;
        if (opens_chunk) first_pieces_.push_back(pieces_.size());
        if (!opens_chunk && pieces_.back().decays == piece.decays) {
            pieces_.back().end = piece.end;
        } else {
            pieces_.push_back(piece);
        }
    }

    [[nodiscard]] double clip_factor(std::span<const T> gradient) const {
        if (options_.clip_norm == 0.0) return 1.0;
        const double norm = std::sqrt(squared_norm<T>(executor_, gradient, options_.clip_value));
        if (!std::isfinite(norm)) {
            throw std::runtime_error("Optimiser: the norm of the gradient is not finite at step " +
                                     std::to_string(steps_));
        }
        return norm > options_.clip_norm ? options_.clip_norm / norm : 1.0;
    }
    [[nodiscard]] detail::GradientFilter<T> filter(double factor, double decay) const {
        const double limit = options_.clip_value > 0.0 ? options_.clip_value
                                                       : std::numeric_limits<double>::infinity();
        return {static_cast<T>(limit), static_cast<T>(factor), static_cast<T>(decay)};
    }

    // calls f(piece) for every piece, chunks in parallel
    template <class F>
    void for_pieces(F&& f) const {
        executor_.chunks(first_pieces_.size() - 1, [&](std::size_t chunk, std::size_t /*slot*/) {
            for (std::size_t i = first_pieces_[chunk]; i < first_pieces_[chunk + 1]; ++i) {
                f(pieces_[i]);
            }
        });
    }
    void update(const Sgd& rule, std::span<T> theta, std::span<const T> gradient, double rate,
                double factor) {
        const detail::SgdStep<T> step{static_cast<T>(rate), static_cast<T>(rule.momentum),
                                      rule.nesterov};
        for_pieces([&](const Piece& piece) {
            const auto clean = filter(factor, piece.decays ? rule.weight_decay : 0.0);
            const std::size_t count = piece.end - piece.begin;
            T* velocity = first_.empty() ? nullptr : first_.data() + piece.begin;
            detail::sgd_update(step, clean, count, theta.data() + piece.begin,
                               gradient.data() + piece.begin, velocity);
        });
    }
    template <class Rule>
    void update(const Rule& rule, std::span<T> theta, std::span<const T> gradient, double rate,
                double factor) {
        constexpr bool kDecoupled = std::is_same_v<Rule, AdamW>;
        const double first = 1.0 - detail::integer_power(rule.beta1, steps_);
        const double second = 1.0 - detail::integer_power(rule.beta2, steps_);
        for_pieces([&](const Piece& piece) {
            const double decay = piece.decays ? rule.weight_decay : 0.0;
            const detail::AdamStep<T> step{static_cast<T>(rule.beta1),
                                           static_cast<T>(1.0 - rule.beta1),
                                           static_cast<T>(rule.beta2),
                                           static_cast<T>(1.0 - rule.beta2),
                                           static_cast<T>(rate / first),
                                           static_cast<T>(1.0 / std::sqrt(second)),
                                           static_cast<T>(rule.epsilon),
                                           static_cast<T>(kDecoupled ? 1.0 - rate * decay : 1.0)};
            const auto clean = filter(factor, kDecoupled ? 0.0 : decay);
            detail::adam_update(step, clean, piece.end - piece.begin, theta.data() + piece.begin,
                                gradient.data() + piece.begin, first_.data() + piece.begin,
                                second_.data() + piece.begin);
        });
    }

    OptimiserOptions options_;
    Executor executor_;
    std::size_t size_;
    std::uint64_t steps_ = 0;
    AlignedVector<T> first_;  // momentum, or the mean of g
    AlignedVector<T> second_; // the mean of g^2
    std::vector<Piece> pieces_;
    std::vector<std::size_t> first_pieces_; // of each chunk, and one past the last
};

template <class T>
double squared_norm(const Executor& executor, std::span<const T> values, double clip_value) {
    // one partial sum for each of at most 64 chunks, added in order
    constexpr std::size_t kMostChunks = 64;
    std::array<double, kMostChunks> sums{};
    const std::size_t count =
        std::clamp<std::size_t>(values.size() / (std::size_t{1} << 14), 1, kMostChunks);
    executor.chunks(count, [&](std::size_t chunk, std::size_t /*slot*/) {
        const Range range = part(values.size(), count, chunk, 16);
        sums[chunk] = detail::sum_of_squares(range.size(), values.data() + range.begin, clip_value);
    });
    double total = 0.0;
    for (std::size_t i = 0; i < count; ++i) total += sums[i];
    return total;
}

} // namespace baldwin
