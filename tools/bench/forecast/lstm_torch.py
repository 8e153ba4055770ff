"""Gradients of the network beside PyTorch's on the same weights:  lstm_gradient | lstm_torch.py

Fails where a derivative is further from PyTorch's (in double precision) than 1e-5 of it or of 1."""
import sys

import numpy as np
import torch

LANES, GATES, HEADS = 8, 4, 4


def main():
    shape, weight, inputs, count, value, scale, loss, gradient = (np.array(line.split(), np.float64) for line in sys.stdin)
    n_inputs, hidden, steps = map(int, shape)
    w = torch.tensor(weight, requires_grad=True)
    columns, n_cells = 1 + n_inputs + hidden, hidden * GATES * (1 + n_inputs + hidden)
    # A cell's gates i, f, g, o by turns; PyTorch has all i first, then all f, g and o.
    rows = w[:n_cells].reshape(hidden, GATES, columns).transpose(0, 1).reshape(GATES * hidden, columns)
    heads = w[n_cells:].reshape(HEADS, 1 + hidden)
    x = torch.tensor(inputs.reshape(steps, n_inputs, LANES)).transpose(1, 2)
    zeros = torch.zeros(1, LANES, hidden, dtype=torch.float64)
    bias = rows[:, 0]
    h, _, _ = torch.lstm(x, (zeros, zeros), [rows[:, 1:1 + n_inputs], rows[:, 1 + n_inputs:], bias, torch.zeros_like(bias)],
                         True, 1, 0.0, False, False, False)
    a = h @ heads[:, 1:].T + heads[:, 0]
    soft = torch.nn.functional.softplus
    mean, r = torch.tensor(scale) * soft(a[..., 0]) + 1e-6, 1 / (soft(a[..., 1]) + 1e-4)
    counts, values = torch.tensor(count.reshape(steps, LANES)), torch.tensor(value.reshape(steps, LANES))
    told = ~counts.isnan()
    told_counts = torch.distributions.NegativeBinomial(r[told], logits=(mean / r)[told].log()).log_prob(counts[told])
    told = ~values.isnan()
    told_values = torch.distributions.Normal(a[..., 2][told], soft(a[..., 3])[told] + 1e-3).log_prob(values[told])
    theirs = -told_counts.sum() - told_values.sum()
    theirs.backward()
    slope = w.grad.numpy()
    off = np.max(np.abs(gradient - slope) / np.maximum(1, np.abs(slope)))
    print(f"PyTorch {torch.__version__}: loss {theirs.item():.12g}, ours {loss[0]:.12g}; {len(slope)} derivatives, "
          f"the largest {np.abs(slope).max():.3g}, the furthest {off:.3g} off")
    sys.exit(not (off <= 1e-5 and abs(theirs.item() - loss[0]) <= 1e-9 * abs(loss[0])))


main()
