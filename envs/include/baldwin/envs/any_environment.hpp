// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Any environment behind one type, for programs that choose it by name.
#pragma once

#include <baldwin/envs/environment.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace baldwin::envs {

/// A value that holds an environment of any type and is one itself; a copy copies what it holds.
/// \cost one virtual call a step
class AnyEnvironment {
public:
    template <Environment E>
        requires(!std::same_as<std::remove_cvref_t<E>, AnyEnvironment>)
    AnyEnvironment(E inner) // implicit: any environment is one
        : held_(std::make_unique<Held<E>>(std::move(inner))) {}

    AnyEnvironment(const AnyEnvironment& other) : held_(other.held_->clone()) {}
    AnyEnvironment(AnyEnvironment&&) noexcept = default;
    AnyEnvironment& operator=(const AnyEnvironment& other) {
        held_ = other.held_->clone();
        return *this;
    }
    AnyEnvironment& operator=(AnyEnvironment&&) noexcept = default;
    ~AnyEnvironment() = default;

    [[nodiscard]] Space observation_space() const { return held_->observation_space(); }
    [[nodiscard]] Space action_space() const { return held_->action_space(); }
    std::span<const float> reset(std::uint64_t seed) { return held_->reset(seed); }
    std::span<const float> reset() { return held_->reset(); }
    Outcome step(const Action& action) { return held_->step(action); }
    [[nodiscard]] Scene scene() const { return held_->scene(); }
    [[nodiscard]] std::optional<Behaviour> behaviour() const { return held_->behaviour(); }

    /// What is held, if it is of that type; nullptr otherwise.
    template <class E>
    [[nodiscard]] const E* get() const noexcept {
        const auto* held = dynamic_cast<const Held<E>*>(held_.get());
        return held == nullptr ? nullptr : &held->inner;
    }

private:
    struct Base {
        Base() = default;
        Base(const Base&) = default;
        Base& operator=(const Base&) = delete;
        virtual ~Base() = default;
        [[nodiscard]] virtual std::unique_ptr<Base> clone() const = 0;
        [[nodiscard]] virtual Space observation_space() const = 0;
        [[nodiscard]] virtual Space action_space() const = 0;
        virtual std::span<const float> reset(std::uint64_t seed) = 0;
        virtual std::span<const float> reset() = 0;
        virtual Outcome step(const Action& action) = 0;
        [[nodiscard]] virtual Scene scene() const = 0;
        [[nodiscard]] virtual std::optional<Behaviour> behaviour() const = 0;
    };

    template <class E>
    struct Held final : Base {
        explicit Held(E environment) : inner(std::move(environment)) {}
        [[nodiscard]] std::unique_ptr<Base> clone() const override {
            return std::make_unique<Held>(*this);
        }
        [[nodiscard]] Space observation_space() const override { return inner.observation_space(); }
        [[nodiscard]] Space action_space() const override { return inner.action_space(); }
        std::span<const float> reset(std::uint64_t seed) override { return inner.reset(seed); }
        std::span<const float> reset() override { return inner.reset(); }
        Outcome step(const Action& action) override { return inner.step(action); }
        [[nodiscard]] Scene scene() const override { return inner.scene(); }
        [[nodiscard]] std::optional<Behaviour> behaviour() const override {
            return behaviour_of(inner);
        }

        E inner;
    };

    std::unique_ptr<Base> held_; // null only after it was moved from
};

} // namespace baldwin::envs
