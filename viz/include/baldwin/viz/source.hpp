// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Sources: what a workspace shows, whatever it comes from. No SFML here, and no pixels.
///
/// A source has runs; a run has metrics (curves over steps) and frames (named scenes at steps).
/// Run directories on disk, a running experiment of this process and an exhibit are sources. To
/// write one: keep what is known in memory, take in news in poll() within its time, and answer all
/// other questions from memory or, for frames(), from a file at once. Numbers of runs and metrics
/// only grow, so an index stays what it was. One thread uses a source; what another thread brings
/// in waits in a mailbox until poll(). Nothing throws because a file is bad: what is wrong becomes
/// a message, once, and the rest goes on.
///
/// Curves are asked for by the pixels that they will cover, so ten million samples draw as cheaply
/// as a thousand: `metric_column.hpp` answers such questions from a pyramid of extremes, and does
/// the smoothing; most sources hold one MetricColumn for each run and metric.
#pragma once

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace baldwin::viz {

/// A number that runs report again and again.
struct MetricInfo {
    std::string name;
    std::string unit = {}; ///< empty: unknown or none

    friend bool operator==(const MetricInfo&, const MetricInfo&) = default;
};

/// What of a curve is wanted.
struct CurveQuery {
    std::size_t run = 0;     ///< index of the run
    std::size_t metric = 0;  ///< index in Source::metrics()
    Interval steps{};        ///< of x; the neighbours just outside come too, so a line reaches both
    std::size_t columns = 0; ///< pixels that the interval covers; 0: every sample, for export
    double smoothing = 0;    ///< weight of the past in [0, 1), debiased; 0: as measured
};

/// A named scene of a run.
struct Frame {
    std::string name;       ///< the same from step to step: "confusion"
    std::uint64_t step = 0; ///< at which it was made
    /// Never null, and the same object while nothing changed: the workspace compares addresses.
    std::shared_ptr<const Scene> scene;
};

/// Something that happened in a run: an edit, a resume, a warning.
struct RunEvent {
    std::uint64_t step = 0;
    std::string text;
};

/// What a poll brought.
struct News {
    bool metrics = false; ///< samples, metrics or runs came
    bool frames = false;  ///< frames came, or older ones left the history
    bool more = false;    ///< the time ran out before all was taken in: poll again soon

    [[nodiscard]] bool any() const noexcept { return metrics || frames || more; }
};

/// Speeds that + and - go through where time passes in steps of its own, steps a second.
inline constexpr std::array<double, 9> kSpeeds = {1, 2, 5, 10, 20, 30, 60, 200, 1000};

/// The speed one place further on. \param way  1: faster, -1: slower
inline double next_speed(double speed, int way) {
    const auto after = std::upper_bound(kSpeeds.begin(), kSpeeds.end(), speed);
    if (way > 0) return after == kSpeeds.end() ? kSpeeds.back() : *after;
    const auto here = std::lower_bound(kSpeeds.begin(), kSpeeds.end(), speed);
    return here == kSpeeds.begin() ? kSpeeds.front() : *std::prev(here);
}

/// What can be steered: an exhibit, a running experiment. Finished runs have none.
class Controls {
public:
    Controls() = default;
    virtual ~Controls() = default;
    Controls(const Controls&) = delete;
    Controls& operator=(const Controls&) = delete;

    [[nodiscard]] virtual bool is_running() const = 0;
    /// Lets it run, or makes it pause before its next step.
    virtual void run(bool on) = 0;
    /// One step and pause again.
    virtual void step() = 0;

    [[nodiscard]] virtual bool can_restart() const { return false; }
    virtual void restart() {}
    /// Whether it goes on from a kept step, forgetting what came after: exhibits.
    [[nodiscard]] virtual bool can_go_back() const { return false; }
    virtual void go_back(std::uint64_t /*step*/) {}

    /// Numbers that may be turned while it runs, with their ranges; `value` is the one at start.
    [[nodiscard]] virtual std::vector<Parameter> parameters() const { return {}; }
    [[nodiscard]] virtual double value(std::size_t /*parameter*/) const { return 0; }
    /// \param wanted  brought to the nearest allowed value; takes effect at the next step
    virtual void set_value(std::size_t /*parameter*/, double /*wanted*/) {}

    /// The seed that a restart uses, where it may be chosen.
    [[nodiscard]] virtual std::optional<std::uint64_t> seed() const { return std::nullopt; }
    virtual void set_seed(std::uint64_t /*seed*/) {}

    /// Whether the pointer acts on what is shown: then a drag in a panel does not pan.
    [[nodiscard]] virtual bool takes_pointer() const { return false; }
    /// Whether point() is wanted at all: where the pointer only looks, a drag still pans.
    [[nodiscard]] virtual bool hears_pointer() const { return takes_pointer(); }
    virtual void point(const Pointer& /*pointer*/) {}

    /// Whether steps are made at a speed that the user chooses.
    [[nodiscard]] virtual bool has_speed() const { return false; }
    /// Steps a second; infinite: as fast as they are made.
    [[nodiscard]] virtual double speed() const { return 0; }
    /// \param way  1: faster, -1: slower, as far as that goes
    virtual void change_speed(int /*way*/) {}
};

/// What is shown.
class Source {
public:
    Source() = default;
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    /// For the window's title bar.
    [[nodiscard]] virtual std::string title() const = 0;

    /// Takes in what is new, for about \p seconds at most; never waits for anybody.
    virtual News poll(double seconds) = 0;
    /// Share of what is on disk that was taken in, in [0, 1]; 1 = all there is.
    [[nodiscard]] virtual double loaded() const { return 1; }
    /// Sentences for the user that came up since the last call: "run x was deleted; showing what
    /// was read".
    [[nodiscard]] virtual std::vector<std::string> take_messages() { return {}; }

    /// Names of the runs, in the order of the command line; short and different from one another.
    [[nodiscard]] virtual std::vector<std::string> runs() const = 0;
    /// Metrics of all runs, in the order in which they appeared.
    [[nodiscard]] virtual std::vector<MetricInfo> metrics() const = 0;

    /// First and last step at which a run has the metric; nothing if it has none. Both may be one.
    [[nodiscard]] virtual std::optional<Interval> extent(std::size_t run,
                                                         std::size_t metric) const = 0;
    /// Samples (step, value), steps ascending; at most four a pixel column: the first, the least,
    /// the greatest, the last. A NaN value is a gap and kept as one point.
    /// \cost O(columns + log samples), O(samples) for columns = 0 and once for a new smoothing
    [[nodiscard]] virtual std::vector<Point> curve(const CurveQuery& query) const = 0;
    /// The sample whose step is nearest, exact; the earlier of two. The query's interval and
    /// columns do not matter, its smoothing does.
    [[nodiscard]] virtual std::optional<Point> nearest(const CurveQuery& query,
                                                       double step) const = 0;

    /// Steps at which a run has frames, ascending, each once.
    [[nodiscard]] virtual std::vector<std::uint64_t> frame_steps(std::size_t run) const = 0;
    /// For each name the newest frame that is not later than \p step, in the order in which the
    /// names appeared. Pictures and arrays come as scenes with one image panel.
    /// \cost may read files: a few at a time are kept
    [[nodiscard]] virtual std::vector<Frame> frames(std::size_t run, std::uint64_t step) = 0;

    [[nodiscard]] virtual std::vector<RunEvent> events(std::size_t /*run*/) const { return {}; }

    /// Exhibits that open() can show instead of what is shown; null where there are none.
    [[nodiscard]] virtual const Registry* registry() const { return nullptr; }
    virtual void open(const Exhibit& /*exhibit*/) {}

    /// Null where nothing can be steered.
    [[nodiscard]] virtual Controls* controls() { return nullptr; }
};

} // namespace baldwin::viz
