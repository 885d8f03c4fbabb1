// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// One step of an LSTM or a GRU, with the equations and the gate order of PyTorch.
#pragma once

#include <baldwin/core/math.hpp>
#include <baldwin/core/ops/detail/gates.hpp>
#include <baldwin/core/ops/detail/rows_loop.hpp>
#include <baldwin/core/simd.hpp>
#include <baldwin/core/tape.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace baldwin {

/// State of an LSTM, each of shape (N, H).
struct LstmState {
    Value h; ///< hidden state, also the output
    Value c; ///< cell state
};

namespace ops {

/// Gates i, f, g, o = sigmoid, sigmoid, tanh, sigmoid of W x + U h + b;
/// c' = f c + i g, h' = o tanh(c'). \paper Hochreiter & Schmidhuber 1997; Gers et al. 2000
///
/// Inputs on the tape: x, h, c, weights. Outputs: h', c'.
struct LstmCell {
    static constexpr std::string_view kName = "lstm_cell";
    static constexpr std::size_t kGates = 4;
    detail::GateMap of_input;  ///< W and b
    detail::GateMap of_hidden; ///< U
    const void* saved = nullptr;

    /// The gates i, f, g, o after their functions, shape (N, 4, H).
    template <class T>
    [[nodiscard]] const T* gates() const {
        return static_cast<const T*>(saved);
    }

    template <class T>
    void forward(Forward<T>& f) {
        const auto c = f.input(2);
        const std::size_t batch = c.shape()[0];
        const std::size_t n = c.shape()[1];
        const auto new_h = f.output(c.shape());
        const auto new_c = f.output(c.shape());
        T* gates = detail::keep<T>(f, kGates * batch * n);
        saved = gates;
        of_input.apply(f, batch, f.input(0).data(), gates, false);
        of_hidden.apply(f, batch, f.input(1).data(), gates, true);
        detail::for_rows(f.executor(), batch, kGates * n, [&](std::size_t row) {
            step(n, gates + row * kGates * n, c.data() + row * n, new_h.data() + row * n,
                 new_c.data() + row * n);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const Shape& shape = b.input(2).shape();
        const std::size_t batch = shape[0];
        const std::size_t n = shape[1];
        const Slopes<T> s{b.input(2).data(),
                          b.output(1).data(),
                          b.gradient(0).data(),
                          b.gradient(1).data(),
                          b.template scratch<T>(kGates * batch * n),
                          b.template scratch<T>(batch * n)};
        const Sink<T> dc = b.sink(2);
        detail::for_rows(b.executor(), batch, kGates * n,
                         [&](std::size_t row) { to_gates(n, row, s, dc); });
        if (const Sink<T> dx = b.sink(0)) of_input.to_input(b, batch, s.of_gates, dx);
        if (const Sink<T> dh = b.sink(1)) of_hidden.to_input(b, batch, s.of_gates, dh);
        of_input.to_weights(b, batch, static_cast<const T*>(s.of_gates), b.input(0).data());
        of_hidden.to_weights(b, batch, static_cast<const T*>(s.of_gates), b.input(1).data());
    }

private:
    template <class T>
    struct Slopes {
        const T* c;
        const T* new_c;
        const T* to_h; // gradients of the outputs
        const T* to_c;
        T* of_gates; // gradients before the gates' functions, (N, 4, H)
        T* of_c;     // gradient of c' in all, (N, H)
    };

    template <class T>
    static void step(std::size_t n, T* gates, const T* c, T* new_h, T* new_c) {
        const auto sigmoid_of = [](Pack<T> v) { return sigmoid(v); };
        const auto tanh_of = [](Pack<T> v) { return tanh(v); };
        T* g = gates + 2 * n;
        T* o = gates + 3 * n;
        detail::map_row(2 * n, sigmoid_of, gates, static_cast<const T*>(gates));
        detail::map_row(n, tanh_of, g, static_cast<const T*>(g));
        detail::map_row(n, sigmoid_of, o, static_cast<const T*>(o));
        const T* i = gates;
        const T* f = gates + n;
        const auto cell = [](Pack<T> pf, Pack<T> pc, Pack<T> pi, Pack<T> pg) {
            return fma(pf, pc, pi * pg);
        };
        detail::map_row(n, cell, new_c, f, c, i, static_cast<const T*>(g));
        const auto hidden = [](Pack<T> po, Pack<T> pc) { return po * tanh(pc); };
        detail::map_row(n, hidden, new_h, static_cast<const T*>(o), static_cast<const T*>(new_c));
    }
    template <class T>
    void to_gates(std::size_t n, std::size_t row, const Slopes<T>& s, const Sink<T>& dc) const {
        const T* i = gates<T>() + row * kGates * n;
        const T* f = i + n;
        const T* g = i + 2 * n;
        const T* o = i + 3 * n;
        const T* c = s.c + row * n;
        const T* new_c = s.new_c + row * n;
        const T* to_h = s.to_h + row * n;
        T* to = s.of_gates + row * kGates * n;
        T* of_c = s.of_c + row * n;
        const auto through = [](Pack<T> to_c, Pack<T> ph, Pack<T> po, Pack<T> pc) {
            const Pack<T> t = tanh(pc);
            return fma(ph * po, 1 - t * t, to_c);
        };
        detail::map_row(n, through, of_c, s.to_c + row * n, to_h, o, new_c);
        const T* d = of_c;
        const auto by_sigmoid = [](Pack<T> pd, Pack<T> other, Pack<T> gate) {
            return pd * other * (gate * (1 - gate));
        };
        const auto by_tanh = [](Pack<T> pd, Pack<T> other, Pack<T> gate) {
            return pd * other * (1 - gate * gate);
        };
        const auto by_output = [](Pack<T> pd, Pack<T> pc, Pack<T> gate) {
            return pd * tanh(pc) * (gate * (1 - gate));
        };
        detail::map_row(n, by_sigmoid, to, d, g, i);
        detail::map_row(n, by_sigmoid, to + n, d, c, f);
        detail::map_row(n, by_tanh, to + 2 * n, d, i, g);
        detail::map_row(n, by_output, to + 3 * n, to_h, new_c, o);
        if (!dc) return;
        const auto product = [](Pack<T> pd, Pack<T> pf) { return pd * pf; };
        detail::put_or_add(dc.accumulate, n, product, dc.data + row * n, d, f);
    }
};

/// Gates r, z = sigmoid of W x + b + U h + d, n = tanh(W x + b + r (U h + d));
/// h' = (1 - z) n + z h. \paper Cho et al. 2014, eq. 5-8, with r behind the product as in cuDNN
///
/// Inputs on the tape: x, h, weights. Output: h'.
struct GruCell {
    static constexpr std::string_view kName = "gru_cell";
    static constexpr std::size_t kGates = 3;
    detail::GateMap of_input;  ///< W and b
    detail::GateMap of_hidden; ///< U and d
    const void* saved = nullptr;

    /// The gates r, z, n after their functions, shape (N, 3, H).
    template <class T>
    [[nodiscard]] const T* gates() const {
        return static_cast<const T*>(saved);
    }

    template <class T>
    void forward(Forward<T>& f) {
        const auto h = f.input(1);
        const std::size_t batch = h.shape()[0];
        const std::size_t n = h.shape()[1];
        const auto y = f.output(h.shape());
        T* gates = detail::keep<T>(f, 2 * kGates * batch * n);
        T* hidden = gates + kGates * batch * n;
        saved = gates;
        of_input.apply(f, batch, f.input(0).data(), gates, false);
        of_hidden.apply(f, batch, h.data(), hidden, false);
        detail::for_rows(f.executor(), batch, kGates * n, [&](std::size_t row) {
            const std::size_t at = row * kGates * n;
            step(n, gates + at, static_cast<const T*>(hidden + at), h.data() + row * n,
                 y.data() + row * n);
        });
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto h = b.input(1);
        const std::size_t batch = h.shape()[0];
        const std::size_t n = h.shape()[1];
        const Slopes<T> s{h.data(), b.gradient().data(), b.template scratch<T>(kGates * batch * n),
                          b.template scratch<T>(kGates * batch * n)};
        const Sink<T> dh = b.sink(1);
        detail::for_rows(b.executor(), batch, kGates * n,
                         [&](std::size_t row) { to_gates(n, row, batch, s, dh); });
        if (dh) of_hidden.to_input(b, batch, static_cast<const T*>(s.of_hidden), {dh.data, true});
        if (const Sink<T> dx = b.sink(0)) {
            of_input.to_input(b, batch, static_cast<const T*>(s.of_input), dx);
        }
        of_input.to_weights(b, batch, static_cast<const T*>(s.of_input), b.input(0).data());
        of_hidden.to_weights(b, batch, static_cast<const T*>(s.of_hidden), h.data());
    }

private:
    template <class T>
    struct Slopes {
        const T* h;
        const T* to_y;
        T* of_input;  // gradients of W x + b, (N, 3, H)
        T* of_hidden; // gradients of U h + d, (N, 3, H)
    };

    template <class T>
    static void step(std::size_t n, T* gates, const T* hidden, const T* h, T* y) {
        const auto gate = [](Pack<T> a, Pack<T> b) { return sigmoid(a + b); };
        detail::map_row(2 * n, gate, gates, static_cast<const T*>(gates), hidden);
        const T* r = gates;
        const T* z = gates + n;
        T* candidate = gates + 2 * n;
        const auto propose = [](Pack<T> a, Pack<T> pr, Pack<T> b) { return tanh(fma(pr, b, a)); };
        detail::map_row(n, propose, candidate, static_cast<const T*>(candidate), r, hidden + 2 * n);
        const auto mix = [](Pack<T> pz, Pack<T> pn, Pack<T> ph) { return fma(pz, ph - pn, pn); };
        detail::map_row(n, mix, y, z, static_cast<const T*>(candidate), h);
    }
    template <class T>
    void to_gates(std::size_t n, std::size_t row, std::size_t batch, const Slopes<T>& s,
                  const Sink<T>& dh) const {
        const T* r = gates<T>() + row * kGates * n;
        const T* z = r + n;
        const T* candidate = r + 2 * n;
        const T* hidden = r + kGates * batch * n + 2 * n; // U h + d of the candidate
        const T* h = s.h + row * n;
        const T* g = s.to_y + row * n;
        T* to = s.of_input + row * kGates * n;
        T* to_hidden = s.of_hidden + row * kGates * n;
        const auto of_candidate = [](Pack<T> pg, Pack<T> pz, Pack<T> pn) {
            return pg * (1 - pz) * (1 - pn * pn);
        };
        detail::map_row(n, of_candidate, to + 2 * n, g, z, candidate);
        const T* d = to + 2 * n;
        const auto of_reset = [](Pack<T> pd, Pack<T> pb, Pack<T> pr) {
            return pd * pb * (pr * (1 - pr));
        };
        detail::map_row(n, of_reset, to, d, hidden, r);
        const auto of_update = [](Pack<T> pg, Pack<T> ph, Pack<T> pn, Pack<T> pz) {
            return pg * (ph - pn) * (pz * (1 - pz));
        };
        detail::map_row(n, of_update, to + n, g, h, candidate, z);
        std::copy_n(to, 2 * n, to_hidden);
        const auto product = [](Pack<T> a, Pack<T> b) { return a * b; };
        detail::map_row(n, product, to_hidden + 2 * n, d, r);
        if (dh) detail::put_or_add(dh.accumulate, n, product, dh.data + row * n, g, z);
    }
};

} // namespace ops

/// One step of an LSTM: gates in the order i, f, g, o (input, forget, candidate, output),
///
///     i, f, o = sigmoid(W x + U h + b), g = tanh(W x + U h + b), c' = f c + i g, h' = o tanh(c').
///
/// \param x         (N, I)
/// \param state     h and c, (N, H) each
/// \param w_input   W, 4 x H x I, one plane a gate; may be narrowed
/// \param w_hidden  U, 4 x H x H
/// \param bias      b, 4 x 1 x H or 4 H elements, or nothing; PyTorch's two biases added
/// \throws std::invalid_argument if the sizes do not fit
template <class T>
LstmState lstm_cell(Tape<T>& tape, Value x, const LstmState& state, const WeightView& w_input,
                    const WeightView& w_hidden, const WeightView& bias = {}) {
    const std::string_view name = ops::LstmCell::kName;
    const auto e = ops::detail::cell_extents(name, tape.shape(x), tape.shape(state.h));
    if (tape.shape(state.c) != tape.shape(state.h)) {
        throw std::invalid_argument("lstm_cell: h and c must have one shape, got " +
                                    to_string(tape.shape(state.h)) + " and " +
                                    to_string(tape.shape(state.c)));
    }
    ops::detail::InputList<T> inputs(tape, name);
    inputs.add(x);
    inputs.add(state.h);
    inputs.add(state.c);
    const ops::LstmCell operation{
        ops::detail::gate_map(inputs, name, w_input, bias, 4, e.hidden, e.inputs),
        ops::detail::gate_map(inputs, name, w_hidden, {}, 4, e.hidden, e.hidden)};
    const Value h = tape.apply(operation, inputs.values());
    return {h, Tape<T>::output(h, 1)};
}

/// One step of a GRU: gates in the order r, z, n (reset, update, candidate),
///
///     r, z = sigmoid(W x + b + U h + d), n = tanh(W x + b + r (U h + d)), h' = (1 - z) n + z h.
///
/// \param x            (N, I)
/// \param h            (N, H)
/// \param w_input      W, 3 x H x I, one plane a gate; may be narrowed
/// \param w_hidden     U, 3 x H x H
/// \param bias_input   b, 3 x 1 x H or 3 H elements, or nothing
/// \param bias_hidden  d, as b
/// \throws std::invalid_argument if the sizes do not fit
template <class T>
Value gru_cell(Tape<T>& tape, Value x, Value h, const WeightView& w_input,
               const WeightView& w_hidden, const WeightView& bias_input = {},
               const WeightView& bias_hidden = {}) {
    const std::string_view name = ops::GruCell::kName;
    const auto e = ops::detail::cell_extents(name, tape.shape(x), tape.shape(h));
    ops::detail::InputList<T> inputs(tape, name);
    inputs.add(x);
    inputs.add(h);
    const ops::GruCell operation{
        ops::detail::gate_map(inputs, name, w_input, bias_input, 3, e.hidden, e.inputs),
        ops::detail::gate_map(inputs, name, w_hidden, bias_hidden, 3, e.hidden, e.hidden)};
    return tape.apply(operation, inputs.values());
}

} // namespace baldwin
