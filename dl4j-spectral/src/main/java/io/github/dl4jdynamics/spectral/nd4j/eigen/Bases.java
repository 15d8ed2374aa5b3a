/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Random;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.nd4j.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a basis [n, k] in 'f' order can begin with. */
final class Bases {
    private Bases() {}

    /**
     * Fills a basis with the leading eigenvectors of a matrix.
     *
     * @return false if the matrix is not finite; the basis is then as it was
     */
    static boolean fillByDecomposition(INDArray basis, DenseKernels kernels, SymmetricOperator matrix) {
        INDArray dense = matrix.toDense();
        if (!Double.isFinite(dense.sumNumber().doubleValue())) {
            return false;
        }
        fillWithLeading(basis, kernels.symmetricEigen(dense));
        return true;
    }

    /** As many eigenvectors as the basis has columns, the largest eigenvalue's first, in its type. */
    static void fillWithLeading(INDArray basis, SymmetricEigen eigen) {
        int n = Math.toIntExact(eigen.vectors().size(1));
        int k = Math.toIntExact(basis.size(1));
        double[] column = new double[n];
        MatrixMemory ascending = MatrixMemory.of(eigen.vectors());
        MatrixMemory memory = MatrixMemory.of(basis);
        for (int j = 0; j < k; j++) {
            ascending.read(n - 1 - j, 0, n, column);
            memory.write(j, 0, n, column, 0);
        }
        memory.flush();
    }

    /** Orthonormal columns, the same each time: runs can be repeated. */
    static void fillAtRandom(INDArray basis, DenseKernels kernels) {
        Random random = new Random(1);
        float[] entries = new float[Math.toIntExact(basis.length())];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = (float) random.nextGaussian();
        }
        basis.assign(Nd4j.create(entries, basis.shape(), 'f'));
        kernels.orthonormalize(basis);
    }
}
