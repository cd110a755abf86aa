"""Where probabilities are 0 or 1, batches empty, and parameters wrong."""

import math

import pytest

import tinygrad_np as tg
from tinygrad_np import distributions as D

INF = math.inf


def test_divergences_where_something_is_sure():
    kl, coin = D.kl_divergence, D.Bernoulli
    p, q = tg.tensor([0.0, 1.0, 0.0, 1.0, 0.5, 0.5]), tg.tensor([0.5, 0.5, 0.0, 1.0, 0.0, 1.0])
    half = math.log(2)
    assert kl(coin(p), coin(q)).tolist() == pytest.approx([half, half, 0, 0, INF, INF])
    far = kl(coin(logits=tg.tensor([200.0, 0.0])), coin(logits=tg.tensor([0.0, 200.0])))
    assert far.tolist() == pytest.approx([half, INF])
    for kind in (D.Categorical, D.OneHotCategorical):
        one, two = tg.tensor([[0.5, 0.5], [1.0, 0.0]]), tg.tensor([[1.0, 0.0], [0.5, 0.5]])
        assert kl(kind(one), kind(two)).tolist() == pytest.approx([INF, half])
        sure = kind(logits=tg.tensor([-INF, 0.0]))
        assert kl(sure, kind(tg.tensor([0.5, 0.5]))).item() == pytest.approx(half)


def test_probabilities_where_something_is_sure():
    assert D.Poisson(0.0).log_prob(tg.tensor([0.0, 1.0])).tolist() == [0.0, -INF]
    sure = D.Multinomial(2, logits=tg.tensor([-INF, 1.0]))
    assert sure.log_prob(tg.tensor([0.0, 2.0])).item() == pytest.approx(0)
    assert D.Geometric(1.0).log_prob(tg.tensor([0.0, 1.0])).tolist() == [0.0, -INF]
    assert D.NegativeBinomial(0.0, 0.5).log_prob(tg.tensor(0.0)).item() == 0


def test_gradients_of_a_count():
    count = tg.tensor(4.0, requires_grad=True)
    D.Poisson(tg.tensor(0.4)).log_prob(count).backward()
    assert count.grad.item() == pytest.approx(-2.4224, abs=1e-4)  # log(0.4) - digamma(5)


def test_empty_batches():
    for d in (D.Binomial(3, tg.ones(0)), D.Normal(tg.ones(0), 1.0), D.Bernoulli(tg.ones(0))):
        assert d.sample((2,)).shape == (2, 0)
        assert d.log_prob(tg.ones(2, 0)).shape == (2, 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: D.Chi2(tg.tensor(-1.0)),
        lambda: D.Chi2(-1.0),
        lambda: D.Binomial(-1, 0.5),
        lambda: D.Binomial(math.nan, 0.5),
        lambda: D.Geometric(0.0),
        lambda: D.NegativeBinomial(3, 1.0),
        lambda: D.Multinomial(2, logits=tg.tensor([math.nan, 1.0])),
        lambda: D.Beta(1.0, -1.0),
        lambda: D.LogNormal(0.0, -1.0),
    ],
)
def test_parameters_are_checked(make):
    with pytest.raises(ValueError, match="Expected parameter"):
        make()


def test_values_are_checked():
    for d in (D.Beta(1.0, 2.0), D.StudentT(1.0), D.Normal(0.0, 1.0)):
        with pytest.raises(ValueError, match="must be a Tensor"):
            d.log_prob(1.0)
    with pytest.raises(ValueError, match="must match event_shape"):
        D.Dirichlet(tg.ones(3)).log_prob(tg.ones(1))
    with pytest.raises(ValueError, match="within the support"):
        D.LogNormal(0.0, 1.0).log_prob(tg.tensor(-1.0))
    with pytest.raises(ValueError, match="within the support"):
        D.Uniform(0.0, 1.0).cdf(tg.tensor(2.0))
    assert D.Normal(0.0, 1.0, validate_args=False).log_prob(0.0).item() == pytest.approx(
        -0.918938533
    )


def test_mixtures():
    """Each of a batch has a choice of its own, also where one choice is given for all."""
    parts = D.Normal(tg.tensor([-100.0, 100.0]).expand(50, 2), 1.0)
    d = D.MixtureSameFamily(D.Categorical(tg.tensor([0.5, 0.5])), parts)
    tg.manual_seed(0)
    assert 5 < (d.sample() > 0).sum() < 45
    with pytest.raises(ValueError, match="does not equal"):
        D.MixtureSameFamily(D.Categorical(tg.ones(3)), parts)
    with pytest.raises(ValueError, match="not compatible"):
        D.MixtureSameFamily(D.Categorical(tg.ones(3, 2)), parts)
    with pytest.raises(ValueError, match="instance of Categorical"):
        D.MixtureSameFamily(D.Bernoulli(0.5), parts)


def test_all_values():
    d = D.Bernoulli(tg.full((3,), 0.2))
    assert d.enumerate_support().shape == (2, 3)
    assert d.enumerate_support(expand=False).tolist() == [[0.0], [1.0]]
    assert D.Binomial(2, 0.5).enumerate_support().tolist() == [0.0, 1.0, 2.0]
    classes = D.Categorical(tg.ones(2, 3))
    assert classes.enumerate_support(False).dtype == tg.int64
    assert classes.log_prob(classes.enumerate_support()).exp().sum(0).tolist() == [1.0, 1.0]
    with pytest.raises(NotImplementedError, match="from 1"):
        D.Binomial(tg.tensor([1.0, 2.0]), 0.5).enumerate_support()
    with pytest.raises(NotImplementedError, match="enumerate_support"):
        D.Normal(0.0, 1.0).enumerate_support()


def test_how_they_are_printed():
    assert repr(D.Normal(0.0, 1.0)) == "Normal(loc: 0.0, scale: 1.0)"
    assert (
        repr(D.Binomial(2, tg.ones(3)))
        == "Binomial(total_count: torch.Size([3]), probs: torch.Size([3]))"
    )
    assert repr(D.LogNormal(0.0, 1.0)) == "LogNormal()"


def test_there_is_no_mode_where_all_points_are_as_likely():
    found = D.Dirichlet(tg.tensor([[1.0, 1, 1], [2, 1, 1], [0.5, 0.5, 0.2]])).mode.tolist()
    assert all(map(math.isnan, found[0]))
    assert found[1:] == [[1, 0, 0], [1, 0, 0]]
    assert math.isnan(D.Beta(1.0, 1.0).mode.item())
