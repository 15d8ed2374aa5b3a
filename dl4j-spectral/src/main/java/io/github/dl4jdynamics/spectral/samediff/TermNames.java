/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.List;

/** Names of the variables of a term in its graph; a file format. */
final class TermNames {
    private final String term;

    TermNames(String term) {
        this.term = term;
    }

    String term() {
        return term;
    }

    /** All that a term adds by name. */
    List<String> all() {
        return List.of(basis(), settings(), reader(), quadratic(), loss());
    }

    /** Constant {@code [n, k]}: the eigenvectors. */
    String basis() {
        return term + "_basis";
    }

    /** Constant: what {@link TermSettings} holds. */
    String settings() {
        return term + "_settings";
    }

    /** Output of the one op that reads the matrix, {@code A + A^T}. */
    String reader() {
        return term + "_reader";
    }

    /** {@code [k]}: {@code d_i = u_i^T A u_i}. */
    String quadratic() {
        return term + "_quadratic";
    }

    /** Scalar: the weighted function. */
    String loss() {
        return term + "_loss";
    }
}
