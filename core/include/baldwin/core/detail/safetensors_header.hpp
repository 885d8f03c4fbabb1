// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The JSON header of a safetensors file: checked when read, padded when written.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/dtype.hpp>
#include <baldwin/core/shape.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::detail {

inline constexpr std::string_view kMetadataKey = "__metadata__";
/// Largest header accepted, bytes (the limit of the reference implementation).
inline constexpr std::size_t kSafetensorsHeaderLimit = 100'000'000;
/// Headers are padded so that the buffers start on a multiple of this.
inline constexpr std::size_t kSafetensorsAlignment = 8;

/// One checked tensor of a header; offsets count from the start of the data part.
struct SafetensorsTensor {
    std::string name;
    Dtype dtype = Dtype::f32;
    Shape shape;
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct SafetensorsHeader {
    std::map<std::string, std::string> metadata;
    std::vector<SafetensorsTensor> tensors; ///< in the order of their buffers
    std::size_t data_begin = 0;             ///< offset of the data part in the file
};

/// Parses JSON that has no key twice in one object and no nesting beyond a header's.
class StrictJson {
public:
    explicit StrictJson(const ByteReader& file) : file_(file) {}

    nlohmann::json parse(std::string_view text) {
        try {
            return nlohmann::json::parse(
                text,
                [this](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
                    check(depth, event, value);
                    return true;
                });
        } catch (const nlohmann::json::exception& error) {
            file_.fail("the header is not JSON: " + std::string(error.what()));
        }
    }

private:
    using Event = nlohmann::json::parse_event_t;

    void check(int depth, Event event, const nlohmann::json& value) {
        if (event == Event::object_start || event == Event::array_start) {
            if (depth > 2) file_.fail("the header is nested too deep, 3 levels are right");
            if (event == Event::object_start) keys_.emplace_back();
        }
        if (event == Event::object_end) keys_.pop_back();
        if (event == Event::key && !keys_.back().insert(value.get<std::string>()).second) {
            file_.fail("the header has '" + value.get<std::string>() + "' twice");
        }
    }

    const ByteReader& file_;
    std::vector<std::set<std::string>> keys_;
};

/// Turns one JSON entry into a checked tensor.
class SafetensorsEntryReader {
public:
    SafetensorsEntryReader(const ByteReader& file, const std::string& name)
        : file_(file), name_(name) {}

    [[nodiscard]] SafetensorsTensor read(const nlohmann::json& entry) const {
        if (!entry.is_object()) fail("must be an object, got " + shown(entry));
        for (const auto& [key, value] : entry.items()) {
            if (key != "dtype" && key != "shape" && key != "data_offsets") {
                fail("has an unknown field '" + key + "'");
            }
        }
        SafetensorsTensor tensor{name_, dtype(field(entry, "dtype")), shape(field(entry, "shape"))};
        const auto offsets = numbers(field(entry, "data_offsets"), "data_offsets");
        if (offsets.size() != 2 || offsets[0] > offsets[1]) {
            fail("has data_offsets " + shown(entry["data_offsets"]) +
                 ", [begin, end] with begin <= end is right");
        }
        tensor.begin = offsets[0];
        tensor.end = offsets[1];
        check_size(tensor);
        return tensor;
    }

private:
    [[noreturn]] void fail(const std::string& reason) const {
        file_.fail("tensor '" + name_ + "' " + reason);
    }
    static std::string shown(const nlohmann::json& value) {
        const auto text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
        return text.size() <= 80 ? text : text.substr(0, 80) + "...";
    }
    [[nodiscard]] const nlohmann::json& field(const nlohmann::json& entry, const char* key) const {
        const auto found = entry.find(key);
        if (found == entry.end()) fail("has no " + std::string(key));
        return *found;
    }
    [[nodiscard]] Dtype dtype(const nlohmann::json& value) const {
        std::string known;
        for (const auto& entry : kDtypeNames) {
            if (value.is_string() && value.get_ref<const std::string&>() == entry.name) {
                return entry.dtype;
            }
            known += " " + std::string(entry.name);
        }
        fail("has dtype " + shown(value) + ", known are" + known);
    }
    [[nodiscard]] std::vector<std::size_t> numbers(const nlohmann::json& value,
                                                   const std::string& what) const {
        if (!value.is_array()) fail("has " + what + " " + shown(value) + ", a list is right");
        std::vector<std::size_t> list;
        for (const auto& number : value) {
            if (!number.is_number_unsigned()) {
                fail("has " + what + " " + shown(value) +
                     ", integers from 0 to 2^64 - 1 are right");
            }
            list.push_back(number.get<std::size_t>());
        }
        return list;
    }
    [[nodiscard]] Shape shape(const nlohmann::json& value) const {
        const auto extents = numbers(value, "shape");
        if (extents.size() > Shape::kMaxRank) {
            fail("has rank " + std::to_string(extents.size()) + ", at most " +
                 std::to_string(Shape::kMaxRank) + " is right");
        }
        return Shape(std::span<const std::size_t>(extents));
    }
    void check_size(const SafetensorsTensor& tensor) const {
        std::size_t bytes = size_of(tensor.dtype);
        for (const std::size_t extent : tensor.shape) {
            if (multiply_overflows(bytes, extent)) {
                fail("has shape " + to_string(tensor.shape) + ", whose size overflows");
            }
            bytes *= extent;
        }
        if (bytes == tensor.end - tensor.begin) return;
        fail("has shape " + to_string(tensor.shape) + " of " +
             std::string(to_string(tensor.dtype)) + " = " + std::to_string(bytes) +
             " bytes, but data_offsets span " + std::to_string(tensor.end - tensor.begin));
    }

    const ByteReader& file_;
    const std::string& name_;
};

/// The text metadata of a header.
inline std::map<std::string, std::string> read_metadata(const ByteReader& file,
                                                        const nlohmann::json& value) {
    if (!value.is_object()) file.fail("__metadata__ must be an object of texts");
    std::map<std::string, std::string> metadata;
    for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) file.fail("metadata '" + key + "' must be a text");
        metadata.emplace(key, text.get<std::string>());
    }
    return metadata;
}

/// The buffers must fill the data part one after the other.
inline void check_layout(const ByteReader& file, std::vector<SafetensorsTensor>& tensors) {
    std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::size_t expected = 0;
    for (const auto& tensor : tensors) {
        if (tensor.begin != expected) {
            file.fail("tensor '" + tensor.name + "' begins at " + std::to_string(tensor.begin) +
                      " where " + std::to_string(expected) +
                      " is right: no gap and no overlap is allowed");
        }
        expected = tensor.end;
    }
    if (expected != file.left()) {
        file.fail(std::string(expected > file.left() ? "truncated" : "oversized") +
                  ": the header announces " + std::to_string(expected) +
                  " bytes of data, the file has " + std::to_string(file.left()));
    }
}

/// Checks the header of a whole file.
/// \throws std::runtime_error "origin: reason"
inline SafetensorsHeader read_safetensors_header(std::span<const std::byte> bytes,
                                                 std::string_view origin) {
    ByteReader file(bytes, origin);
    const auto size = file.little_endian<std::uint64_t>("the header size");
    if (size > kSafetensorsHeaderLimit) {
        file.fail("the header size " + std::to_string(size) + " is above the limit of " +
                  std::to_string(kSafetensorsHeaderLimit) + "; is this a safetensors file?");
    }
    const auto text = file.text(size, "the header");
    if (!text.starts_with('{')) file.fail("the header must begin with '{'");
    const auto json = StrictJson(file).parse(text);
    SafetensorsHeader header;
    header.data_begin = file.position();
    for (const auto& [name, entry] : json.items()) {
        if (name == kMetadataKey) {
            header.metadata = read_metadata(file, entry);
        } else {
            header.tensors.push_back(SafetensorsEntryReader(file, name).read(entry));
        }
    }
    check_layout(file, header.tensors);
    return header;
}

/// Builds the size field and the header, tensor by tensor in the order of their buffers.
class SafetensorsHeaderText {
public:
    explicit SafetensorsHeaderText(const std::map<std::string, std::string>& metadata)
        : json_(nlohmann::ordered_json::object()) {
        if (!metadata.empty()) json_[std::string(kMetadataKey)] = metadata;
    }
    void add(const std::string& name, Dtype dtype, const Shape& shape) {
        const std::size_t begin = end_;
        end_ += shape.size() * size_of(dtype);
        json_[name] = {{"dtype", std::string(to_string(dtype))},
                       {"shape", std::vector<std::size_t>(shape.begin(), shape.end())},
                       {"data_offsets", {begin, end_}}};
    }
    /// Size field, JSON, spaces up to the alignment.
    [[nodiscard]] std::string finish() const {
        std::string text;
        try {
            text = json_.dump();
        } catch (const nlohmann::json::exception& error) {
            throw std::invalid_argument("SafetensorsWriter: names and metadata must be UTF-8: " +
                                        std::string(error.what()));
        }
        text.resize((text.size() + kSafetensorsAlignment - 1) / kSafetensorsAlignment *
                        kSafetensorsAlignment,
                    ' ');
        std::string size(sizeof(std::uint64_t), '\0');
        const std::uint64_t count = text.size();
        std::memcpy(size.data(), &count, sizeof(count));
        return size + text;
    }

private:
    nlohmann::ordered_json json_;
    std::size_t end_ = 0;
};

} // namespace baldwin::detail
