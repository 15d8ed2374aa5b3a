/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/** Which implementation normalises an array. */
public final class GhostNorms {
    private static final GhostNorm CPU = new CpuGhostNorm();
    private static final GhostNorm ND4J = new Nd4jGhostNorm();

    private GhostNorms() {}

    /** Direct kernels where the array lies in memory the CPU can reach at once, ND4J's operations elsewhere. */
    public static GhostNorm of(INDArray array) {
        boolean onCpu = Nd4j.getExecutioner().type() == ExecutionerType.NATIVE_CPU;
        return onCpu && Memory.holds(array) ? CPU : ND4J;
    }
}
