// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "spotlight.hpp"

#include <baldwin/neuroevolution/scenes.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace baldwin::app {

namespace ne = neuroevolution;

namespace {

std::vector<Point> places_of(const Population& population) {
    std::vector<Point> places;
    for (const ne::Evaluation& one : population.results) {
        if (!one.behaviour.empty()) places.push_back(ne::place_of(one.behaviour, one.fitness));
    }
    return places;
}

// distances in units of what the individuals span
std::size_t nearest_to(const Point& point, const std::vector<Point>& places) {
    const auto span = [&](double Point::*axis) {
        const auto [low, high] =
            std::minmax_element(places.begin(), places.end(),
                                [&](const Point& a, const Point& b) { return a.*axis < b.*axis; });
        return std::max(*high.*axis - *low.*axis, 1e-9);
    };
    const double width = span(&Point::x);
    const double height = span(&Point::y);
    const auto distance = [&](const Point& place) {
        return std::hypot((place.x - point.x) / width, (place.y - point.y) / height);
    };
    const auto nearest =
        std::min_element(places.begin(), places.end(),
                         [&](const Point& a, const Point& b) { return distance(a) < distance(b); });
    return static_cast<std::size_t>(nearest - places.begin());
}

} // namespace

bool Spotlight::point(const Pointer& pointer, const Population& population) {
    const bool is_click = pointer.pressed && !was_pressed_;
    was_pressed_ = pointer.pressed;
    if (pointer.panel != kBehavioursTitle || !is_click) return false;
    const auto places = places_of(population);
    if (places.empty() || places.size() != population.batch.items.size()) return false;
    const std::size_t nearest = nearest_to({pointer.x, pointer.y}, places);
    picked_ = ne::individual_of(population.batch, nearest);
    at_ = places[nearest];
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
