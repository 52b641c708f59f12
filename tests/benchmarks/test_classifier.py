import numpy as np
import pytest
from classifier import auc, boosting, c2st_agg, features_of
from coding import encode, halves, shuffled, subset
from folder import read_folder, read_frames


class Memory:
    """Learns the mean of each feature for both labels and asks which is nearer."""

    def __init__(self, seed):
        self.centres = None

    def fit(self, features, labels):
        self.centres = [np.nan_to_num(features[labels == label]).mean(axis=0) for label in (0, 1)]

    def predict_proba(self, features):
        far = [((np.nan_to_num(features) - centre) ** 2).sum(axis=1) for centre in self.centres]
        return np.stack([far[1] - far[0], far[0] - far[1]], axis=1)


@pytest.fixture
def homes(households):
    folder = read_folder(households)
    return encode(folder, read_frames(folder))


def test_the_area_under_the_curve_by_hand():
    labels = np.array([0, 0, 1, 1])
    assert auc(np.array([0.1, 0.2, 0.3, 0.4]), labels) == 1
    assert auc(np.array([0.4, 0.3, 0.2, 0.1]), labels) == 0
    assert auc(np.array([0.1, 0.3, 0.2, 0.4]), labels) == 0.75
    assert auc(np.array([0.5, 0.5, 0.5, 0.5]), labels) == 0.5


def test_a_case_has_its_codes_and_what_is_below_it(tiny):
    """Case 2 (colour no, year in the last bin) has victims m, f, m, one leg and one link."""
    folder = read_folder(tiny)
    features = features_of(encode(folder, read_frames(folder)))
    root, victim = 2, 1 + 1 + 4
    leg, link = 1 + (1 + 12) + (1 + 4), 1 + 1 + 5
    assert features.shape == (4, root + victim + leg + link)
    case = features[1]
    assert case[:root].tolist() == [1, 9]
    assert case[root : root + victim].tolist() == pytest.approx([3, 2 / 3, 1 / 3, 2 / 3, 0, 0])
    assert case[root + victim] == 1
    # Case 3 has nobody below it.
    empty = features[2][root : root + victim]
    assert empty[0] == 0
    assert np.isnan(empty[1:]).all()


def test_what_differs_is_told_apart_and_what_does_not_is_not(homes):
    def score(one, other):
        return c2st_agg(one, other, rng=np.random.default_rng(1), make=Memory)

    kind = homes.tables["home"].codes["kind"]
    small, large = (subset(homes, np.flatnonzero(kind == number)) for number in (0, 2))
    assert score(small, large) > 0.9
    assert abs(score(*halves(homes, np.random.default_rng(2))) - 0.5) < 0.1
    assert score(small, large) == score(small, large)


def test_without_a_classifier_or_with_few_cases_there_is_no_number(homes, tiny):
    folder = read_folder(tiny)
    few = encode(folder, read_frames(folder))
    rng = np.random.default_rng(1)
    assert c2st_agg(homes, homes, rng=rng, make=lambda seed: None) is None
    assert c2st_agg(few, few, rng=rng, make=Memory) is None


def test_many_cases_are_thinned(homes, monkeypatch):
    import classifier

    seen = []

    class Watch(Memory):
        def fit(self, features, labels):
            seen.append(len(labels))
            super().fit(features, labels)

    monkeypatch.setattr(classifier, "MOST_CASES", 50)
    c2st_agg(homes, homes, rng=np.random.default_rng(1), make=Watch)
    assert seen == [80] * 5


def test_gradient_boosting_tells_shuffled_cases(homes):
    pytest.importorskip("sklearn", reason="scikit-learn is no dependency")
    assert boosting(1) is not None
    mixed = shuffled(homes, np.random.default_rng(2))
    assert c2st_agg(homes, mixed, rng=np.random.default_rng(1)) > 0.9
