// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The safetensors format: named tensors and text metadata in one file. Models, genomes and
/// checkpoints are stored so.
///
/// Layout: 8 bytes little-endian header size, a JSON header
/// {"__metadata__": {key: text}, name: {"dtype", "shape", "data_offsets": [begin, end]}}, then the
/// raw little-endian buffers, row-major, without gaps.
#pragma once

#include <baldwin/core/detail/safetensors_header.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/shape.hpp>
#include <baldwin/core/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <filesystem>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace baldwin {

/// The content of a safetensors file. Every entry was checked when it was read.
class SafetensorsFile {
public:
    /// What the header says about one tensor.
    struct Entry {
        Dtype dtype = Dtype::f32;
        Shape shape;
        std::size_t begin = 0; ///< offset of the first byte in the data part
        std::size_t end = 0;   ///< offset past the last byte
    };

    /// Texts stored under "__metadata__".
    std::map<std::string, std::string> metadata;

    /// Checks and takes over the bytes of a file.
    /// \param origin  path or other name, for errors
    /// \throws std::runtime_error "origin: reason" if anything in the file is not as it must be
    /// \cost O(header); the tensors stay where they are in \p bytes
    SafetensorsFile(std::vector<std::byte> bytes, std::string origin);

    [[nodiscard]] const std::map<std::string, Entry, std::less<>>& entries() const noexcept {
        return entries_;
    }
    [[nodiscard]] bool contains(std::string_view name) const noexcept {
        return entries_.find(name) != entries_.end();
    }
    /// \throws std::runtime_error if there is no such tensor
    [[nodiscard]] const Entry& entry(std::string_view name) const;
    /// The text stored under a metadata key.
    /// \throws std::runtime_error if there is no such key
    [[nodiscard]] const std::string& text(std::string_view key) const;

    /// The raw bytes of a tensor; not aligned.
    [[nodiscard]] std::span<const std::byte> bytes(std::string_view name) const {
        const Entry& found = entry(name);
        return data().subspan(found.begin, found.end - found.begin);
    }
    /// Copies a tensor of exactly this type and number of elements.
    /// \throws std::runtime_error if it is missing, of another type or another size
    template <class T>
    void copy_into(std::string_view name, std::span<T> out) const;
    /// A tensor of exactly this type.
    /// \throws std::runtime_error if it is missing or of another type
    template <class T>
    [[nodiscard]] Tensor<T> tensor(std::string_view name) const {
        auto out = empty_tensor<T>(entry(name).shape);
        copy_into<T>(name, {out.data(), out.size()});
        return out;
    }
    /// A tensor of exactly this type and shape.
    /// \throws std::runtime_error if it is missing, of another type or another shape
    template <class T>
    [[nodiscard]] Tensor<T> tensor(std::string_view name, const Shape& shape) const {
        if (entry(name).shape != shape) {
            fail(name, "has shape " + to_string(entry(name).shape) + ", " + to_string(shape) +
                           " is needed");
        }
        return tensor<T>(name);
    }
    /// The elements of a tensor of exactly this type, row-major.
    /// \throws std::runtime_error if it is missing or of another type
    template <class T>
    [[nodiscard]] AlignedVector<T> values(std::string_view name) const {
        AlignedVector<T> out(entry(name).shape.size());
        copy_into<T>(name, std::span<T>(out));
        return out;
    }
    /// The only element of a tensor of exactly this type.
    /// \throws std::runtime_error if it is missing, of another type or not one element
    template <class T>
    [[nodiscard]] T value(std::string_view name) const {
        T out{};
        copy_into<T>(name, std::span<T>(&out, 1));
        return out;
    }
    /// A tensor of any type, converted to T as static_cast does.
    /// \throws std::runtime_error if it is missing
    template <class T>
    [[nodiscard]] Tensor<T> as(std::string_view name) const;

private:
    [[noreturn]] void fail(std::string_view name, std::string_view reason) const {
        throw std::runtime_error(origin_ + ": tensor '" + std::string(name) + "' " +
                                 std::string(reason));
    }
    template <class T>
    static Tensor<T> empty_tensor(const Shape& shape) {
        return Tensor<T>::from_shape(std::vector<std::size_t>(shape.begin(), shape.end()));
    }
    [[nodiscard]] std::span<const std::byte> data() const {
        return std::span(bytes_).subspan(data_begin_);
    }

    std::string origin_;
    std::vector<std::byte> bytes_;
    std::size_t data_begin_ = 0;
    std::map<std::string, Entry, std::less<>> entries_;
};

/// Reads and checks a file.
/// \throws std::runtime_error with path and reason
inline SafetensorsFile read_safetensors(const std::filesystem::path& path,
                                        std::size_t limit = kFileLimit) {
    return {read_file(path, limit), path.string()};
}

/// Collects tensors and metadata and writes them as one file.
///
/// The same content gives the same bytes: tensors go by falling element size, then by name.
/// Added tensors are not copied: they must live until the file is written.
class SafetensorsWriter {
public:
    /// Texts stored under "__metadata__"; UTF-8.
    std::map<std::string, std::string> metadata;

    SafetensorsWriter() = default;
    // entries point into the copies held here, which a move keeps in place and a copy does not
    SafetensorsWriter(SafetensorsWriter&&) = default;
    SafetensorsWriter& operator=(SafetensorsWriter&&) = default;
    SafetensorsWriter(const SafetensorsWriter&) = delete;
    SafetensorsWriter& operator=(const SafetensorsWriter&) = delete;

    /// Adds a view of a tensor that lives until the file is written.
    /// \throws std::invalid_argument if the name is taken or reserved
    template <class T>
    void add(const std::string& name, TensorView<const T> tensor) {
        insert(name, {kDtypeOf<T>, tensor.shape(), std::as_bytes(tensor.values())});
    }
    template <class T>
    void add(const std::string& name, TensorView<T> tensor) {
        add<T>(name, TensorView<const T>(tensor));
    }
    template <class T>
    void add(const std::string& name, const Tensor<T>& tensor) {
        add<T>(name, TensorView<const T>(tensor));
    }
    template <class T>
    void add(const std::string& name, Tensor<T>&& tensor) = delete; // would dangle: use add_copy
    /// Adds a rank-1 view of elements that live until the file is written.
    template <class T>
    void add(const std::string& name, std::span<T> values) {
        using Scalar = std::remove_const_t<T>;
        add<Scalar>(name, TensorView<const Scalar>(std::span<const Scalar>(values)));
    }
    template <class T>
    void add(const std::string& name, const AlignedVector<T>& values) {
        add<const T>(name, std::span<const T>(values));
    }
    template <class T>
    void add(const std::string& name,
             AlignedVector<T>&& values) = delete; // would dangle: use add_copy

    /// Adds a copy of the elements.
    /// \throws std::invalid_argument if the name is taken or reserved
    template <class T>
    void add_copy(const std::string& name, TensorView<const T> tensor) {
        const auto source = std::as_bytes(tensor.values());
        const auto& copy = copies_.emplace_back(source.begin(), source.end());
        insert(name, {kDtypeOf<T>, tensor.shape(), std::span(copy)});
    }
    /// Adds one number as a tensor of rank 0.
    template <class T>
    void add_value(const std::string& name, T value) {
        add_copy<T>(name, TensorView<const T>(&value, Shape()));
    }

    /// Writes all or leaves the old file as it was.
    /// \throws std::runtime_error with path and reason
    /// \throws std::invalid_argument if a name or a metadata text is not UTF-8
    void write(const std::filesystem::path& path, Sync sync = Sync::yes) const {
        const std::string head = header();
        AtomicFile file(path);
        file.write(head);
        for (const auto* item : ordered()) file.write(item->second.bytes);
        file.commit(sync);
    }
    /// The file as bytes in memory.
    /// \throws std::invalid_argument if a name or a metadata text is not UTF-8
    [[nodiscard]] std::vector<std::byte> bytes() const {
        const std::string head = header();
        const auto head_bytes = bytes_of(head);
        std::vector<std::byte> out(head_bytes.begin(), head_bytes.end());
        for (const auto* item : ordered()) {
            out.insert(out.end(), item->second.bytes.begin(), item->second.bytes.end());
        }
        return out;
    }

private:
    struct Item {
        Dtype dtype = Dtype::f32;
        Shape shape;
        std::span<const std::byte> bytes;
    };
    using Items = std::map<std::string, Item>;

    void insert(const std::string& name, Item item) {
        if (name == detail::kMetadataKey) {
            throw std::invalid_argument("SafetensorsWriter: the name '__metadata__' is reserved");
        }
        const auto [at, is_new] = items_.emplace(name, item);
        if (!is_new) {
            throw std::invalid_argument("SafetensorsWriter: names must differ, got '" + at->first +
                                        "' twice");
        }
    }
    // falling element size keeps every buffer aligned to its type
    [[nodiscard]] std::vector<const Items::value_type*> ordered() const {
        std::vector<const Items::value_type*> order;
        for (const auto& item : items_) order.push_back(&item);
        std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
            return size_of(a->second.dtype) > size_of(b->second.dtype);
        });
        return order;
    }
    [[nodiscard]] std::string header() const {
        detail::SafetensorsHeaderText text(metadata);
        for (const auto* item : ordered()) {
            text.add(item->first, item->second.dtype, item->second.shape);
        }
        return text.finish();
    }

    Items items_;
    std::deque<std::vector<std::byte>> copies_;
};

/// Writes all or leaves the old file as it was.
/// \throws as SafetensorsWriter::write
inline void write_safetensors(const std::filesystem::path& path, const SafetensorsWriter& writer,
                              Sync sync = Sync::yes) {
    writer.write(path, sync);
}

inline SafetensorsFile::SafetensorsFile(std::vector<std::byte> bytes, std::string origin)
    : origin_(std::move(origin)), bytes_(std::move(bytes)) {
    auto header = detail::read_safetensors_header(bytes_, origin_);
    metadata = std::move(header.metadata);
    data_begin_ = header.data_begin;
    for (auto& tensor : header.tensors) {
        entries_.emplace(std::move(tensor.name),
                         Entry{tensor.dtype, tensor.shape, tensor.begin, tensor.end});
    }
}

inline const SafetensorsFile::Entry& SafetensorsFile::entry(std::string_view name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) fail(name, "is missing");
    return found->second;
}

inline const std::string& SafetensorsFile::text(std::string_view key) const {
    const auto found = metadata.find(std::string(key));
    if (found == metadata.end()) {
        throw std::runtime_error(origin_ + ": metadata '" + std::string(key) + "' is missing");
    }
    return found->second;
}

template <class T>
void SafetensorsFile::copy_into(std::string_view name, std::span<T> out) const {
    const Entry& found = entry(name);
    if (found.dtype != kDtypeOf<T>) {
        fail(name, "has type " + std::string(to_string(found.dtype)) + ", " +
                       std::string(to_string(kDtypeOf<T>)) + " is needed");
    }
    if (found.shape.size() != out.size()) {
        fail(name, "has shape " + to_string(found.shape) + ", " + std::to_string(out.size()) +
                       " elements are needed");
    }
    if constexpr (std::is_same_v<T, bool>) {
        // any other byte would not be a valid bool
        for (const std::byte byte : bytes(name)) {
            if (std::to_integer<unsigned>(byte) > 1) {
                fail(name, "has type BOOL and a byte that is neither 0 nor 1");
            }
        }
    }
    if (!out.empty()) std::memcpy(out.data(), bytes(name).data(), out.size_bytes());
}

template <class T>
Tensor<T> SafetensorsFile::as(std::string_view name) const {
    return visit(entry(name).dtype, [&]<class Stored>(Stored /*type*/) {
        const auto stored = tensor<Stored>(name);
        auto out = empty_tensor<T>(entry(name).shape);
        std::transform(stored.data(), stored.data() + stored.size(), out.data(),
                       [](Stored value) { return static_cast<T>(value); });
        return out;
    });
}

} // namespace baldwin
