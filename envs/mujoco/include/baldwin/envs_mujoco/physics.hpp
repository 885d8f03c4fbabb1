// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// MuJoCo's models and states as values: loaded with one-line errors, copied exactly. Needs MuJoCo.
#pragma once

#include <baldwin/core/file.hpp>

#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace baldwin::envs {

/// A robot and its world; never changes, so any number of states share it.
using PhysicsModel = std::shared_ptr<const mjModel>;

/// Reads a robot from an MJCF file.
/// \throws std::runtime_error with the path and MuJoCo's reason
inline PhysicsModel load_physics_model(const std::filesystem::path& path) {
    // MuJoCo would write its warnings to MUJOCO_LOG.TXT in the current folder; Physics checks what
    // they say after each step
    mju_user_warning = [](const char*) {};
    std::array<char, 1000> reason{};
    mjModel* model =
        mj_loadXML(path.c_str(), nullptr, reason.data(), static_cast<int>(reason.size()));
    if (model == nullptr) {
        std::string text(reason.data());
        for (char& c : text) c = c == '\n' ? ' ' : c;
        throw file_error(path, "is no robot that MuJoCo takes: " + text);
    }
    return {model, [](const mjModel* m) { mj_deleteModel(const_cast<mjModel*>(m)); }};
}

/// The file of a robot: \p given if it is not empty, else name.xml in $BALDWIN_DATA/mujoco or
/// ./data/mujoco.
/// \throws std::runtime_error that says where to put it
inline std::filesystem::path find_robot(const std::string& given, const std::string& name) {
    if (!given.empty()) return given;
    const char* data = std::getenv("BALDWIN_DATA");
    for (const std::filesystem::path root : {data == nullptr ? "" : data, "data"}) {
        auto path = root / "mujoco" / (name + ".xml");
        if (!root.empty() && std::filesystem::exists(path)) return path;
    }
    throw std::runtime_error("there is no robot " + name +
                             ".xml in $BALDWIN_DATA/mujoco or data/mujoco; name a file with "
                             "--model, or copy it from Gymnasium's envs/mujoco/assets");
}

/// A state of a model. A copy goes on exactly as the original would.
class Physics {
public:
    explicit Physics(PhysicsModel model)
        : model_(std::move(model)), data_(mj_makeData(model_.get())) {
        if (data_ == nullptr) throw std::bad_alloc();
    }
    Physics(const Physics& other) : Physics(other.model_) { copy(other); }
    Physics(Physics&&) noexcept = default;
    Physics& operator=(Physics&&) noexcept = default;
    ~Physics() = default;
    Physics& operator=(const Physics& other) {
        if (this == &other) return *this;
        if (model_ != other.model_) {
            *this = Physics(other);
        } else {
            copy(other);
        }
        return *this;
    }

    [[nodiscard]] const mjModel& model() const noexcept { return *model_; }
    [[nodiscard]] const mjData& data() const noexcept { return *data_; }
    [[nodiscard]] std::span<const mjtNum> positions() const noexcept {
        return {data_->qpos, static_cast<std::size_t>(model_->nq)};
    }
    [[nodiscard]] std::span<const mjtNum> velocities() const noexcept {
        return {data_->qvel, static_cast<std::size_t>(model_->nv)};
    }

    /// The model's first state with other positions and velocities; what follows from them is
    /// computed.
    /// \throws std::invalid_argument if a number of entries is wrong
    void start(std::span<const mjtNum> positions, std::span<const mjtNum> velocities) {
        if (positions.size() != this->positions().size() ||
            velocities.size() != this->velocities().size()) {
            throw std::invalid_argument(
                "envs::Physics: the robot has " + std::to_string(model_->nq) + " positions and " +
                std::to_string(model_->nv) + " velocities, got " +
                std::to_string(positions.size()) + " and " + std::to_string(velocities.size()));
        }
        mj_resetData(model_.get(), data_.get());
        std::copy(positions.begin(), positions.end(), data_->qpos);
        std::copy(velocities.begin(), velocities.end(), data_->qvel);
        mj_forward(model_.get(), data_.get());
    }
    /// Several steps with one control, then the forces of contacts.
    /// \return false if the simulation became unstable: MuJoCo has put the model's first state in
    ///         place of numbers that were none or beyond all bounds
    [[nodiscard]] bool step(std::span<const float> control, int steps) {
        std::copy(control.begin(), control.end(), data_->ctrl);
        for (int i = 0; i < steps; ++i) mj_step(model_.get(), data_.get());
        mj_rnePostConstraint(model_.get(), data_.get());
        return data_->warning[mjWARN_BADQPOS].number == 0 &&
               data_->warning[mjWARN_BADQVEL].number == 0 &&
               data_->warning[mjWARN_BADQACC].number == 0;
    }

private:
    struct Delete {
        void operator()(mjData* data) const noexcept { mj_deleteData(data); }
    };

    void copy(const Physics& other) { mj_copyData(data_.get(), model_.get(), other.data_.get()); }

    PhysicsModel model_;
    std::unique_ptr<mjData, Delete> data_;
};

} // namespace baldwin::envs
