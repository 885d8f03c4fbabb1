// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// When the next frame may be painted, so that painting stays within its share of a core.
#pragma once

#include <algorithm>

namespace baldwin::viz {

/// Spaces frames by what they cost: a frame of c CPU seconds is followed by a pause that makes it
/// `share` of the time, between the highest and the lowest frame rate.
class FramePacer {
public:
    /// \param share    of one core, in (0, 1]
    /// \param fastest  frames per second at most
    /// \param slowest  frames per second at least, whatever they cost
    explicit FramePacer(double share = 0.05, double fastest = 30, double slowest = 5)
        : share_(share), shortest_(1 / fastest), longest_(1 / slowest) {}

    /// Notes a frame that was finished at \p now and took \p cpu seconds of the painting thread.
    void painted(double now, double cpu) {
        // one slow frame (a font being loaded) weighs a quarter
        cost_ = cost_ < 0 ? cpu : 0.75 * cost_ + 0.25 * cpu;
        next_ = now + interval() - cpu;
    }
    /// Seconds from the beginning of a frame to that of the next at the present cost.
    [[nodiscard]] double interval() const {
        return std::clamp(std::max(cost_, 0.0) / share_, shortest_, longest_);
    }
    [[nodiscard]] bool is_due(double now) const { return now >= next_; }

private:
    double share_;
    double shortest_;
    double longest_;
    double cost_ = -1; ///< smoothed CPU seconds of a frame; < 0 before the first
    double next_ = 0;
};

} // namespace baldwin::viz
