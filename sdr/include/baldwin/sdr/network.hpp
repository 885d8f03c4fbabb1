// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Levels of macs over an image: spatial and spatiotemporal memory.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/code.hpp>
#include <baldwin/sdr/code_table.hpp>
#include <baldwin/sdr/detail/gather.hpp>
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
    /// What the random streams were derived from.
    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
    /// Frames of the present episode so far.
    [[nodiscard]] std::size_t frames() const noexcept { return frames_; }
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
    /// is on if it has weights to a share \p threshold of the winners that see it. From a higher
    /// level, codes of the levels between are found in the same way.
    [[nodiscard]] BitSet reconstruct(std::size_t level = 0, double threshold = 0.9) const;
    /// One more frame without input: codes follow from H and D of the last frame.
    /// \return what the first level's codes stand for
    BitSet predict(double threshold = 0.9);

    /// How a mac judged the present frame, cell by cell, by the weights of now.
    [[nodiscard]] Explanation explain(std::size_t level, std::size_t mac) const;
    /// Ends learning for good, see Mac::finish_learning.
    void finish_learning() {
        for (Level& level : levels_) {
            for (Mac& mac : level.macs) mac.finish_learning();
        }
    }

    /// For memory files: a mac to restore, and the end of it, after which the present codes are
    /// those of the macs.
    Mac& mac_to_restore(std::size_t level, std::size_t mac) { return levels_[level].macs[mac]; }
    void restored(std::size_t frames);

private:
    struct Wires {
        detail::Sources u, h, d;
    };
    struct Votes {
        std::vector<std::size_t> sum;
        std::vector<std::size_t> most;
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

    [[nodiscard]] detail::SourceGrid grid_below(std::size_t l) const {
        if (l == 0) return {parameters_.input};
        return {parameters_.levels[l - 1].grid, parameters_.levels[l - 1].arrangement};
    }
    [[nodiscard]] Wires wire(std::size_t l, std::size_t m) const;
    void check_wires(const Wires& wires, std::size_t l, std::size_t m) const;
    void build_level(std::size_t l, const Stream& stream);
    void check_frame(BitView frame) const;
    [[nodiscard]] Votes votes_below(std::size_t l, const CodeTable& codes) const;
    [[nodiscard]] CodeTable codes_below(std::size_t l, const CodeTable& codes,
                                        double threshold) const;
    [[nodiscard]] Scene scene_of(std::size_t l, BitView frame, bool is_blind) const;
    void step(BitView frame, Mode mode, bool is_blind);
    template <class F>
    void with_afferents(std::size_t l, std::size_t m, const Scene& scene, F&& f) const;

    NetworkParameters parameters_;
    std::uint64_t seed_ = 0;
    Executor executor_;
    std::vector<Level> levels_;
    BitSet frame_; // the present one
    bool is_spatial_ = true;
    std::size_t frames_ = 0; // of this episode
};

inline Network::Network(NetworkParameters parameters, std::uint64_t seed, Executor executor)
    : parameters_(std::move(parameters)), seed_(seed), executor_(std::move(executor)),
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

// Sources of the three signals of a mac.
inline Network::Wires Network::wire(std::size_t l, std::size_t m) const {
    const LevelParameters& own = parameters_.levels[l];
    const detail::SourceGrid below = grid_below(l);
    const detail::SourceGrid here{own.grid, own.arrangement};
    Wires wires;
    wires.u =
        detail::sources_within(own.u, detail::field_centre(own, below, m), below.extent.size(),
                               [&](std::size_t i) { return below.at(i); });
    if (l == 0) detail::add_planes(wires.u, parameters_);
    if (own.h) {
        wires.h = detail::sources_within(*own.h, here.at(m), own.grid.size(),
                                         [&](std::size_t i) { return here.at(i); });
    }
    if (own.d) {
        const LevelParameters& upper = parameters_.levels[l + 1];
        wires.d = detail::sources_within(*own.d, here.at(m), upper.grid.size(), [&](std::size_t i) {
            return detail::field_centre(upper, here, i);
        });
    }
    check_wires(wires, l, m);
    return wires;
}

inline void Network::check_wires(const Wires& wires, std::size_t l, std::size_t m) const {
    const auto fail = [&](const std::string& what) {
        throw std::invalid_argument("sdr::Network: level " + std::to_string(l) + ": mac " +
                                    std::to_string(m) + " " + what);
    };
    if (wires.u.index.empty()) fail("has an empty U field");
    const auto most = [&](const detail::Sources& sources, const MacShape* shape) {
        const std::size_t active =
            sources.index.size() * (shape == nullptr ? std::size_t{1} : shape->modules);
        if (active < (std::size_t{1} << detail::kMostPlanes)) return;
        fail("may have " + std::to_string(active) + " active inputs of one signal, the most is " +
             "65535");
    };
    most(wires.u, l == 0 ? nullptr : &parameters_.levels[l - 1].mac.shape);
    most(wires.h, &parameters_.levels[l].mac.shape);
    if (!wires.d.index.empty()) most(wires.d, &parameters_.levels[l + 1].mac.shape);
}

inline void Network::build_level(std::size_t l, const Stream& stream) {
    const LevelParameters& own = parameters_.levels[l];
    const detail::UnitLayout layout(own.mac.shape);
    // inputs that each source has: the cells of a mac, or a pixel
    const std::size_t below = l == 0 ? 1 : parameters_.levels[l - 1].mac.shape.units();
    const std::size_t here = own.mac.shape.units();
    const std::size_t above = own.d ? parameters_.levels[l + 1].mac.shape.units() : 1;
    Level level;
    for (std::size_t m = 0; m < own.grid.size(); ++m) {
        Wires wires = wire(l, m);
        const Stream mac = stream.substream(m);
        const auto weights = [&](const detail::Sources& sources, std::size_t width,
                                 std::size_t itself, std::uint64_t signal) {
            return BinaryWeights(
                layout, sources.index.size() * width,
                detail::draw_connections(layout, sources, width, itself, mac.substream(signal)));
        };
        const auto none = ~std::size_t{0};
        level.macs.emplace_back(own.mac, wires.u.index.size(),
                                std::array<BinaryWeights, 3>{weights(wires.u, below, none, 1),
                                                             weights(wires.h, here, m, 2),
                                                             weights(wires.d, above, none, 3)},
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

inline void Network::restored(std::size_t frames) {
    frames_ = frames;
    for (Level& level : levels_) {
        for (std::size_t m = 0; m < level.macs.size(); ++m) {
            level.current.write(0, m, level.macs[m]);
        }
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
            level.current.write(0, m, level.macs[m]);
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
                table.write(f, m, levels_.back().macs[m]);
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
                table.write(f, m, level.macs[m]);
            }
            if (!frames.empty()) level.current.write(0, m, level.macs[m]);
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

// For each input of the macs of a level: how many winners of active macs it has weights to, and how
// many of their modules it could have.
inline Network::Votes Network::votes_below(std::size_t l, const CodeTable& codes) const {
    const Level& level = levels_[l];
    const detail::UnitLayout layout(codes.shape);
    const std::size_t width = l == 0 ? 1 : parameters_.levels[l - 1].mac.shape.units();
    const std::size_t inputs = (l == 0 ? parameters_.bits() : grid_below(l).extent.size()) * width;
    Votes votes{std::vector<std::size_t>(inputs), std::vector<std::size_t>(inputs)};
    AlignedVector<detail::Word> winners(layout.words);
    for (std::size_t m = 0; m < level.macs.size(); ++m) {
        if (codes.hypotheses[m] == 0) continue;
        layout.set_winners(codes.code(0, m), winners);
        const auto& sources = level.wires[m].u.index;
        for (std::size_t j = 0; j < sources.size() * width; ++j) {
            const std::size_t input = sources[j / width] * width + j % width;
            votes.sum[input] += level.macs[m].reversed_sum(Signals::u, j, winners);
            votes.most[input] += level.macs[m].weights(Signals::u).reachable(j, winners);
        }
    }
    return votes;
}

// Codes of the level below: in each module the cell with most votes; macs that reach a share of the
// votes they could have had are active.
inline CodeTable Network::codes_below(std::size_t l, const CodeTable& codes,
                                      double threshold) const {
    const CodeTable& lower = levels_[l - 1].current;
    const Votes votes = votes_below(l, codes);
    CodeTable out(lower.shape, lower.macs, 1);
    for (std::size_t m = 0; m < out.macs; ++m) {
        std::size_t sum = 0;
        std::size_t most = 0;
        for (std::size_t q = 0; q < out.shape.modules; ++q) {
            const std::size_t first = m * out.shape.units() + q * out.shape.cells;
            const auto begin = votes.sum.begin() + static_cast<std::ptrdiff_t>(first);
            const auto best =
                std::max_element(begin, begin + static_cast<std::ptrdiff_t>(out.shape.cells));
            const auto cell = static_cast<std::size_t>(best - begin);
            out.winners[m * out.shape.modules + q] = static_cast<Cell>(cell);
            sum += *best;
            most += votes.most[first + cell];
        }
        const bool is_active =
            most > 0 && static_cast<double>(sum) >= threshold * static_cast<double>(most);
        out.hypotheses[m] = is_active ? 1 : 0;
    }
    return out;
}

inline BitSet Network::reconstruct(std::size_t level, double threshold) const {
    CodeTable codes = levels_[level].current;
    for (std::size_t l = level; l > 0; --l) codes = codes_below(l, codes, threshold);
    const Votes votes = votes_below(0, codes);
    BitSet image(parameters_.bits());
    for (std::size_t i = 0; i < image.size(); ++i) {
        image.set(i, votes.most[i] > 0 && static_cast<double>(votes.sum[i]) >=
                                              threshold * static_cast<double>(votes.most[i]));
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
