"""Images and their labels: from files, downloaded, or of noise.

An image from a dataset of arrays (MNIST, CIFAR10, FakeData, ...) is a NumPy array of uint8, (H, W)
or (H, W, C), where torchvision gives a picture of Pillow's; one from an image file (ImageFolder) is
such a picture. What is in `transforms` takes both alike.
"""

from tinygrad_np.vision.datasets.cifar import CIFAR10, CIFAR100
from tinygrad_np.vision.datasets.emnist import EMNIST, QMNIST
from tinygrad_np.vision.datasets.fakedata import FakeData
from tinygrad_np.vision.datasets.folder import DatasetFolder, ImageFolder
from tinygrad_np.vision.datasets.idx import read_idx
from tinygrad_np.vision.datasets.mnist import KMNIST, MNIST, Digits, FashionMNIST
from tinygrad_np.vision.datasets.mnist_pickle import read_mnist_pickle
from tinygrad_np.vision.datasets.stl10 import STL10
from tinygrad_np.vision.datasets.svhn import SVHN
from tinygrad_np.vision.datasets.usps import USPS
from tinygrad_np.vision.datasets.vision import VisionDataset

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "EMNIST",
    "KMNIST",
    "MNIST",
    "QMNIST",
    "STL10",
    "SVHN",
    "USPS",
    "DatasetFolder",
    "Digits",
    "FakeData",
    "FashionMNIST",
    "ImageFolder",
    "VisionDataset",
    "read_idx",
    "read_mnist_pickle",
]
