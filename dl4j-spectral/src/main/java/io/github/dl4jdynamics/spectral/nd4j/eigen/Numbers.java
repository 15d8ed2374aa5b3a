/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import org.nd4j.linalg.api.buffer.DataType;

/** Properties of number types. */
final class Numbers {
    private Numbers() {}

    /** Distance from 1 to the next number. */
    static double epsilon(DataType type) {
        return type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1f);
    }
}
