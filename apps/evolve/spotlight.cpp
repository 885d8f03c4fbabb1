// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "spotlight.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace baldwin::app {

namespace ne = neuroevolution;

namespace {

struct Nearest {
    std::size_t individual = 0;
    double distance = std::numeric_limits<double>::infinity(); // squared
};

std::vector<Point> places_of(const Population& population) {
    std::vector<Point> places;
    for (const ne::Evaluation& one : population.results) {
        if (!one.behaviour.empty()) places.push_back(place_of(one.behaviour, one.fitness));
    }
    return places;
}

// distances in units of what the individuals span
Nearest nearest_to(const Point& point, const std::vector<Point>& places) {
    const auto span = [&](double Point::*axis) {
        const auto [low, high] =
            std::minmax_element(places.begin(), places.end(),
                                [&](const Point& a, const Point& b) { return a.*axis < b.*axis; });
        return std::max(*high.*axis - *low.*axis, 1e-9);
    };
    const double width = span(&Point::x);
    const double height = span(&Point::y);
    Nearest nearest;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const double x = (places[i].x - point.x) / width;
        const double y = (places[i].y - point.y) / height;
        if (x * x + y * y < nearest.distance) nearest = {i, x * x + y * y};
    }
    return nearest;
}

} // namespace

bool Spotlight::point(const Pointer& pointer, const Population& population) {
    const bool is_click = pointer.pressed && !was_pressed_;
    was_pressed_ = pointer.pressed;
    if (pointer.panel != kBehavioursTitle || (!is_click && reach_ == Reach::click)) return false;
    const auto places = places_of(population);
    if (places.empty() || places.size() != population.batch.items.size()) return false;
    constexpr double kRests = 0.02; // of what the individuals span: on its dot
    const Nearest nearest = nearest_to({pointer.x, pointer.y}, places);
    if (!is_click && nearest.distance > kRests * kRests) return false;
    ne::Parent found = ne::individual_of(population.batch, nearest.individual);
    if (!is_click && picked_ && *picked_ == found) return false;
    picked_ = std::move(found);
    at_ = places[nearest.individual];
    return true;
}

std::string Spotlight::who() const {
    return picked_ ? "Individual " + key_of(picked_->genome.birth()) : "Champion";
}

void Spotlight::mark(Panel& behaviours) const {
    if (!picked_) return;
    behaviours.items.emplace_back(
        Points{.at = {at_}, .paint = Paint::series(1), .radius = 6, .name = "at play"});
}

} // namespace baldwin::app
