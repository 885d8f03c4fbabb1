// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Parameters of a network as JSON, for memory files. Each field is named once, for both ways.
#pragma once

#include <baldwin/core/json.hpp>
#include <baldwin/sdr/network_parameters.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

namespace baldwin::sdr::detail {

template <class T>
Json to_json(const T& value);
template <class T>
void from_json(const Json& json, T& value);

// Both ways through the fields of a struct: f(name, field).
template <class F>
void fields(Contrast& c, F&& f) {
    f("floor", c.floor), f("gamma", c.gamma), f("chi", c.chi);
}
template <class F>
void fields(SignalParameters& s, F&& f) {
    f("exponent", s.exponent), f("min_cutoff", s.min_cutoff), f("max_cutoff", s.max_cutoff);
    f("mch_exponent", s.mch_exponent), f("mch_ignore", s.mch_ignore);
}
template <class F>
void fields(BackOffCase& c, F&& f) {
    f("signals", c.signals), f("threshold", c.threshold);
}
template <class F>
void fields(CsaParameters& c, F&& f) {
    f("pi_minus", c.pi_minus), f("pi_plus", c.pi_plus), f("persistence", c.persistence);
    f("normaliser", c.normaliser), f("first_exponent", c.first_exponent);
    f("u", c.u), f("h", c.h), f("d", c.d);
    f("zeta_threshold", c.zeta_threshold), f("mch_form", c.mch_form);
    f("contrast", c.contrast), f("slope", c.slope), f("centre", c.centre);
    f("learning_choice", c.learning_choice), f("retrieval_choice", c.retrieval_choice);
    f("retrieval_contrast", c.retrieval_contrast);
    f("back_off", c.back_off), f("back_off_rest", c.back_off_rest);
    f("exclude_previous_winner", c.exclude_previous_winner);
    f("ratchet", c.ratchet), f("ratchet_from", c.ratchet_from);
}
template <class F>
void fields(Plasticity& p, F&& f) {
    f("freeze", p.freeze), f("u_limit", p.u_limit), f("h_limit", p.h_limit);
    f("d_limit", p.d_limit), f("weights", p.weights);
}
template <class F>
void fields(MacShape& s, F&& f) {
    f("modules", s.modules), f("cells", s.cells);
}
template <class F>
void fields(MacParameters& m, F&& f) {
    f("shape", m.shape), f("csa", m.csa), f("plasticity", m.plasticity);
}
template <class F>
void fields(Extent& e, F&& f) {
    f("rows", e.rows), f("columns", e.columns);
}
template <class F>
void fields(Band& b, F&& f) {
    f("thickness", b.thickness), f("rate", b.rate);
}
template <class F>
void fields(Field& field, F&& f) {
    f("form", field.form), f("bands", field.bands);
}
template <class F>
void fields(LevelParameters& l, F&& f) {
    f("grid", l.grid), f("arrangement", l.arrangement), f("mac", l.mac);
    f("u", l.u), f("h", l.h), f("d", l.d);
}
template <class F>
void fields(NetworkParameters& n, F&& f) {
    f("input", n.input), f("planes", n.planes), f("levels", n.levels);
}

template <class T>
struct ListOf : std::false_type {};
template <class T>
struct ListOf<std::vector<T>> : std::true_type {};
template <class T>
struct MaybeOf : std::false_type {};
template <class T>
struct MaybeOf<std::optional<T>> : std::true_type {};

template <class T>
Json to_json(const T& value) {
    if constexpr (std::is_enum_v<T>) {
        return static_cast<unsigned>(value);
    } else if constexpr (std::is_arithmetic_v<T>) {
        return value;
    } else if constexpr (MaybeOf<T>::value) {
        return value ? to_json(*value) : Json();
    } else if constexpr (ListOf<T>::value) {
        Json list = Json::array();
        for (const auto& item : value) list.push_back(to_json(item));
        return list;
    } else {
        Json object = Json::object();
        T copy = value;
        fields(copy, [&](const char* name, const auto& field) { object[name] = to_json(field); });
        return object;
    }
}

// Throws what the JSON library throws where something is missing or of another type.
template <class T>
void from_json(const Json& json, T& value) {
    if constexpr (std::is_enum_v<T>) {
        value = static_cast<T>(json.get<std::underlying_type_t<T>>());
    } else if constexpr (std::is_arithmetic_v<T>) {
        value = json.get<T>();
    } else if constexpr (MaybeOf<T>::value) {
        value.reset();
        if (!json.is_null()) from_json(json, value.emplace());
    } else if constexpr (ListOf<T>::value) {
        value.clear();
        for (const Json& item : json) from_json(item, value.emplace_back());
    } else {
        fields(value, [&](const char* name, auto& field) { from_json(json.at(name), field); });
    }
}

} // namespace baldwin::sdr::detail
