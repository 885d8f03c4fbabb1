// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Exhibits: things a module offers to be looked at and played with, and the registry that an app
/// fills with them.
///
/// A module describes, in core's terms; `viz` draws. Nothing registers itself: an app calls each
/// module's register_exhibits(Registry&).
#pragma once

#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <any>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin {

/// A number of an exhibit that the user may turn while it runs.
struct Parameter {
    std::string name;
    double value = 0; ///< at the start
    double low = 0;   ///< smallest allowed
    double high = 1;  ///< largest allowed; > low
    double step = 0;  ///< between choices: 1 for whole numbers; 0: any
    std::string unit = {};
    std::string help = {}; ///< one sentence
};

/// Where the pointer is, in world coordinates of the panel that it is over.
struct Pointer {
    std::string_view panel; ///< title of the panel
    double x = 0;
    double y = 0;
    bool pressed = false;   ///< the primary button is held
    bool secondary = false; ///< the secondary button is held
};

/// A category, a name and three functions on a state that only they know, and a fourth where the
/// pointer is of use.
///
/// The state is copied when a user steps back, so it is a value. The same seed and the same
/// parameters in every step give the same scenes.
struct Exhibit {
    using State = std::any;
    using Values = std::span<const double>; ///< one for each parameter, in their order

    std::string category; ///< such as "environments"
    std::string name;     ///< unique in its category
    std::string summary;  ///< one sentence
    std::vector<Parameter> parameters;
    std::function<State(std::uint64_t seed, Values values)> start;
    std::function<void(State& state, Values values)> step;
    std::function<Scene(const State& state)> make;
    /// Takes the pointer's moves and buttons; may be empty. The scene is made anew behind it.
    std::function<void(State& state, const Pointer& pointer)> point = {};
};

/// What an exhibit is called and offers, without its functions.
struct ExhibitLabel {
    std::string category;
    std::string name;
    std::string summary = {};
    std::vector<Parameter> parameters = {};
};

/// An exhibit over a state of type S, a copyable value.
/// \param start  (seed, values) -> S
/// \param step   (S&, values) -> void
/// \param make   (const S&) -> Scene
template <class S, class Start, class Step, class Make>
Exhibit make_exhibit(ExhibitLabel label, Start start, Step step, Make make) {
    using Values = Exhibit::Values;
    return {std::move(label.category),
            std::move(label.name),
            std::move(label.summary),
            std::move(label.parameters),
            [start](std::uint64_t seed, Values values) { return std::any(S(start(seed, values))); },
            [step](std::any& state, Values values) { step(std::any_cast<S&>(state), values); },
            [make](const std::any& state) { return make(std::any_cast<const S&>(state)); },
            {}};
}

/// An exhibit that the pointer acts on.
/// \param point  (S&, const Pointer&) -> void
template <class S, class Start, class Step, class Make, class Point>
Exhibit make_exhibit(ExhibitLabel label, Start start, Step step, Make make, Point point) {
    Exhibit exhibit =
        make_exhibit<S>(std::move(label), std::move(start), std::move(step), std::move(make));
    exhibit.point = [point](std::any& state, const Pointer& pointer) {
        point(std::any_cast<S&>(state), pointer);
    };
    return exhibit;
}

/// The value nearest to \p wanted that a parameter allows.
/// \throws std::invalid_argument if wanted is not a number
inline double allowed(const Parameter& parameter, double wanted) {
    if (std::isnan(wanted)) {
        throw std::invalid_argument("Parameter " + parameter.name + ": must be a number, got nan");
    }
    double value = std::clamp(wanted, parameter.low, parameter.high);
    if (parameter.step > 0) {
        const double steps = std::round((value - parameter.low) / parameter.step);
        value = std::min(parameter.low + steps * parameter.step, parameter.high);
    }
    return value;
}

/// The values that an exhibit's parameters start with.
inline std::vector<double> starting_values(const Exhibit& exhibit) {
    std::vector<double> values;
    for (const Parameter& parameter : exhibit.parameters) values.push_back(parameter.value);
    return values;
}

/// The exhibits of one program, sorted by category and name.
class Registry {
public:
    /// \throws std::invalid_argument if a name or function is missing, a parameter's start lies
    ///         outside its range, or category and name are taken
    void add(Exhibit exhibit) {
        check(exhibit);
        const auto place = std::lower_bound(exhibits_.begin(), exhibits_.end(), exhibit, before);
        if (place != exhibits_.end() && !before(exhibit, *place)) {
            throw std::invalid_argument("Registry: " + title(exhibit) + " is already there");
        }
        exhibits_.insert(place, std::move(exhibit));
    }

    [[nodiscard]] std::span<const Exhibit> exhibits() const noexcept { return exhibits_; }

    /// Those whose category, name or summary holds every word of the text, whatever the case;
    /// all for an empty text. Valid until the next add().
    [[nodiscard]] std::vector<const Exhibit*> search(std::string_view text) const {
        std::vector<const Exhibit*> found;
        for (const Exhibit& exhibit : exhibits_) {
            const std::string all = lower(title(exhibit) + " " + exhibit.summary);
            std::istringstream words(lower(text));
            std::string word;
            bool matches = true;
            while (words >> word) matches = matches && all.find(word) != std::string::npos;
            if (matches) found.push_back(&exhibit);
        }
        return found;
    }

    /// The exhibit called "name", or "category/name" where several share the name.
    /// \throws std::invalid_argument listing what there is, if none or several are meant
    [[nodiscard]] const Exhibit& find(std::string_view name) const {
        const Exhibit* found = nullptr;
        for (const Exhibit& exhibit : exhibits_) {
            if (exhibit.name != name && title(exhibit) != name) continue;
            if (found != nullptr) fail(name, "is in several categories");
            found = &exhibit;
        }
        if (found == nullptr) fail(name, "is not an exhibit");
        return *found;
    }

private:
    static std::string title(const Exhibit& exhibit) {
        return exhibit.category + "/" + exhibit.name;
    }

    static bool before(const Exhibit& a, const Exhibit& b) {
        return std::pair(a.category, a.name) < std::pair(b.category, b.name);
    }

    static std::string lower(std::string_view text) {
        std::string small(text);
        std::transform(small.begin(), small.end(), small.begin(), [](unsigned char letter) {
            return static_cast<char>(std::tolower(letter));
        });
        return small;
    }

    static void check(const Exhibit& exhibit) {
        const auto refuse = [&](const std::string& what) {
            throw std::invalid_argument("Registry: " + title(exhibit) + ": " + what);
        };
        if (exhibit.category.empty() || exhibit.name.empty()) {
            refuse("category and name must not be empty");
        }
        if (!exhibit.start || !exhibit.step || !exhibit.make) {
            refuse("start, step and make must be given");
        }
        for (const Parameter& parameter : exhibit.parameters) {
            if (!(parameter.low < parameter.high) || !(parameter.value >= parameter.low) ||
                !(parameter.value <= parameter.high)) {
                refuse("parameter " + parameter.name + " must start within its range");
            }
        }
    }

    [[noreturn]] void fail(std::string_view name, const std::string& what) const {
        std::string known;
        for (const Exhibit& exhibit : exhibits_) {
            known += (known.empty() ? "" : ", ") + title(exhibit);
        }
        throw std::invalid_argument("\"" + std::string(name) + "\" " + what +
                                    "; there are: " + known);
    }

    std::vector<Exhibit> exhibits_;
};

} // namespace baldwin
