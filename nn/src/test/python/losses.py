"""Prints PyTorch's losses of the inputs of LossTest, which holds the numbers: python losses.py"""
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
scores = torch.tensor([[0.5, -1.25, 2.0], [1.5, 0.25, -0.75], [-2.0, 0.5, 0.125], [0.75, 0.75, -0.5]])
labels, weights = torch.tensor([2, 0, 1, 0]), torch.tensor([0.5, 2.0, 1.25])
partial = torch.tensor([2, -100, 1, 0])
shares = torch.softmax(torch.tensor([[1.0, 2, 0.5], [0, 0, 1], [3, 1, 1], [0.5, 0.25, 2]]), -1)
p, y, signs = torch.tensor([0.5, -1.25, 2.0, 3.5]), torch.tensor([0.25, 1.0, 2.0, -1.0]), torch.tensor([1.0, -1, 1, -1])
b = torch.tensor([[1.0, 0.5, 2.0], [-1.5, 0.25, 0.75], [2.0, 0.5, 0.125], [0, 0, 0]])

for name, loss in {
    "smoothed": F.cross_entropy(scores, labels, label_smoothing=0.1),
    "weighted": F.cross_entropy(scores, labels, weight=weights),
    "smoothed and weighted": F.cross_entropy(scores, labels, weight=weights, label_smoothing=0.1),
    "ignoring": F.cross_entropy(scores, partial),
    "all three": F.cross_entropy(scores, partial, weight=weights, label_smoothing=0.1),
    "smoothed distributions": F.cross_entropy(scores, shares, label_smoothing=0.1),
    "weighted distributions": F.cross_entropy(scores, shares, weight=weights),
    "absolute": F.l1_loss(p, y),
    "huber": F.huber_loss(p, y, delta=1.5),
    "smooth absolute": F.smooth_l1_loss(p, y, beta=1.5),
    "poisson": F.poisson_nll_loss(p, y.abs()),
    "nll": F.nll_loss(torch.log_softmax(scores, -1), labels),
    "kl": F.kl_div(torch.log_softmax(scores, -1), shares, reduction="batchmean"),
    "bce": F.binary_cross_entropy(torch.tensor([0.0, 0.25, 1, 0.5]), torch.tensor([1, 0.25, 1, 0.0])),
    "multi-class hinge": F.multi_margin_loss(scores, labels),
    "cosine": F.cosine_embedding_loss(scores, b, torch.ones(4)),
    "cosine with signs": F.cosine_embedding_loss(scores, b, signs, margin=0.2),
    "triplet": F.triplet_margin_loss(scores, b, b.flip(1), margin=0.5),
}.items():
    print(name, repr(loss.item()))
