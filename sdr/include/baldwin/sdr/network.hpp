// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Levels of macs over an image: spatial and spatiotemporal memory.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/code.hpp>
#include <baldwin/sdr/detail/wiring.hpp>
#include <baldwin/sdr/mac.hpp>
#include <baldwin/sdr/network_parameters.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr {

/// Codes of one level for a number of frames.
struct CodeTable {
    MacShape shape = {};
    std::size_t macs = 0;
    std::vector<Cell> winners = {};             ///< shape (frames, macs, Q); kNoCell without a code
    std::vector<float> familiarity = {};        ///< G, shape (frames, macs); 0 without a code
    std::vector<std::uint16_t> hypotheses = {}; ///< zeta, shape (frames, macs); 0 without a code

    CodeTable() = default;
    CodeTable(const MacShape& mac, std::size_t count, std::size_t frames)
        : shape(mac), macs(count), winners(frames * count * mac.modules, kNoCell),
          familiarity(frames * count), hypotheses(frames * count) {}

    [[nodiscard]] std::size_t frames() const noexcept {
        return macs == 0 ? 0 : familiarity.size() / macs;
    }
    /// Cells that each frame has a winner for: macs * Q.
    [[nodiscard]] std::size_t width() const noexcept { return macs * shape.modules; }
    /// The winners of all macs, shape (macs * Q): entry m * Q + q.
    [[nodiscard]] std::span<const Cell> row(std::size_t frame) const {
        return std::span(winners).subspan(frame * width(), width());
    }
    /// The code of one mac, shape (Q).
    [[nodiscard]] std::span<const Cell> code(std::size_t frame, std::size_t mac) const {
        return row(frame).subspan(mac * shape.modules, shape.modules);
    }
    /// Mean G of the macs that have a code; 0 if none has.
    [[nodiscard]] double mean_familiarity(std::size_t frame) const {
        double sum = 0;
        std::size_t active = 0;
        for (std::size_t m = frame * macs; m < (frame + 1) * macs; ++m) {
            if (hypotheses[m] == 0) continue;
            sum += static_cast<double>(familiarity[m]);
            ++active;
        }
        return active == 0 ? 0.0 : sum / static_cast<double>(active);
    }
};

/// A hierarchy of macs that learns and recognises frames one by one.
///
/// Macs of a level work in parallel. Codes are the same for any number of threads and any kernel:
/// each mac draws from its own stream. Errors leave the network as it was.
/// \paper Rinkus 2014; Rinkus & Leveille 2017, arXiv 1710.07829
class Network {
public:
    /// \throws std::invalid_argument if a parameter is out of range or a field is empty
    Network(NetworkParameters parameters, std::uint64_t seed, Executor executor = {});

    [[nodiscard]] const NetworkParameters& parameters() const noexcept { return parameters_; }
    [[nodiscard]] std::size_t levels() const noexcept { return levels_.size(); }
    [[nodiscard]] std::span<const Mac> macs(std::size_t level) const { return levels_[level].macs; }
    /// Codes of the present frame: one row.
    [[nodiscard]] const CodeTable& codes(std::size_t level) const { return levels_[level].current; }
    /// Codes of the highest level.
    [[nodiscard]] const CodeTable& codes() const { return levels_.back().current; }
    /// Whether frames have no influence on one another: no H, no D, no persistence. Each is then
    /// an episode of its own.
    [[nodiscard]] bool is_spatial() const noexcept { return is_spatial_; }
    /// Number of synapses.
    [[nodiscard]] std::size_t weights() const noexcept;
    void set_kernel(KernelPath path) {
        for (Level& level : levels_) {
            for (Mac& mac : level.macs) mac.set_kernel(path);
        }
    }
    void set_executor(Executor executor) { executor_ = std::move(executor); }

    /// The next frame is the first of an episode.
    void begin_episode();
    /// Stores the next frame of the episode.
    /// \throws std::invalid_argument if the frame has another size than the input
    void learn(BitView frame) { present(frame, Mode::learn); }
    /// Recognises the next frame of the episode; weights stay as they are.
    void recognise(BitView frame) { present(frame, Mode::recognise); }
    void present(BitView frame, Mode mode);

    /// Presents frames one after the other and returns the codes of the highest level; the same
    /// as so many calls of present, but macs of a spatial network each go through all frames, so
    /// that threads need not meet after each.
    CodeTable learn_all(std::span<const BitSet> frames) { return present_all(frames, Mode::learn); }
    CodeTable recognise_all(std::span<const BitSet> frames) {
        return present_all(frames, Mode::recognise);
    }
    CodeTable present_all(std::span<const BitSet> frames, Mode mode);

    /// The image that the present codes of a level stand for, through the weights reversed: a pixel
    /// is on if it has weights to a share \p threshold of the winners that see it.
    [[nodiscard]] BitSet reconstruct(std::size_t level = 0, double threshold = 0.9) const;
    /// One more frame without input: codes follow from H and D of the last frame.
    /// \return what the first level's codes stand for
    BitSet predict(double threshold = 0.9);

    /// How a mac judged the present frame, cell by cell, by the weights of now.
    [[nodiscard]] Explanation explain(std::size_t level, std::size_t mac) const;

private:
    struct Wires {
        detail::Sources u, h, d;
    };
    struct Level {
        std::vector<Mac> macs;
        std::vector<Wires> wires;
        CodeTable current;
        CodeTable previous;
    };
    // Where the inputs of one presentation come from.
    struct Scene {
        BitView frame;
        const CodeTable* below = nullptr; // null at the first level
        std::size_t row = 0;              // of `below`
        bool is_first = true;
        bool is_blind = false;
    };

    void build_level(std::size_t l, const Stream& stream);
    void check_frame(BitView frame) const;
    [[nodiscard]] Scene scene_of(std::size_t l, BitView frame, bool is_blind) const;
    void step(BitView frame, Mode mode, bool is_blind);
    template <class F>
    void with_afferents(std::size_t l, std::size_t m, const Scene& scene, F&& f) const;
    static void write_row(const Mac& mac, CodeTable& table, std::size_t row, std::size_t m);

    NetworkParameters parameters_;
    Executor executor_;
    std::vector<Level> levels_;
    BitSet frame_; // the present one
    bool is_spatial_ = true;
    std::size_t frames_ = 0; // of this episode
};

namespace detail {

// Active inputs of one signal, gathered for a mac.
struct Gathered {
    std::vector<std::uint32_t> rows;
    std::vector<ActiveRows> groups;
    std::vector<std::uint32_t> active; // sources with a code
};

inline void gather_pixels(BitView frame, const Sources& sources, Gathered& out) {
    out.rows.resize(sources.index.size());
    std::size_t n = 0;
    for (std::size_t j = 0; j < sources.index.size(); ++j) {
        out.rows[n] = static_cast<std::uint32_t>(j);
        n += frame[sources.index[j]] ? 1U : 0U;
    }
    out.rows.resize(n);
    out.groups.assign(1, {out.rows, 1});
}

// Rows of the winners of the source macs, those with equally many hypotheses together.
inline void gather_codes(const CodeTable& table, std::size_t row, const Sources& sources,
                         Gathered& out) {
    const std::size_t units = table.shape.units();
    const auto zeta = [&](std::size_t s) {
        return table.hypotheses[row * table.macs + sources.index[s]];
    };
    out.active.clear();
    for (std::size_t s = 0; s < sources.index.size(); ++s) {
        if (zeta(s) > 0) out.active.push_back(static_cast<std::uint32_t>(s));
    }
    std::stable_sort(out.active.begin(), out.active.end(),
                     [&](auto a, auto b) { return zeta(a) < zeta(b); });
    out.rows.clear();
    out.rows.reserve(out.active.size() * table.shape.modules);
    out.groups.clear();
    std::size_t begin = 0;
    for (std::size_t i = 0; i < out.active.size(); ++i) {
        const auto code = table.code(row, sources.index[out.active[i]]);
        for (std::size_t q = 0; q < code.size(); ++q) {
            out.rows.push_back(static_cast<std::uint32_t>(out.active[i] * units +
                                                          q * table.shape.cells + code[q]));
        }
        const bool is_last =
            i + 1 == out.active.size() || zeta(out.active[i + 1]) != zeta(out.active[i]);
        if (!is_last) continue;
        out.groups.push_back({std::span(out.rows).subspan(begin), zeta(out.active[i])});
        begin = out.rows.size();
    }
}

} // namespace detail

inline Network::Network(NetworkParameters parameters, std::uint64_t seed, Executor executor)
    : parameters_(std::move(parameters)), executor_(std::move(executor)),
      frame_(parameters_.bits()) {
    check(parameters_);
    for (const LevelParameters& level : parameters_.levels) {
        is_spatial_ = is_spatial_ && !level.h && !level.d && level.mac.csa.persistence == 1;
    }
    const Stream stream(seed);
    for (std::size_t l = 0; l < parameters_.levels.size(); ++l) {
        build_level(l, stream.substream(l));
    }
}

inline void Network::build_level(std::size_t l, const Stream& stream) {
    const LevelParameters& own = parameters_.levels[l];
    check(own.mac.shape);
    const detail::UnitLayout layout(own.mac.shape);
    const LevelParameters* lower = l == 0 ? nullptr : &parameters_.levels[l - 1];
    const LevelParameters* upper = own.d ? &parameters_.levels[l + 1] : nullptr;
    const detail::SourceGrid below = lower == nullptr
                                         ? detail::SourceGrid{parameters_.input}
                                         : detail::SourceGrid{lower->grid, lower->arrangement};
    const detail::SourceGrid here{own.grid, own.arrangement};
    Level level;
    for (std::size_t m = 0; m < own.grid.size(); ++m) {
        Wires wires;
        wires.u =
            detail::sources_within(own.u, detail::field_centre(own, below, m), below.extent.size(),
                                   [&](std::size_t i) { return below.at(i); });
        if (lower == nullptr) detail::add_planes(wires.u, parameters_);
        if (wires.u.index.empty()) {
            throw std::invalid_argument("sdr::Network: level " + std::to_string(l) + ": mac " +
                                        std::to_string(m) + " has an empty U field");
        }
        if (own.h) {
            wires.h = detail::sources_within(*own.h, here.at(m), own.grid.size(),
                                             [&](std::size_t i) { return here.at(i); });
        }
        if (upper != nullptr) {
            wires.d =
                detail::sources_within(*own.d, here.at(m), upper->grid.size(), [&](std::size_t i) {
                    return detail::field_centre(*upper, here, i);
                });
        }
        const Stream mac = stream.substream(m);
        const auto weights = [&](const detail::Sources& sources, std::size_t width, bool is_h,
                                 std::uint64_t signal) {
            std::size_t itself = sources.index.size();
            for (std::size_t s = 0; is_h && s < sources.index.size(); ++s) {
                if (sources.index[s] == m) itself = s;
            }
            return BinaryWeights(
                layout, sources.index.size() * width,
                detail::draw_connections(layout, sources, width, itself, mac.substream(signal)));
        };
        level.macs.emplace_back(
            own.mac, wires.u.index.size(),
            std::array<BinaryWeights, 3>{
                weights(wires.u, lower == nullptr ? 1 : lower->mac.shape.units(), false, 1),
                weights(wires.h, own.mac.shape.units(), true, 2),
                weights(wires.d, upper == nullptr ? 1 : upper->mac.shape.units(), false, 3)},
            mac.substream(0));
        level.wires.push_back(std::move(wires));
    }
    level.current = CodeTable(own.mac.shape, own.grid.size(), 1);
    level.previous = level.current;
    levels_.push_back(std::move(level));
}

inline std::size_t Network::weights() const noexcept {
    std::size_t sum = 0;
    for (const Level& level : levels_) {
        for (const Mac& mac : level.macs) {
            for (const Signals one : {Signals::u, Signals::h, Signals::d}) {
                sum += mac.weights(one).size();
            }
        }
    }
    return sum;
}

inline void Network::begin_episode() {
    frames_ = 0;
    for (Level& level : levels_) {
        for (Mac& mac : level.macs) mac.begin_episode();
        level.current = CodeTable(level.current.shape, level.current.macs, 1);
        level.previous = level.current;
    }
}

inline void Network::check_frame(BitView frame) const {
    if (frame.size() == parameters_.bits()) return;
    const std::string planes =
        parameters_.planes == 1 ? "" : " in " + std::to_string(parameters_.planes) + " planes";
    throw std::invalid_argument(
        "sdr::Network: a frame must have " + std::to_string(parameters_.bits()) + " bits (" +
        std::to_string(parameters_.input.rows) + " x " + std::to_string(parameters_.input.columns) +
        planes + "), got " + std::to_string(frame.size()));
}

// Gathers what reaches a mac and calls f with it.
template <class F>
void Network::with_afferents(std::size_t l, std::size_t m, const Scene& scene, F&& f) const {
    thread_local std::array<detail::Gathered, 3> space;
    const Level& level = levels_[l];
    const Wires& wires = level.wires[m];
    Afferents afferents;
    afferents.is_first = scene.is_first;
    afferents.is_blind = scene.is_blind && scene.below == nullptr;
    if (scene.below != nullptr) {
        detail::gather_codes(*scene.below, scene.row, wires.u, space[0]);
        afferents.features = space[0].active.size();
        afferents.u = space[0].groups;
    } else if (!scene.is_blind) {
        detail::gather_pixels(scene.frame, wires.u, space[0]);
        afferents.features = space[0].rows.size();
        afferents.u = space[0].groups;
    }
    if (!wires.h.index.empty()) {
        detail::gather_codes(level.previous, 0, wires.h, space[1]);
        afferents.h = space[1].groups;
    }
    if (!wires.d.index.empty()) {
        detail::gather_codes(levels_[l + 1].previous, 0, wires.d, space[2]);
        afferents.d = space[2].groups;
    }
    f(afferents);
}

inline void Network::write_row(const Mac& mac, CodeTable& table, std::size_t row, std::size_t m) {
    const std::size_t modules = table.shape.modules;
    const auto winners = mac.winners();
    std::copy(winners.begin(), winners.end(),
              table.winners.begin() +
                  static_cast<std::ptrdiff_t>(row * table.width() + m * modules));
    const std::size_t at = row * table.macs + m;
    table.familiarity[at] = mac.is_active() ? static_cast<float>(mac.familiarity()) : 0.0F;
    table.hypotheses[at] =
        static_cast<std::uint16_t>(mac.is_active() ? mac.hypotheses() : std::size_t{0});
}

inline Network::Scene Network::scene_of(std::size_t l, BitView frame, bool is_blind) const {
    return {.frame = frame,
            .below = l == 0 ? nullptr : &levels_[l - 1].current,
            .row = 0,
            .is_first = is_spatial_ || frames_ == 0,
            .is_blind = is_blind};
}

inline void Network::step(BitView frame, Mode mode, bool is_blind) {
    for (Level& level : levels_) std::swap(level.previous, level.current);
    for (std::size_t l = 0; l < levels_.size(); ++l) {
        Level& level = levels_[l];
        const Scene scene = scene_of(l, frame, is_blind);
        executor_.chunks(level.macs.size(), [&](std::size_t m, std::size_t /*slot*/) {
            if (is_spatial_) level.macs[m].begin_episode();
            with_afferents(l, m, scene, [&](const Afferents& afferents) {
                level.macs[m].present(afferents, mode);
            });
            write_row(level.macs[m], level.current, 0, m);
        });
    }
    ++frames_;
}

inline void Network::present(BitView frame, Mode mode) {
    check_frame(frame);
    frame_ = BitSet(frame);
    step(frame_, mode, false);
}

inline CodeTable Network::present_all(std::span<const BitSet> frames, Mode mode) {
    for (const BitSet& frame : frames) check_frame(frame);
    CodeTable below;
    CodeTable table(levels_.back().current.shape, levels_.back().current.macs, frames.size());
    if (!is_spatial_) {
        for (std::size_t f = 0; f < frames.size(); ++f) {
            present(frames[f], mode);
            for (std::size_t m = 0; m < table.macs; ++m) {
                write_row(levels_.back().macs[m], table, f, m);
            }
        }
        return table;
    }
    for (std::size_t l = 0; l < levels_.size(); ++l) {
        Level& level = levels_[l];
        table = CodeTable(level.current.shape, level.current.macs, frames.size());
        executor_.chunks(level.macs.size(), [&](std::size_t m, std::size_t /*slot*/) {
            for (std::size_t f = 0; f < frames.size(); ++f) {
                level.macs[m].begin_episode();
                const Scene scene{.frame = frames[f], .below = l == 0 ? nullptr : &below, .row = f};
                with_afferents(l, m, scene, [&](const Afferents& afferents) {
                    level.macs[m].present(afferents, mode);
                });
                write_row(level.macs[m], table, f, m);
            }
            if (!frames.empty()) write_row(level.macs[m], level.current, 0, m);
        });
        std::swap(below, table);
    }
    if (!frames.empty()) frame_ = frames.back();
    return below;
}

inline BitSet Network::predict(double threshold) {
    frame_.clear();
    step(frame_, Mode::recognise, true);
    return reconstruct(0, threshold);
}

inline BitSet Network::reconstruct(std::size_t /*level*/, double threshold) const {
    const Level& first = levels_.front();
    const detail::UnitLayout layout(first.current.shape);
    std::vector<std::size_t> sum(parameters_.bits());
    std::vector<std::size_t> most(parameters_.bits());
    AlignedVector<detail::Word> winners(layout.words);
    for (std::size_t m = 0; m < first.macs.size(); ++m) {
        if (!first.macs[m].is_active()) continue;
        layout.set_winners(first.macs[m].winners(), winners);
        const auto& pixels = first.wires[m].u.index;
        for (std::size_t j = 0; j < pixels.size(); ++j) {
            sum[pixels[j]] += first.macs[m].reversed_sum(Signals::u, j, winners);
            most[pixels[j]] += layout.shape.modules;
        }
    }
    BitSet image(parameters_.bits());
    for (std::size_t i = 0; i < sum.size(); ++i) {
        image.set(i, most[i] > 0 &&
                         static_cast<double>(sum[i]) >= threshold * static_cast<double>(most[i]));
    }
    return image;
}

inline Explanation Network::explain(std::size_t level, std::size_t mac) const {
    Explanation out;
    Scene scene = scene_of(level, frame_, false);
    scene.is_first = is_spatial_ || frames_ <= 1;
    with_afferents(level, mac, scene, [&](const Afferents& afferents) {
        out = levels_[level].macs[mac].explain(afferents, Mode::recognise);
    });
    return out;
}

} // namespace baldwin::sdr
