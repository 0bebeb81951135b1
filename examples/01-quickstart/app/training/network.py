"""The same network as model.py, with gradients and Adam. Written out, since there are only four layers."""
import numpy as np

from model import patches, softmax

CHANNELS = (12, 24)
HIDDEN = 72


def initial(r):
    """He initialisation."""
    shapes = {"conv1": (25, CHANNELS[0]), "conv2": (25 * CHANNELS[0], CHANNELS[1]),
              "dense1": (49 * CHANNELS[1], HIDDEN), "dense2": (HIDDEN, 10)}
    weights = {}
    for name, shape in shapes.items():
        weights[name] = (r.standard_normal(shape) * np.sqrt(2 / shape[0])).astype(np.float32)
        weights[name + "_bias"] = np.zeros(shape[1], np.float32)
    return weights


def unpatch(columns, shape, kernel=5, stride=2, pad=2):
    """The transpose of patches(): sum the patch gradients back into the image they were cut from."""
    n, height, width, channels = shape
    out_h, out_w = (height + 2 * pad - kernel) // stride + 1, (width + 2 * pad - kernel) // stride + 1
    columns = columns.reshape(n, out_h, out_w, kernel, kernel, channels)
    image = np.zeros((n, height + 2 * pad, width + 2 * pad, channels), np.float32)
    for i in range(kernel):
        for j in range(kernel):
            image[:, i:i + stride * out_h:stride, j:j + stride * out_w:stride] += columns[:, :, :, i, j]
    return image[:, pad:pad + height, pad:pad + width]


def loss_and_gradients(w, images, labels, r, dropout=.25, smoothing=.04):
    """Cross entropy with smoothed labels; mean over the batch."""
    n = len(images)
    c1, s1 = patches(images[..., None])
    a1 = np.maximum(c1 @ w["conv1"] + w["conv1_bias"], 0)
    c2, s2 = patches(a1.reshape(*s1, -1))
    a2 = np.maximum(c2 @ w["conv2"] + w["conv2_bias"], 0)
    flat = a2.reshape(n, -1)
    keep = (r.random((n, HIDDEN)) > dropout).astype(np.float32) / (1 - dropout)
    a3 = np.maximum(flat @ w["dense1"] + w["dense1_bias"], 0) * keep
    p = softmax(a3 @ w["dense2"] + w["dense2_bias"])
    target = np.full((n, 10), smoothing / 10, np.float32)
    target[np.arange(n), labels] += 1 - smoothing
    loss = -(target * np.log(p + 1e-9)).sum() / n

    g = {}
    d = (p - target) / n
    g["dense2"], g["dense2_bias"] = a3.T @ d, d.sum(0)
    d = (d @ w["dense2"].T) * keep * (a3 > 0)
    g["dense1"], g["dense1_bias"] = flat.T @ d, d.sum(0)
    d = (d @ w["dense1"].T).reshape(a2.shape) * (a2 > 0)
    g["conv2"], g["conv2_bias"] = c2.T @ d, d.sum(0)
    d = unpatch(d @ w["conv2"].T, (*s1, CHANNELS[0])).reshape(a1.shape) * (a1 > 0)
    g["conv1"], g["conv1_bias"] = c1.T @ d, d.sum(0)
    return loss, g


class Adam:
    def __init__(self, weights, decay=1e-4):
        self.mean = {k: np.zeros_like(v) for k, v in weights.items()}
        self.square = {k: np.zeros_like(v) for k, v in weights.items()}
        self.decay, self.step = decay, 0

    def update(self, weights, gradients, rate):
        self.step += 1
        for k, g in gradients.items():
            self.mean[k] += .1 * (g - self.mean[k])
            self.square[k] += .001 * (g * g - self.square[k])
            m, v = self.mean[k] / (1 - .9 ** self.step), self.square[k] / (1 - .999 ** self.step)
            weights[k] -= rate * (m / (np.sqrt(v) + 1e-8) + self.decay * weights[k])
