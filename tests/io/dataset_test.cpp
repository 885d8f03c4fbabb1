// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/io/dataset.hpp>

#include "support/errors.hpp"
#include "support/images.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace baldwin::dataset_test {
namespace {

using baldwin::ImageDataset;
using baldwin::ImageSet;
using baldwin::Tensor;
using baldwin::TensorView;
using baldwin::io::load_dataset;
using baldwin::test::message_of;
using baldwin::test::random_images;
using baldwin::test::TemporaryFolder;

/// Sets $BALDWIN_DATA, or removes it, until the end of the test.
class DataVariable {
public:
    explicit DataVariable(const std::optional<std::string>& value) {
        if (const char* old = std::getenv("BALDWIN_DATA")) old_ = old;
        set(value);
    }
    ~DataVariable() { set(old_); }
    DataVariable(const DataVariable&) = delete;
    DataVariable& operator=(const DataVariable&) = delete;

private:
    static void set(const std::optional<std::string>& value) {
        if (value) {
            ::setenv("BALDWIN_DATA", value->c_str(), 1);
        } else {
            ::unsetenv("BALDWIN_DATA");
        }
    }
    std::optional<std::string> old_;
};

/// Runs with an empty current folder, so that no ./data is found.
class EmptyCurrentFolder {
public:
    EmptyCurrentFolder() : old_(std::filesystem::current_path()) {
        std::filesystem::current_path(folder_.path());
    }
    ~EmptyCurrentFolder() { std::filesystem::current_path(old_); }
    EmptyCurrentFolder(const EmptyCurrentFolder&) = delete;
    EmptyCurrentFolder& operator=(const EmptyCurrentFolder&) = delete;

private:
    TemporaryFolder folder_;
    std::filesystem::path old_;
};

std::vector<std::byte> idx_images(const ImageSet& set) {
    auto images = set.images;
    images.reshape(std::vector<std::size_t>{set.size(), set.height(), set.width()});
    return baldwin::idx_bytes(TensorView<const std::uint8_t>(images));
}

std::vector<std::byte> idx_labels(const ImageSet& set) {
    return baldwin::idx_bytes(
        TensorView<const std::uint8_t>(std::span<const std::uint8_t>(set.labels)));
}

std::vector<std::byte> cifar(const ImageSet& set) {
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < set.size(); ++i) {
        bytes.push_back(static_cast<std::byte>(set.labels[i]));
        const auto image = std::as_bytes(set.image(i));
        bytes.insert(bytes.end(), image.begin(), image.end());
    }
    return bytes;
}

enum class Packed { no, yes };

void store(const std::filesystem::path& path, const std::vector<std::byte>& bytes, Packed packed) {
    if (packed == Packed::yes) {
        baldwin::write_file(path.string() + ".gz", baldwin::io::gzip(bytes, 1), baldwin::Sync::no);
    } else {
        baldwin::write_file(path, bytes, baldwin::Sync::no);
    }
}

const ImageSet kTrain = random_images(30, 1, 4, 5, 1);
const ImageSet kTest = random_images(7, 1, 4, 5, 2);

void store_idx(const std::filesystem::path& folder, Packed packed) {
    std::filesystem::create_directories(folder);
    store(folder / "train-images-idx3-ubyte", idx_images(kTrain), packed);
    store(folder / "train-labels-idx1-ubyte", idx_labels(kTrain), packed);
    store(folder / "t10k-images-idx3-ubyte", idx_images(kTest), packed);
    store(folder / "t10k-labels-idx1-ubyte", idx_labels(kTest), packed);
}

void expect_same(const ImageSet& found, const ImageSet& expected) {
    EXPECT_EQ(found.images, expected.images);
    EXPECT_EQ(found.labels, expected.labels);
}

TEST(IoDataset, ReadsIdxFilesPackedOrNot) {
    for (const Packed packed : {Packed::no, Packed::yes}) {
        const TemporaryFolder folder;
        store_idx(folder.path(), packed);
        const auto data = load_dataset(folder.path().string());
        expect_same(data.train, kTrain);
        expect_same(data.test, kTest);
        EXPECT_EQ(data.image_shape(), (baldwin::Shape{1, 4, 5}));
        EXPECT_EQ(data.classes.size(), 10U);
        EXPECT_EQ(data.classes[7], "7");
        EXPECT_EQ(data.sources.size(), 4U);
    }
}

TEST(IoDataset, ReadsTheSpellingWithDots) {
    const TemporaryFolder folder;
    store_idx(folder.path(), Packed::no);
    for (const char* part : {"train", "t10k"}) {
        const std::string name = part;
        std::filesystem::rename(folder / (name + "-images-idx3-ubyte"),
                                folder / (name + "-images.idx3-ubyte"));
    }
    expect_same(load_dataset(folder.path().string()).train, kTrain);
}

TEST(IoDataset, JoinsAnySubsetOfCifarFilesByName) {
    const TemporaryFolder folder;
    const auto first = random_images(3, 3, 32, 32, 1);
    const auto second = random_images(2, 3, 32, 32, 2);
    const auto test = random_images(2, 3, 32, 32, 3);
    store(folder / "data_batch_4.bin", cifar(second), Packed::yes);
    store(folder / "data_batch_2.bin", cifar(first), Packed::no);
    store(folder / "data_batch_2.bin", cifar(first), Packed::yes); // both forms: read once
    store(folder / "test_5000_balanced.bin", cifar(test), Packed::yes);
    const auto data = load_dataset(folder.path().string());
    auto joined = first;
    baldwin::append(joined, second);
    ASSERT_EQ(joined.size(), 5U);
    expect_same(data.train, joined);
    expect_same(data.test, test);
    EXPECT_EQ(data.sources.size(), 3U);
}

TEST(IoDataset, NamesAreLookedUpInTheVariableFirst) {
    const TemporaryFolder folder;
    const EmptyCurrentFolder current;
    store_idx(folder / "fashion-mnist", Packed::yes);
    const DataVariable variable(folder.path().string());
    const auto data = load_dataset("fashion-mnist");
    EXPECT_EQ(data.name, "fashion-mnist");
    EXPECT_EQ(data.train.size(), 30U);
    EXPECT_EQ(data.classes[9], "ankle boot");
}

TEST(IoDataset, NamesAreLookedUpInDataOfTheCurrentFolder) {
    const EmptyCurrentFolder current;
    const DataVariable variable(std::nullopt);
    store_idx("data/mnist", Packed::no);
    const auto data = load_dataset("mnist");
    EXPECT_EQ(data.train.size(), 30U);
    EXPECT_EQ(data.classes[3], "3");
    EXPECT_EQ(data.sources[0], "data/mnist/train-images-idx3-ubyte");
}

TEST(IoDataset, AFolderNamedLikeAKnownDatasetHasItsClasses) {
    const TemporaryFolder folder;
    store_idx(folder / "fashion-mnist", Packed::no);
    for (const char* ending : {"", "/", "/."}) {
        const auto data = load_dataset((folder / "fashion-mnist").string() + ending);
        EXPECT_EQ(data.classes[3], "dress");
    }
}

TEST(IoDataset, AMissingOneSaysWhereToGetIt) {
    const EmptyCurrentFolder current;
    const DataVariable variable(std::nullopt);
    if (std::filesystem::exists("/usr/share/datasets/mnist")) GTEST_SKIP() << "mnist is installed";
    EXPECT_EQ(message_of<std::invalid_argument>([] { return load_dataset("mnist"); }),
              "data: 'mnist' was not found in data/mnist, /usr/share/datasets/mnist ($BALDWIN_DATA "
              "is not set); get the files of the MNIST database, train-images-idx3-ubyte[.gz], "
              "train-labels-idx1-ubyte[.gz], t10k-images-idx3-ubyte[.gz], "
              "t10k-labels-idx1-ubyte[.gz] and put them into one of these folders");
    const DataVariable own("/nowhere");
    EXPECT_TRUE(message_of<std::invalid_argument>([] { return load_dataset("cifar-10"); })
                    .starts_with("data: 'cifar-10' was not found in /nowhere/cifar-10, "
                                 "data/cifar-10, /usr/share/datasets/cifar-10; get "));
}

TEST(IoDataset, UnknownNamesAndEmptyFoldersAreRefused) {
    const TemporaryFolder folder;
    EXPECT_EQ(message_of<std::invalid_argument>([] { return load_dataset("nothing"); }),
              "data: 'nothing' is neither a folder nor a known data set; known are mnist "
              "fashion-mnist cifar-10");
    EXPECT_EQ(message_of<std::invalid_argument>([] { return load_dataset(""); }),
              "data: '' is neither a folder nor a known data set; known are mnist fashion-mnist "
              "cifar-10");
    EXPECT_EQ(
        message_of<std::invalid_argument>([&] { return load_dataset(folder.path().string()); }),
        "data: '" + folder.path().string() +
            "' holds no data set; train-images-idx3-ubyte[.gz] and its three companions, or "
            "data_batch_*.bin[.gz] and test*.bin[.gz], are right");
}

TEST(IoDataset, AMissingCompanionIsNamed) {
    const TemporaryFolder folder;
    store_idx(folder.path(), Packed::no);
    std::filesystem::remove(folder / "t10k-labels-idx1-ubyte");
    EXPECT_EQ(message_of<std::runtime_error>([&] { return load_dataset(folder.path().string()); }),
              folder.path().string() +
                  ": has no t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz beside the other "
                  "files of the data set");
    const TemporaryFolder other;
    store(other / "data_batch_1.bin", cifar(random_images(1, 3, 32, 32, 1)), Packed::no);
    EXPECT_EQ(message_of<std::runtime_error>([&] { return load_dataset(other.path().string()); }),
              other.path().string() +
                  ": has no test*.bin[.gz] beside the other files of the data set");
}

TEST(IoDataset, FilesThatDoNotBelongTogetherAreRefused) {
    const TemporaryFolder folder;
    const auto load = [&] {
        return message_of<std::runtime_error>([&] { return load_dataset(folder.path().string()); });
    };
    const std::string path = folder.path().string();
    store_idx(folder.path(), Packed::no);
    store(folder / "train-labels-idx1-ubyte", idx_labels(kTest), Packed::no);
    EXPECT_EQ(load(), path + "/train-images-idx3-ubyte with train-labels-idx1-ubyte: images have "
                             "shape (30, 4, 5) but labels have (7), one label for each image is "
                             "right");
    store_idx(folder.path(), Packed::no);
    store(folder / "train-images-idx3-ubyte", idx_labels(kTrain), Packed::no);
    EXPECT_EQ(load(), path + "/train-images-idx3-ubyte with train-labels-idx1-ubyte: images have "
                             "shape (30), (n, height, width) or (n, channels, height, width) is "
                             "right");
    store_idx(folder.path(), Packed::no);
    store(folder / "t10k-images-idx3-ubyte", idx_images(random_images(7, 1, 5, 5, 1)), Packed::no);
    EXPECT_EQ(load(), path + ": training images are (30, 1, 4, 5) but test images are "
                             "(7, 1, 5, 5)");
    store_idx(folder.path(), Packed::no);
    const auto none = random_images(0, 1, 4, 5, 1);
    store(folder / "t10k-images-idx3-ubyte", idx_images(none), Packed::no);
    store(folder / "t10k-labels-idx1-ubyte", idx_labels(none), Packed::no);
    EXPECT_EQ(load(), path + "/t10k-images-idx3-ubyte with t10k-labels-idx1-ubyte: images have "
                             "shape (0, 4, 5), at least one pixel is needed");
}

TEST(IoDataset, LabelsBeyondTheClassesAreRefused) {
    const TemporaryFolder folder;
    store_idx(folder / "mnist", Packed::no);
    auto wrong = kTrain;
    wrong.labels[4] = 10;
    store(folder / "mnist/train-labels-idx1-ubyte", idx_labels(wrong), Packed::no);
    const auto path = (folder / "mnist").string();
    EXPECT_EQ(message_of<std::runtime_error>([&] { return load_dataset(path); }),
              path + ": training: label 4 is 10, below 10 is right");
}

TEST(IoDataset, ATruncatedFileIsNamed) {
    const TemporaryFolder folder;
    store_idx(folder.path(), Packed::no);
    auto bytes = idx_images(kTrain);
    bytes.resize(100);
    store(folder / "train-images-idx3-ubyte", bytes, Packed::no);
    EXPECT_EQ(message_of<std::runtime_error>([&] { return load_dataset(folder.path().string()); }),
              (folder / "train-images-idx3-ubyte").string() +
                  ": truncated: shape (30, 4, 5) needs 600 bytes of elements, the file has 84");
}

TEST(IoDatasetSlow, FashionMnistIsWhatDebianPackages) {
    const std::string folder = "/usr/share/datasets/fashion-mnist";
    if (!std::filesystem::exists(folder)) {
        GTEST_SKIP() << "fashion-mnist is not installed: apt-get install dataset-fashion-mnist";
    }
    const auto data = load_dataset(folder);
    EXPECT_EQ(data.train.size(), 60'000U);
    EXPECT_EQ(data.test.size(), 10'000U);
    EXPECT_EQ(data.image_shape(), (baldwin::Shape{1, 28, 28}));
    std::vector<int> counts(10);
    for (const auto label : data.train.labels) ++counts[label];
    EXPECT_EQ(counts, std::vector<int>(10, 6000)); // the set is balanced
    EXPECT_EQ(data.classes[data.train.labels[0]], "ankle boot");
}

/// A data set of the project's own folder that is not packaged: looked up by name.
void expect_by_name(const std::string& name, std::size_t train, std::size_t test) {
    std::optional<ImageDataset> data;
    try {
        data = load_dataset(name);
    } catch (const std::invalid_argument& error) {
        GTEST_SKIP() << error.what();
    }
    EXPECT_GE(data->train.size(), train);
    EXPECT_GE(data->test.size(), test);
}

TEST(IoDatasetSlow, MnistIsReadWhereItIsPresent) { expect_by_name("mnist", 60'000, 10'000); }
TEST(IoDatasetSlow, CifarIsReadWhereItIsPresent) { expect_by_name("cifar-10", 10'000, 5000); }

} // namespace
} // namespace baldwin::dataset_test
