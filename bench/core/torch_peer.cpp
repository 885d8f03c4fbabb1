// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The jobs of core_bench done by libtorch.
///
/// usage: torch_peer JOB THREADS SECONDS
/// Prints the rate per second on stdout; nothing if it does not know the job.

#include "../support/timing.hpp"

#include <torch/torch.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Flatten;
using torch::nn::Functional;
using torch::nn::Linear;
using torch::nn::MaxPool2d;
using torch::nn::ReLU;
using torch::nn::Sequential;
using torch::nn::Tanh;

Sequential mlp() {
    return Sequential(Linear(784, 256), ReLU(), Linear(256, 128), ReLU(), Linear(128, 10));
}

Sequential cnn() {
    return Sequential(Conv2d(Conv2dOptions(1, 32, 3).padding(1)), ReLU(), MaxPool2d(2),
                      Conv2d(Conv2dOptions(32, 64, 3).padding(1)), ReLU(), MaxPool2d(2), Flatten(),
                      Linear(3136, 128), ReLU(), Linear(128, 10));
}

/// SAME padding as TensorFlow has it: the odd row and column go below and to the right.
Functional pad(std::int64_t before, std::int64_t after) {
    return Functional([before, after](const torch::Tensor& x) {
        return torch::constant_pad_nd(x, {before, after, before, after});
    });
}

Sequential dqn() {
    return Sequential(pad(2, 2), Conv2d(Conv2dOptions(4, 32, 8).stride(4)), ReLU(), pad(1, 2),
                      Conv2d(Conv2dOptions(32, 64, 4).stride(2)), ReLU(),
                      Conv2d(Conv2dOptions(64, 64, 3).padding(1)), ReLU(), Flatten(),
                      Linear(7744, 512), ReLU(), Linear(512, 18));
}

Sequential policy() {
    return Sequential(Linear(4, 64), Tanh(), Linear(64, 64), Tanh(), Linear(64, 2));
}

using Work = std::function<double()>;

/// Goes through made-up samples batch by batch.
class Batches {
public:
    Batches(torch::IntArrayRef sample, std::int64_t batch)
        : batch_(batch), x_(torch::rand(shape(sample))),
          labels_(torch::randint(0, 10, {kBatches * batch}, torch::kLong)) {}

    torch::Tensor images() { return x_.narrow(0, at_ * batch_, batch_); }
    torch::Tensor labels() { return labels_.narrow(0, at_ * batch_, batch_); }
    void next() { at_ = (at_ + 1) % kBatches; }
    [[nodiscard]] double size() const { return static_cast<double>(batch_); }

private:
    static constexpr std::int64_t kBatches = 50;
    [[nodiscard]] std::vector<std::int64_t> shape(torch::IntArrayRef sample) const {
        std::vector<std::int64_t> extents{kBatches * batch_};
        extents.insert(extents.end(), sample.begin(), sample.end());
        return extents;
    }

    std::int64_t batch_;
    torch::Tensor x_;
    torch::Tensor labels_;
    std::int64_t at_ = 0;
};

Work training(Sequential net, torch::IntArrayRef sample, std::int64_t batch) {
    const auto batches = std::make_shared<Batches>(sample, batch);
    const auto optimiser = std::make_shared<torch::optim::SGD>(
        net->parameters(), torch::optim::SGDOptions(0.01).momentum(0.9));
    return [=]() mutable {
        optimiser->zero_grad();
        torch::nn::functional::cross_entropy(net->forward(batches->images()), batches->labels())
            .backward();
        optimiser->step();
        batches->next();
        return batches->size();
    };
}

Work inference(Sequential net, torch::IntArrayRef sample, std::int64_t batch) {
    const auto batches = std::make_shared<Batches>(sample, batch);
    net->eval();
    return [=]() mutable {
        const torch::InferenceMode guard;
        auto y = net->forward(batches->images());
        baldwin::bench::keep(*y.data_ptr<float>());
        batches->next();
        return batches->size();
    };
}

Work normals() {
    return [block = torch::empty({1 << 16})]() mutable {
        block.normal_();
        return 65536.0;
    };
}

Work job(const std::string& name) {
    if (name == "mlp_train") return training(mlp(), {784}, 128);
    if (name == "cnn_train") return training(cnn(), {1, 28, 28}, 64);
    if (name == "cnn_infer") return inference(cnn(), {1, 28, 28}, 64);
    if (name == "dqn_forward_1") return inference(dqn(), {4, 84, 84}, 1);
    if (name == "dqn_forward_32") return inference(dqn(), {4, 84, 84}, 32);
    if (name == "policy_forward_1") return inference(policy(), {4}, 1);
    if (name == "normals") return normals();
    return {};
}

} // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::fprintf(stderr, "usage: torch_peer JOB THREADS SECONDS\n");
        return 2;
    }
    at::set_num_threads(std::atoi(arguments[2]));
    const Work work = job(arguments[1]);
    if (!work) return 0;
    work();
    std::printf("%.9g\n", baldwin::bench::rate_of(std::atof(arguments[3]), work));
    return 0;
}
