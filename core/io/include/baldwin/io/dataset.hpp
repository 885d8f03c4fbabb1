// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Data sets by name or folder: MNIST and Fashion-MNIST (idx), CIFAR-10 (binary), packed or not.
///
/// A name is looked up in $BALDWIN_DATA, ./data and the system's packaged data sets. A folder holds
/// either the four idx files of MNIST or any of data_batch_*.bin and test*.bin, each also as .gz.
#pragma once

#include <baldwin/core/cifar.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/idx.hpp>
#include <baldwin/core/image_set.hpp>
#include <baldwin/io/gzip.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace baldwin::io {

/// A data set that is known by name.
struct KnownDataset {
    std::string_view name;
    std::vector<std::string_view> folders; ///< names its folder may have, the usual one first
    std::string_view origin;               ///< where to get it, for the error
    std::vector<std::string_view> classes; ///< names of the classes
};

/// Every data set that --data takes by name.
inline const std::vector<KnownDataset>& known_datasets() {
    static const std::vector<KnownDataset> kKnown = {
        {"mnist",
         {"mnist"},
         "the files of the MNIST database, train-images-idx3-ubyte[.gz], "
         "train-labels-idx1-ubyte[.gz], t10k-images-idx3-ubyte[.gz], t10k-labels-idx1-ubyte[.gz]",
         {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
        {"fashion-mnist",
         {"fashion-mnist", "fashion_mnist"},
         "the Debian package dataset-fashion-mnist (apt-get install dataset-fashion-mnist) or its "
         "four *-ubyte.gz files",
         {"T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker",
          "bag", "ankle boot"}},
        {"cifar-10",
         {"cifar-10", "cifar10", "cifar-10-batches-bin"},
         "the files of CIFAR-10's binary version, data_batch_*.bin[.gz] and test*.bin[.gz]",
         {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
          "truck"}}};
    return kKnown;
}

/// The folder of the system's packaged data sets.
inline constexpr std::string_view kSystemDatasets = "/usr/share/datasets";

/// Folders in which names are looked up, in this order: $BALDWIN_DATA if set, ./data, the system's.
[[nodiscard]] inline std::vector<std::filesystem::path> dataset_roots() {
    std::vector<std::filesystem::path> roots;
    const char* own = std::getenv("BALDWIN_DATA");
    if (own != nullptr && *own != '\0') roots.emplace_back(own);
    roots.emplace_back("data");
    roots.emplace_back(kSystemDatasets);
    return roots;
}

namespace detail {

inline bool is_file(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::is_regular_file(path, error);
}

inline bool is_folder(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
}

/// The four files of MNIST, in the order train images, train labels, test images, test labels.
inline constexpr std::string_view kIdxFiles[] = {
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte"};

/// The file itself, its spelling with a dot, or one of them as .gz; empty if there is none.
inline std::filesystem::path find_idx(const std::filesystem::path& folder, std::string_view name) {
    std::string dotted(name);
    dotted[dotted.find("-idx")] = '.';
    for (const std::string& stem : {std::string(name), dotted}) {
        for (const char* ending : {"", ".gz"}) {
            if (is_file(folder / (stem + ending))) return folder / (stem + ending);
        }
    }
    return {};
}

/// The files <prefix>*.bin and <prefix>*.bin.gz by name; a file present in both forms once.
inline std::vector<std::filesystem::path> find_cifar(const std::filesystem::path& folder,
                                                     std::string_view prefix) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        const bool is_plain = name.ends_with(".bin");
        if (!name.starts_with(prefix) || (!is_plain && !name.ends_with(".bin.gz"))) continue;
        const auto plain =
            is_plain ? entry.path() : entry.path().parent_path() / entry.path().stem();
        if (is_plain || !is_file(plain)) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// Whether a folder holds any file of either kind.
inline bool holds_dataset(const std::filesystem::path& folder) {
    return !find_idx(folder, kIdxFiles[0]).empty() || !find_cifar(folder, "data_batch").empty();
}

inline Tensor<std::uint8_t> read_idx_maybe_gzip(const std::filesystem::path& path) {
    return parse_idx(read_maybe_gzip(path), path.string());
}

/// One part of MNIST from two of its four files.
inline ImageSet read_idx_part(ImageDataset& data, const std::filesystem::path& folder,
                              std::string_view image_name, std::string_view label_name) {
    const auto find = [&](std::string_view name) {
        auto path = find_idx(folder, name);
        if (path.empty()) {
            throw file_error(folder, "has no " + std::string(name) + " nor " + std::string(name) +
                                         ".gz beside the other files of the data set");
        }
        data.sources.push_back(path.string());
        return path;
    };
    const auto images = find(image_name);
    const auto labels = find(label_name);
    return make_image_set(read_idx_maybe_gzip(images), read_idx_maybe_gzip(labels),
                          images.string() + " with " + labels.filename().string());
}

inline ImageSet read_cifar_part(ImageDataset& data, const std::filesystem::path& folder,
                                std::string_view prefix) {
    const auto paths = find_cifar(folder, prefix);
    if (paths.empty()) {
        throw file_error(folder, "has no " + std::string(prefix) +
                                     "*.bin[.gz] beside the other files of the data set");
    }
    ImageSet set;
    for (const auto& path : paths) {
        data.sources.push_back(path.string());
        append(set, parse_cifar(read_maybe_gzip(path), path.string()));
    }
    return set;
}

/// Names for classes that have none: as many as the largest label asks for.
inline std::vector<std::string> numbered_classes(const ImageDataset& data) {
    std::size_t count = 0;
    for (const ImageSet* set : {&data.train, &data.test}) {
        for (const std::uint8_t label : set->labels) {
            count = std::max<std::size_t>(count, label + 1U);
        }
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
    return names;
}

inline const KnownDataset* find_known(std::string_view name) {
    const auto& known = known_datasets();
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& entry) { return entry.name == name; });
    return found == known.end() ? nullptr : &*found;
}

/// The known data set that a folder is named after, or none.
inline const KnownDataset* find_known_folder(const std::filesystem::path& folder) {
    const auto whole = (folder / "").lexically_normal().parent_path();
    for (const auto& entry : known_datasets()) {
        const auto& names = entry.folders;
        const bool is_named =
            std::find(names.begin(), names.end(), whole.filename().string()) != names.end();
        if (is_named) return &entry;
    }
    return nullptr;
}

[[noreturn]] inline void fail_unknown(const std::string& name) {
    std::string names;
    for (const auto& entry : known_datasets()) names += " " + std::string(entry.name);
    throw std::invalid_argument("data: '" + name +
                                "' is neither a folder nor a known data set; known are" + names);
}

[[noreturn]] inline void fail_missing(const KnownDataset& known,
                                      const std::vector<std::filesystem::path>& roots) {
    std::string places;
    for (const auto& root : roots) {
        if (!places.empty()) places += ", ";
        places += (root / known.folders.front()).string();
    }
    const bool has_own = roots.size() > 2;
    throw std::invalid_argument("data: '" + std::string(known.name) + "' was not found in " +
                                places + (has_own ? "" : " ($BALDWIN_DATA is not set)") + "; get " +
                                std::string(known.origin) +
                                " and put them into one of these folders");
}

/// The folder of a known data set.
inline std::filesystem::path find_dataset(const KnownDataset& known) {
    const auto roots = dataset_roots();
    for (const auto& root : roots) {
        for (const auto& folder : known.folders) {
            if (holds_dataset(root / folder)) return root / folder;
        }
    }
    fail_missing(known, roots);
}

} // namespace detail

/// Reads the data set in a folder. Its classes have names if the folder is called like a known data
/// set, else numbers.
/// \throws std::invalid_argument if the folder does not exist or holds no data set
/// \throws std::runtime_error with path and reason if a file is missing or not as it must be
[[nodiscard]] inline ImageDataset load_dataset_folder(const std::filesystem::path& folder) {
    if (!detail::is_folder(folder)) {
        throw std::invalid_argument("data: '" + folder.string() + "' is not a folder");
    }
    if (!detail::holds_dataset(folder)) {
        throw std::invalid_argument("data: '" + folder.string() +
                                    "' holds no data set; train-images-idx3-ubyte[.gz] and its "
                                    "three companions, or data_batch_*.bin[.gz] and "
                                    "test*.bin[.gz], are right");
    }
    ImageDataset data;
    data.name = folder.string();
    if (!detail::find_idx(folder, detail::kIdxFiles[0]).empty()) {
        const auto& files = detail::kIdxFiles;
        data.train = detail::read_idx_part(data, folder, files[0], files[1]);
        data.test = detail::read_idx_part(data, folder, files[2], files[3]);
    } else {
        data.train = detail::read_cifar_part(data, folder, "data_batch");
        data.test = detail::read_cifar_part(data, folder, "test");
    }
    const KnownDataset* known = detail::find_known_folder(folder);
    if (known != nullptr) {
        data.classes.assign(known->classes.begin(), known->classes.end());
    } else {
        data.classes = detail::numbered_classes(data);
    }
    check_dataset(data);
    return data;
}

/// Whether a data set of that name is known, present or not.
inline bool is_known_dataset(std::string_view name) { return detail::find_known(name) != nullptr; }

/// Reads a data set given by name (mnist, fashion-mnist, cifar-10) or by folder.
/// \throws std::invalid_argument if there is no such data set; says where to get a known one
/// \throws std::runtime_error with path and reason if a file is missing or not as it must be
/// \cost Fashion-MNIST: 0.4 s, most of it inflating 30 MB
[[nodiscard]] inline ImageDataset load_dataset(const std::string& name_or_folder) {
    const KnownDataset* known = detail::find_known(name_or_folder);
    if (known == nullptr) {
        if (!detail::is_folder(name_or_folder)) detail::fail_unknown(name_or_folder);
        return load_dataset_folder(name_or_folder);
    }
    ImageDataset data = load_dataset_folder(detail::find_dataset(*known));
    data.name = name_or_folder;
    return data;
}

} // namespace baldwin::io
