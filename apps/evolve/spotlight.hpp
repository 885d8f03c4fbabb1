// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Who plays in a window: the champion, or an individual that the user picks by its behaviour.
#pragma once

#include "scenes.hpp"

#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/scene.hpp>

#include <optional>
#include <string>

namespace baldwin::app {

/// The individual that was picked among the behaviours, or nobody. A value.
class Spotlight {
public:
    /// A click among the behaviours picks the individual nearest to it.
    /// \return whether another individual is picked than before
    bool point(const Pointer& pointer, const Population& population);
    void clear() { picked_.reset(); }

    /// Nobody: the champion plays.
    [[nodiscard]] const std::optional<neuroevolution::Parent>& picked() const noexcept {
        return picked_;
    }
    /// "Champion", or "Individual 12.3".
    [[nodiscard]] std::string who() const;
    /// Marks the place of whoever is picked.
    void mark(Panel& behaviours) const;

private:
    std::optional<neuroevolution::Parent> picked_;
    Point at_;
    bool was_pressed_ = false;
};

} // namespace baldwin::app
