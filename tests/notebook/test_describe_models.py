"""Estimators of scikit-learn and models of pydantic: parameters, what was learned, fields."""

from typing import Any

import pytest
from describing import described, said

np = pytest.importorskip("numpy")
pydantic = pytest.importorskip("pydantic")
BaseEstimator = pytest.importorskip("sklearn.base").BaseEstimator
ColumnTransformer = pytest.importorskip("sklearn.compose").ColumnTransformer
LogisticRegression = pytest.importorskip("sklearn.linear_model").LogisticRegression
GridSearchCV = pytest.importorskip("sklearn.model_selection").GridSearchCV
make_pipeline = pytest.importorskip("sklearn.pipeline").make_pipeline
StandardScaler = pytest.importorskip("sklearn.preprocessing").StandardScaler

X, Y = np.arange(40.0).reshape(20, 2), np.arange(20) % 2


def test_a_model_is_told_by_its_parameters():
    text = said(LogisticRegression(C=0.5, solver="liblinear"))
    assert text.startswith(
        "`v`: model sklearn.LogisticRegression, not fitted\nParameters that are not at their defaults:\n"
    )
    assert "- C: 0.5" in text
    assert '- solver: "liblinear"' in text
    assert "At their defaults: " in text
    assert "fit_intercept=True" in text
    assert "Learned:" not in text


def test_a_fitted_model_is_told_by_what_it_learned():
    text = said(LogisticRegression().fit(X, Y))
    assert "model sklearn.LogisticRegression, fitted" in text
    assert "- coef_: <numpy ndarray, 1 × 2, float64>" in text
    assert "- n_features_in_: 2" in text


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), LogisticRegression()),
        ColumnTransformer([("scaled", StandardScaler(), [0])]),
        GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2),
    ],
    ids=lambda model: type(model).__name__,
)
def test_models_of_models(model):
    text = said(model)
    assert "not fitted" in text
    assert "StandardScaler()" in text or "LogisticRegression()" in text
    assert ", fitted" in said(model.fit(X, Y))


def test_describing_a_model_calls_none_of_its_methods():
    class Careful(BaseEstimator):
        def __init__(self, depth=3, *, نام="x"):  # noqa: PLC2401
            self.depth, self.نام = depth, نام

        def fit(self, x, y=None):
            raise AssertionError

        get_params = fit

        @property
        def guess_(self):
            raise AssertionError

        def __repr__(self):
            raise AssertionError

    text = said(Careful(depth=5))
    assert "- depth: 5" in text
    assert 'نام="x"' in text


def test_parameters_that_a_subclass_passes_on_are_found():
    class Base:
        def __init__(self, depth=3, rate=0.1):
            self.depth, self.rate = depth, rate

        def fit(self): ...

        def get_params(self): ...

    class Derived(Base):
        def __init__(self, objective="squares", **others):
            super().__init__(**others)
            self.objective = objective
            self._Booster = object()

    text = said(Derived(rate=0.5))
    assert "Derived, fitted" in text
    assert "- rate: 0.5" in text
    assert "depth=3" in text
    assert 'objective="squares"' in text


class Order(pydantic.BaseModel):
    """An order of a shop."""

    شهر: str = pydantic.Field("تهران", description="مقصد")  # noqa: PLC2401
    count: int
    tags: list[str] | None = None
    token: str = pydantic.Field("hunter2", repr=False)
    secret: pydantic.SecretStr = pydantic.SecretStr("hunter3")
    extra: Any = None


def test_a_pydantic_model_is_told_by_its_fields():
    text = said(Order(count=3))
    assert "pydantic model test_describe_models.Order of 6 fields" in text
    assert '- شهر: "تهران"' in text
    assert "- count: 3" in text
    assert "- token: not shown, since its repr leaves it out" in text
    assert "hunter" not in text


def test_a_pydantic_class_is_told_by_its_declarations():
    found = described(Order)
    assert "pydantic model class test_describe_models.Order of 6 fields\nAn order of a shop." in found.text
    assert '- شهر: str, default "تهران": مقصد' in found.text
    assert "- count: int, required" in found.text
    assert "- tags: list[str] | None, default None" in found.text
