// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Steps per second of the environments, beside a plain loop or the bare simulator.
///
/// usage: envs_bench --json FILE [--seconds S] [--rounds N] [--only TEXT]
///
/// Ours and the baseline run in turn; figures are medians over the rounds.

#include "../support/program.hpp"
#include "../support/timing.hpp"

#include <baldwin/envs/catalogue.hpp>
#ifdef BALDWIN_HAS_MUJOCO
#include <baldwin/envs_mujoco/catalogue.hpp>
#endif

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace baldwin;
using namespace baldwin::bench;

using Work = std::function<double()>; ///< does some steps and says how many

/// One key of the report.
struct Job {
    std::string name;
    Work ours;
    std::string against; ///< what the baseline is; empty: none, or a constant rate
    Work baseline;
    double constant = 0; ///< steps/s of a baseline measured elsewhere; 0: none
    double goal = 0;     ///< of the ratio to the baseline, performance.md; 0: none
};

constexpr std::size_t kBurst = 10'000; ///< steps in a call of a job

/// A congruential generator: cheap, so that the environment is what is timed.
class Dice {
public:
    std::size_t below(std::size_t count) {
        state_ = 1103515245U * state_ + 12345U;
        return (state_ >> 16U) * count >> 16U; // no division: it would be most of a step
    }

private:
    std::uint32_t state_ = 12345;
};

/// Steps of an environment under random choices, through the public interface.
template <envs::Environment E>
Work choices(E made, std::size_t count) {
    const auto env = std::make_shared<E>(std::move(made));
    env->reset(1);
    return [env, count, dice = Dice()]() mutable {
        float sum = 0;
        for (std::size_t t = 0; t < kBurst; ++t) {
            const envs::Outcome outcome = env->step(dice.below(count));
            sum += outcome.observation[0];
            if (outcome.is_over()) sum += env->reset()[0];
        }
        keep(sum);
        return static_cast<double>(kBurst);
    };
}

/// The pole as a plain loop: the same equations, nothing checked, nothing returned.
Work plain_pole() {
    struct State {
        double x = 0, v = 0, th = 0, w = 0;
        int steps = 0;
    };
    return [s = State(), dice = Dice(), random = envs::NumpyGenerator(1)]() mutable {
        for (std::size_t t = 0; t < kBurst; ++t) {
            const double force = dice.below(2) == 1 ? 10 : -10;
            const double c = std::cos(s.th);
            const double sn = std::sin(s.th);
            const double temp = (force + 0.05 * s.w * s.w * sn) / 1.1;
            const double turn = (9.8 * sn - c * temp) / (0.5 * (4.0 / 3.0 - 0.1 * c * c / 1.1));
            const double push = temp - 0.05 * turn * c / 1.1;
            s.x += 0.02 * s.v;
            s.v += 0.02 * push;
            s.th += 0.02 * s.w;
            s.w += 0.02 * turn;
            if (std::abs(s.x) > 2.4 || std::abs(s.th) > 0.2094395 || ++s.steps >= 500) {
                for (double* part : {&s.x, &s.v, &s.th, &s.w}) *part = random.uniform(-0.05, 0.05);
                s.steps = 0;
            }
        }
        keep(s);
        return static_cast<double>(kBurst);
    };
}

template <class Game>
Job minatar(const std::string& name, double python) {
    return {
        "minatar_" + name, choices(envs::MinAtar<Game>(), 6), "Python reference", {}, python, 20};
}

template <envs::Environment E>
Work maze(E made, std::size_t steps) {
    const auto env = std::make_shared<E>(std::move(made));
    env->reset();
    return [env, steps, dice = Dice()]() mutable {
        float sum = 0;
        for (std::size_t t = 0; t < steps; ++t) {
            const float wishes[2] = {static_cast<float>(dice.below(3)) / 2 - 0.5F, 0.4F};
            const envs::Outcome outcome = env->step(std::span<const float>(wishes));
            sum += outcome.observation[1];
            if (outcome.is_over()) sum += env->reset()[1];
        }
        keep(sum);
        return static_cast<double>(steps);
    };
}

#ifdef BALDWIN_HAS_MUJOCO
/// Physics steps of the humanoid through the environment, and of the same model by mj_step alone.
Job humanoid() {
    const auto model = envs::load_physics_model(envs::find_robot("", "humanoid"));
    const auto rules = envs::locomotion_rules(envs::Robot::humanoid, 4);
    const auto env = std::make_shared<envs::Locomotion>(model, rules);
    env->reset(1);
    const auto control = [](std::size_t t, std::size_t i) {
        return 0.4 * std::sin(0.2 * static_cast<double>(t) + static_cast<double>(i));
    };
    const Work ours = [env, control] {
        std::vector<float> action(17);
        std::size_t frames = 0;
        for (std::size_t t = 0; t < 200; ++t, frames += 5) {
            for (std::size_t i = 0; i < 17; ++i) action[i] = static_cast<float>(control(t, i));
            if (env->step(action).is_over()) env->reset();
        }
        return static_cast<double>(frames);
    };
    const std::shared_ptr<mjData> data(mj_makeData(model.get()), mj_deleteData);
    const Work raw = [model, data, control] {
        for (std::size_t t = 0; t < 200; ++t) {
            for (std::size_t i = 0; i < 17; ++i) data->ctrl[i] = control(t, i);
            for (int frame = 0; frame < 5; ++frame) mj_step(model.get(), data.get());
            if (data->qpos[2] < 1) mj_resetData(model.get(), data.get());
        }
        return 1000.0;
    };
    return {"humanoid_physics", ours, "mj_step alone", raw, 0, 0.95};
}
#endif

std::vector<Job> all_jobs() {
    namespace games = envs::minatar;
    using envs::CartPole;
    using envs::TimeLimit;
    const envs::Catalogue catalogue = envs::standard_catalogue();
    std::vector<Job> jobs = {
        {"cart_pole", choices(TimeLimit(CartPole(), 500), 2), "plain loop", plain_pole(), 0, 0.5},
        {"cart_pole_any", choices(catalogue.make("CartPole-v1"), 2), "plain loop", plain_pole(), 0,
         0.5},
        // performance.md: the Python reference on this kind of machine
        minatar<games::Asterix>("asterix", 0.34e6),
        minatar<games::Breakout>("breakout", 0.43e6),
        minatar<games::Freeway>("freeway", 0.16e6),
        minatar<games::Seaquest>("seaquest", 0.27e6),
        minatar<games::SpaceInvaders>("space_invaders", 0.025e6),
        {"hard_maze", maze(envs::Maze(), kBurst), "", {}},
        {"image_maze", maze(envs::image_maze(), 500), "", {}},
    };
#ifdef BALDWIN_HAS_MUJOCO
    try {
        jobs.push_back(humanoid());
    } catch (const std::runtime_error& error) {
        std::fprintf(stderr, "envs_bench: skipped humanoid_physics: %s\n", error.what());
    }
#endif
    return jobs;
}

std::string measure(const Options& options, const Job& job) {
    std::vector<double> ours;
    std::vector<double> others;
    for (std::size_t round = 0; round < options.rounds; ++round) {
        ours.push_back(rate_of(options.seconds, job.ours));
        if (job.baseline) others.push_back(rate_of(options.seconds, job.baseline));
    }
    const double rate = median(ours);
    const double other = others.empty() ? job.constant : median(others);
    std::string text =
        "  \"" + job.name + "/1\": {\"unit\": \"steps/s\", \"ours\": " + number(rate);
    if (other > 0) {
        text += ", \"peer\": " + number(other) + ", \"peer_name\": \"" + job.against +
                "\", \"ratio\": " + number(rate / other);
    }
    if (job.goal > 0) text += ", \"goal\": " + number(job.goal) + ", \"goal_of\": \"ratio\"";
    std::printf("%-24s %12s %12s %8s %6s  %s\n", (job.name + "/1").c_str(), number(rate).c_str(),
                other > 0 ? number(other).c_str() : "-",
                other > 0 ? number(rate / other).c_str() : "-",
                job.goal > 0 ? number(job.goal).c_str() : "-", job.against.c_str());
    std::fflush(stdout);
    return text + "}";
}

Options parse(int count, char** arguments) {
    return parse_options(count, arguments, {.seconds = 1.0}, false);
}

void run(const Options& options) {
    std::string text;
    for (const Job& job : all_jobs()) {
        if (job.name.find(options.only) == std::string::npos) continue;
        text += (text.empty() ? "" : ",\n") + measure(options, job);
    }
    write_results(options.json, text);
}

} // namespace

int main(int count, char** arguments) {
    return baldwin::bench::run_main("envs_bench", count, arguments, parse, run);
}
