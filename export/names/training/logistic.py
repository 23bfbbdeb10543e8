"""Fits a logistic regression: the same rows in the same order give the same numbers."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]


def fitted(table: csr_matrix, signs: Floats, weights: Floats, penalty: float, iterations: int) -> Floats:
    """Return the coefficient of each column; `signs` are 1 and -1, `weights` what each row counts.

    `penalty` is of the squares of the coefficients.
    """
    turned = csr_matrix(table.transpose())

    def loss(beta: Floats) -> tuple[float, Floats]:
        margins = signs * (table @ beta)
        slopes = -signs * weights / (1 + np.exp(np.clip(margins, -30, 30)))
        value = float(weights @ np.logaddexp(0, -margins) + penalty * beta @ beta)
        return value, turned @ slopes + 2 * penalty * beta

    begin = np.zeros(turned.get_shape()[0])
    return np.asarray(minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": iterations}).x)
