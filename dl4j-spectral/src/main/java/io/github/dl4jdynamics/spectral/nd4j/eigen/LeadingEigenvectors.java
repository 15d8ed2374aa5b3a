/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Leading eigenvectors of a positive semidefinite matrix that changes a little at a time, by one step of orthogonal iteration
 * with Ritz vectors per refresh, or by a decomposition each time.
 *
 * <p>Eight vectors more than asked for are followed, so that these converge faster. Begins with a decomposition. Arrays are
 * allocated once, outside of workspaces. For one thread at a time.
 *
 * @since 0.1
 */
public final class LeadingEigenvectors {
    private static final int OVERSAMPLING = 8;

    private final EigenBasis basis;
    private final int k;

    /**
     * Vectors to follow.
     *
     * @param n rows of the matrix
     * @param k how many, from 1 to n
     * @param type FLOAT or DOUBLE
     * @param exact whether to decompose at each refresh
     * @param residualLimit residual ({@link BasisRefresh#residual()}) beyond which a decomposition takes the place of a step
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public LeadingEigenvectors(int n, int k, DataType type, boolean exact, double residualLimit) {
        checkArgument(k >= 1 && k <= n, "number of eigenvectors must be from 1 to %s, got %s", n, k);
        this.k = k;
        DenseKernels kernels = DenseKernels.auto();
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray vectors = Nd4j.create(type, new long[] {n, Math.min(n, k + OVERSAMPLING)}, 'f');
            basis = new EigenBasis(
                    kernels, vectors, exact ? null : new OrthogonalIteration(kernels), true, true, residualLimit);
        }
    }

    /** Follows the matrix to where it is now; if it is refused, the vectors stay. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public BasisRefresh refresh(INDArray matrix) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return basis.refresh(new DenseOperator(matrix));
        }
    }

    /** The vectors, [n, k], the largest eigenvalue's first; live, not to be changed. */
    public INDArray vectors() {
        return basis.vectors().get(NDArrayIndex.all(), NDArrayIndex.interval(0, k));
    }

    /** {@code v_i^T A v_i} for a matrix, with the vectors as they are. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public double[] values(INDArray matrix) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray all = basis.vectors();
            return Arrays.copyOf(Columns.products(all, Nd4j.gemm(matrix, all, false, false)), k);
        }
    }
}
