// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// LunarLander: a lander with three engines comes down on a pad between hills. Needs Box2D.
#pragma once

#include <baldwin/core/scene.hpp>
#include <baldwin/envs/catalogue.hpp>
#include <baldwin/envs/detail/sketch.hpp>
#include <baldwin/envs/environment.hpp>
#include <baldwin/envs/numpy_random.hpp>
#include <baldwin/envs/time_limit.hpp>

#include <box2d/box2d.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::envs {

namespace lander {

inline constexpr double kScale = 30; ///< pixels of the reference in a unit of length
inline constexpr double kWidth = 600 / kScale;
inline constexpr double kHeight = 400 / kScale;
inline constexpr double kPad = kHeight / 4; ///< height of the pad
inline constexpr double kLegDown = 18 / kScale;
inline constexpr double kRate = 50; ///< steps a second

/// How strongly the engines fire: main in {0} or [0.5, 1], side likewise with a sign, -1 left.
struct Thrust {
    double main = 0;
    double side = 0;
};

/// The ground of an episode: 11 corners over the whole width.
using Terrain = std::array<Point, 11>;

/// The terrain that a generator gives: 12 heights, level around the pad, smoothed.
inline Terrain draw_terrain(NumpyGenerator& random) {
    std::array<double, 12> heights{};
    for (double& height : heights) height = random.uniform(0, kHeight / 2);
    for (std::size_t i = 3; i <= 7; ++i) heights[i] = kPad;
    Terrain terrain;
    for (std::size_t i = 0; i < terrain.size(); ++i) {
        // the corner before the first one is the twelfth height
        const double before = heights[i == 0 ? heights.size() - 1 : i - 1];
        terrain[i] = {kWidth / 10 * static_cast<double>(i),
                      0.33 * (before + heights[i] + heights[i + 1])};
    }
    return terrain;
}

/// Lander, legs and ground in a Box2D world. Not copyable, as the world is not.
class Simulation : private b2ContactListener {
public:
    /// \param push  force on the lander during the first step
    Simulation(const Terrain& terrain, Point push) : world_(b2Vec2(0, -10)) {
        world_.SetContactListener(this);
        build_ground(terrain);
        build_lander();
        for (const int side : {-1, 1}) build_leg(side);
        lander_->ApplyForceToCenter(vector(push.x, push.y), true);
    }
    ~Simulation() override = default;
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// One step of 1/50 s.
    /// \param spread  two numbers in [-1, 1] that shift the engines' jets
    void step(const Thrust& thrust, std::array<double, 2> spread) {
        for (double& shift : spread) shift /= kScale;
        const double angle = lander_->GetAngle();
        const Point tip{std::sin(angle), std::cos(angle)};
        const Point side{-tip.y, tip.x};
        if (thrust.main > 0) fire_main(thrust.main, tip, side, spread);
        if (thrust.side != 0) fire_side(thrust.side, tip, side, spread);
        world_.Step(static_cast<float>(1 / kRate), 180, 60);
    }

    [[nodiscard]] const b2Body& lander() const noexcept { return *lander_; }
    [[nodiscard]] const b2Body& leg(std::size_t i) const noexcept { return *legs_[i]; }
    [[nodiscard]] bool leg_touches(std::size_t i) const noexcept { return leg_touches_[i]; }
    /// The lander's body has touched the ground.
    [[nodiscard]] bool has_crashed() const noexcept { return has_crashed_; }

private:
    static constexpr std::uint16_t kGroundBits = 0x001;

    static b2Vec2 vector(double x, double y) {
        return {static_cast<float>(x), static_cast<float>(y)};
    }
    static b2Vec2 pixels(double x, double y) { return vector(x / kScale, y / kScale); }

    void BeginContact(b2Contact* contact) override { note(*contact, true); }
    void EndContact(b2Contact* contact) override { note(*contact, false); }
    void note(b2Contact& contact, bool begins) {
        for (const b2Fixture* fixture : {contact.GetFixtureA(), contact.GetFixtureB()}) {
            const b2Body* body = fixture->GetBody();
            if (body == lander_ && begins) has_crashed_ = true;
            for (std::size_t i = 0; i < legs_.size(); ++i) {
                if (body == legs_[i]) leg_touches_[i] = begins;
            }
        }
    }
    void build_ground(const Terrain& terrain) {
        b2Body* ground = world_.CreateBody(&kStill);
        const auto edge = [&](Point from, Point to, float friction) {
            b2EdgeShape shape;
            shape.SetTwoSided(vector(from.x, from.y), vector(to.x, to.y));
            b2FixtureDef fixture;
            fixture.shape = &shape;
            fixture.friction = friction;
            ground->CreateFixture(&fixture);
        };
        edge({0, 0}, {kWidth, 0}, 0.2F);
        for (std::size_t i = 0; i + 1 < terrain.size(); ++i) {
            edge(terrain[i], terrain[i + 1], 0.1F);
        }
    }
    b2Body* build_body(b2Vec2 position, double angle, const b2FixtureDef& fixture) {
        b2BodyDef body;
        body.type = b2_dynamicBody;
        body.position = position;
        body.angle = static_cast<float>(angle);
        b2Body* made = world_.CreateBody(&body);
        made->CreateFixture(&fixture);
        return made;
    }
    void build_lander() {
        b2PolygonShape shape;
        const std::array<b2Vec2, 6> corners = {pixels(-14, 17), pixels(-17, 0), pixels(-17, -10),
                                               pixels(17, -10), pixels(17, 0),  pixels(14, 17)};
        shape.Set(corners.data(), static_cast<int>(corners.size()));
        b2FixtureDef fixture;
        fixture.shape = &shape;
        fixture.density = 5;
        fixture.friction = 0.1F;
        fixture.filter.categoryBits = 0x0010;
        fixture.filter.maskBits = kGroundBits;
        lander_ = build_body(vector(kWidth / 2, kHeight), 0, fixture);
    }
    void build_leg(int side) {
        constexpr double kAway = 20 / kScale;
        b2PolygonShape shape;
        shape.SetAsBox(static_cast<float>(2 / kScale), static_cast<float>(8 / kScale));
        b2FixtureDef fixture;
        fixture.shape = &shape;
        fixture.density = 1;
        fixture.filter.categoryBits = 0x0020;
        fixture.filter.maskBits = kGroundBits;
        b2Body* leg = build_body(vector(kWidth / 2 - side * kAway, kHeight), side * 0.05, fixture);
        b2RevoluteJointDef joint;
        joint.bodyA = lander_;
        joint.bodyB = leg;
        joint.localAnchorB = vector(side * kAway, kLegDown);
        joint.enableMotor = true;
        joint.enableLimit = true;
        joint.maxMotorTorque = 40;
        joint.motorSpeed = 0.3F * static_cast<float>(side);
        joint.lowerAngle = side < 0 ? 0.4F : -0.9F;
        joint.upperAngle = side < 0 ? 0.9F : -0.4F;
        world_.CreateJoint(&joint);
        legs_[side < 0 ? 0 : 1] = leg;
    }
    void fire_main(double power, Point tip, Point side, const std::array<double, 2>& spread) {
        const double reach = 4 / kScale + 2 * spread[0];
        const double x = tip.x * reach + side.x * spread[1];
        const double y = -tip.y * reach - side.y * spread[1];
        const b2Vec2 at = lander_->GetPosition() + vector(x, y);
        lander_->ApplyLinearImpulse(vector(-x * 13 * power, -y * 13 * power), at, true);
    }
    // the 17 in the point of attack is a slip of the reference that everybody keeps
    void fire_side(double power, Point tip, Point side, const std::array<double, 2>& spread) {
        const double away = 3 * spread[1] + (power > 0 ? 1 : -1) * 12 / kScale;
        const double x = tip.x * spread[0] + side.x * away;
        const double y = -tip.y * spread[0] - side.y * away;
        const b2Vec2 at =
            lander_->GetPosition() + vector(x - tip.x * 17 / kScale, y + tip.y * 14 / kScale);
        const double size = 0.6 * std::abs(power);
        lander_->ApplyLinearImpulse(vector(-x * size, -y * size), at, true);
    }

    static inline const b2BodyDef kStill{};

    b2World world_;
    b2Body* lander_ = nullptr;
    std::array<b2Body*, 2> legs_{};
    std::array<bool, 2> leg_touches_{};
    bool has_crashed_ = false;
};

} // namespace lander

/// Gymnasium's LunarLander-v3 without its limit of 1000 steps and without wind.
///
/// Observation: position from the pad, speed, angle, angular speed, and 1 for each leg that touches
/// the ground, scaled as in the reference. Actions: 0 nothing, 1 left engine, 2 main engine,
/// 3 right engine; or, continuous, two numbers clipped to [-1, 1]: main engine above 0 (half to
/// full power), side engines beyond +-0.5. Reward: approach, upright rest and legs down, minus
/// fuel; -100 for a crash or for leaving, +100 for coming to rest.
///
/// The reference runs on an older Box2D: starts and terrain are equal, later steps only in kind. A
/// world cannot be copied, so a copy plays the episode again: it costs as much as the episode.
class LunarLander {
public:
    static constexpr std::string_view kName = "envs::LunarLander";

    explicit LunarLander(bool continuous = false) : continuous_(continuous) {}
    LunarLander(const LunarLander& other) { *this = other; }
    LunarLander(LunarLander&&) noexcept = default;
    LunarLander& operator=(LunarLander&&) noexcept = default;
    ~LunarLander() = default;
    LunarLander& operator=(const LunarLander& other) {
        if (this == &other) return *this;
        continuous_ = other.continuous_;
        random_ = other.start_;
        if (other.simulation_) {
            begin();
            for (std::size_t i = 1; i < other.thrusts_.size(); ++i) advance(other.thrusts_[i]);
        }
        random_ = other.random_;
        start_ = other.start_;
        shaping_ = other.shaping_;
        observation_ = other.observation_;
        episode_ = other.episode_;
        return *this;
    }

    [[nodiscard]] static Space observation_space() {
        Box box = symmetric_box(std::vector<float>(8, kUnbounded));
        for (const std::size_t leg : {6U, 7U}) {
            box.low[leg] = 0;
            box.high[leg] = 1;
        }
        return box;
    }
    [[nodiscard]] Space action_space() const {
        if (continuous_) return uniform_box({2}, -1, 1);
        return Discrete{4};
    }

    std::span<const float> reset(std::uint64_t seed) {
        random_ = NumpyGenerator(seed);
        return reset();
    }
    std::span<const float> reset() {
        start_ = random_;
        begin();
        observe();
        shaping_ = shaping();
        episode_.begin();
        return observation_;
    }

    Outcome step(const Action& action) {
        const lander::Thrust thrust = thrust_of(action);
        episode_.expect_running(kName);
        advance(thrust);
        observe();
        const double before = std::exchange(shaping_, shaping());
        double reward = shaping_ - before - 0.3 * thrust.main - 0.03 * std::abs(thrust.side);
        const bool is_lost = simulation_->has_crashed() || std::abs(observation_[0]) >= 1;
        const bool is_at_rest = !simulation_->lander().IsAwake();
        if (is_lost) reward = -100;
        if (is_at_rest) reward = 100;
        episode_.end_if(is_lost || is_at_rest);
        return {observation_, reward, is_lost || is_at_rest, false};
    }

    /// The ground of the episode.
    [[nodiscard]] const lander::Terrain& terrain() const noexcept { return terrain_; }
    /// What the reward is the change of, apart from fuel.
    [[nodiscard]] double shaping() const {
        const auto& o = observation_;
        const auto size = [](double x, double y) { return std::sqrt(x * x + y * y); };
        return -100 * size(o[0], o[1]) - 100 * size(o[2], o[3]) - 100 * std::abs(double{o[4]}) +
               10 * double{o[6]} + 10 * double{o[7]};
    }

    [[nodiscard]] Scene scene() const {
        using lander::kWidth;
        Panel panel =
            detail::stage("Lunar lander",
                          "Three engines bring it down between the flags. Speed " +
                              detail::rounded(std::hypot(observation_[2], observation_[3])),
                          {0, kWidth}, {0, lander::kHeight});
        Polygon ground{.fill = Paint::grid()};
        ground.corners.assign(terrain_.begin(), terrain_.end());
        ground.corners.push_back({kWidth, 0});
        ground.corners.push_back({0, 0});
        panel.items.emplace_back(std::move(ground));
        for (const std::size_t corner : {4U, 6U}) {
            const double x = kWidth / 10 * static_cast<double>(corner);
            const double y = lander::kPad;
            panel.items.emplace_back(Lines{.at = {{x, y}, {x, y + 1.5}}});
            panel.items.emplace_back(
                Polygon{.corners = {{x, y + 1.5}, {x + 0.8, y + 1.2}, {x, y + 0.9}},
                        .fill = Paint::good()});
        }
        if (simulation_) draw_lander(panel);
        return detail::scene_of(std::move(panel));
    }

private:
    // the world, and the step without engines that a reset ends with
    void begin() {
        terrain_ = lander::draw_terrain(random_);
        const double x = random_.uniform(-1000, 1000);
        const double y = random_.uniform(-1000, 1000);
        simulation_ = std::make_unique<lander::Simulation>(terrain_, Point{x, y});
        thrusts_.clear();
        advance({});
    }
    void advance(const lander::Thrust& thrust) {
        thrusts_.push_back(thrust);
        const double along = random_.uniform(-1, 1);
        simulation_->step(thrust, {along, random_.uniform(-1, 1)});
    }
    [[nodiscard]] lander::Thrust thrust_of(const Action& action) const {
        if (!continuous_) {
            const std::size_t choice = action.choice(4, kName);
            return {choice == 2 ? 1.0 : 0.0, choice == 1 ? -1.0 : (choice == 3 ? 1.0 : 0.0)};
        }
        const auto values = action.values(2, kName);
        const double main = std::clamp(double{values[0]}, -1.0, 1.0);
        const double side = std::clamp(double{values[1]}, -1.0, 1.0);
        return {main > 0 ? 0.5 + 0.5 * main : 0, std::abs(side) > 0.5 ? side : 0};
    }
    void observe() {
        const b2Body& body = simulation_->lander();
        const double half_width = lander::kWidth / 2;
        const double half_height = lander::kHeight / 2;
        const std::array<double, 8> seen = {
            (body.GetPosition().x - half_width) / half_width,
            (body.GetPosition().y - (lander::kPad + lander::kLegDown)) / half_height,
            body.GetLinearVelocity().x * half_width / lander::kRate,
            body.GetLinearVelocity().y * half_height / lander::kRate,
            body.GetAngle(),
            20.0 * body.GetAngularVelocity() / lander::kRate,
            simulation_->leg_touches(0) ? 1.0 : 0.0,
            simulation_->leg_touches(1) ? 1.0 : 0.0};
        for (std::size_t i = 0; i < seen.size(); ++i) {
            observation_[i] = static_cast<float>(seen[i]);
        }
    }
    void draw_lander(Panel& panel) const {
        const auto draw = [&](const b2Body& body, Paint fill) {
            const auto& shape =
                static_cast<const b2PolygonShape&>(*body.GetFixtureList()->GetShape());
            Polygon polygon{.fill = fill};
            for (int i = 0; i < shape.m_count; ++i) {
                const b2Vec2 corner = body.GetWorldPoint(shape.m_vertices[i]);
                polygon.corners.push_back({corner.x, corner.y});
            }
            panel.items.emplace_back(std::move(polygon));
        };
        const lander::Thrust& thrust = thrusts_.back();
        const auto flame = [&](b2Vec2 from, b2Vec2 to) {
            const b2Vec2 a = simulation_->lander().GetWorldPoint(from);
            const b2Vec2 b = simulation_->lander().GetWorldPoint(to);
            panel.items.emplace_back(detail::bar({a.x, a.y}, {b.x, b.y}, 0.2, Paint::series(1)));
        };
        const auto power = static_cast<float>(thrust.main);
        if (power > 0) flame({0, -0.3F}, {0, -0.3F - power});
        // the left engine's jet goes to the left
        const float out = thrust.side < 0 ? -1.0F : 1.0F;
        if (thrust.side != 0) flame({out * 0.5F, 0.4F}, {out * 1.1F, 0.4F});
        for (const std::size_t leg : {0U, 1U}) draw(simulation_->leg(leg), Paint::muted());
        draw(simulation_->lander(), Paint::series(0));
    }

    bool continuous_ = false;
    NumpyGenerator random_;
    NumpyGenerator start_; // as it was when the episode began
    std::unique_ptr<lander::Simulation> simulation_;
    std::vector<lander::Thrust> thrusts_; // of all steps, that of the reset first
    lander::Terrain terrain_{};
    double shaping_ = 0;
    std::array<float, 8> observation_{};
    Episode episode_;
};

/// Adds LunarLander-v3 and LunarLanderContinuous-v3.
inline void add_box2d_environments(Catalogue& catalogue) {
    const auto entry = [](std::string id, bool continuous, std::string summary) {
        return CatalogueEntry{std::move(id), std::move(summary), 200,
                              [continuous](const MakeOptions&) -> AnyEnvironment {
                                  return TimeLimit(LunarLander(continuous), 1000);
                              }};
    };
    catalogue.add(
        entry("LunarLander-v3", false, "A lander comes down on a pad with three engines."));
    catalogue.add(
        entry("LunarLanderContinuous-v3", true, "The same with engines of any strength."));
}

} // namespace baldwin::envs
