/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Leading singular vectors of both sides of a matrix that changes from one refresh to the next, one side at a time.
 *
 * <pre>{@code
 * P = M^T U = V' S Q^T,     V <- V',   U <- U Q        and the next time
 * P = M V   = U' S Q^T,     U <- U',   V <- V Q
 * }</pre>
 *
 * <p>The decomposition of P is that of its small Gram matrix, so a refresh has one thin product and a QR factorization. The part
 * of singular vector j in place i falls by {@code sigma_j / sigma_i} with each turn of a side. A matrix that moves fast gets
 * both turns in one refresh. Bi-iteration SVD: Clint and Jennings, J. Inst. Maths Applics 8, 1971; Strobach, IEEE Trans. Signal
 * Process. 45(5), 1997.
 */
final class BiIteration implements SingularVectors {
    /**
     * Residual from which both sides turn. A Gaussian matrix of order 1024 that moves by 0.3 % leaves one of 0.006; the gradient
     * of its Ky Fan 32 norm then has a cosine of 0.9994 with the true one, and 0.9997 if both turn.
     */
    private static final double FAST = 0.01;

    private final DenseKernels kernels;
    private final int leading;
    private final boolean normed;
    private final boolean exactStart;
    private final double residualLimit;
    private final Side left;
    private final Side right;
    private final INDArray gram;
    private final INDArray turn;
    private final DescendingOrder order;
    private double squaredNorm = Double.NaN;
    private boolean started;

    /** Whose turn it is. */
    private Side next;

    /** Vectors of one side, [rows, k] in 'f' order, and as much room. */
    private static final class Side {
        private INDArray vectors;
        private INDArray room;

        private Side(INDArray like, long rows, long k) {
            vectors = Nd4j.create(like.dataType(), new long[] {rows, k}, 'f');
            room = Nd4j.create(like.dataType(), vectors.shape(), 'f');
        }

        private void turn(INDArray q) {
            Nd4j.gemm(vectors, q, room, false, false, 1, 0);
            INDArray before = vectors;
            vectors = room;
            room = before;
        }
    }

    /**
     * Vectors to follow.
     *
     * @param like a matrix of the shape and type to follow
     * @param k how many vectors to follow
     * @param leading how many singular values matter
     * @param normed whether the Frobenius norm matters; NaN if not
     * @param exactStart whether to begin with a decomposition instead of random vectors
     * @param residualLimit residual beyond which a decomposition takes the place of a turn
     */
    BiIteration(
            DenseKernels kernels,
            INDArray like,
            int k,
            int leading,
            boolean normed,
            boolean exactStart,
            double residualLimit) {
        this.kernels = kernels;
        this.leading = leading;
        this.normed = normed;
        this.exactStart = exactStart;
        this.residualLimit = residualLimit;
        left = new Side(like, like.size(0), k);
        right = new Side(like, like.size(1), k);
        next = right;
        gram = Nd4j.create(like.dataType(), new long[] {k, k}, 'f');
        turn = Nd4j.create(like.dataType(), new long[] {k, k}, 'f');
        order = new DescendingOrder(k);
    }

    @Override
    public BasisRefresh refresh(INDArray matrix) {
        long begin = System.nanoTime();
        if (!started && !exactStart) {
            Bases.fillAtRandom(right.vectors, kernels);
            next = left;
            started = true;
        }
        double residual = Double.NaN;
        BasisRefresh.Outcome outcome = BasisRefresh.Outcome.DECOMPOSED;
        if (started) {
            residual = project(matrix);
            outcome = Double.isNaN(residual)
                    ? BasisRefresh.Outcome.REFUSED
                    : residual > residualLimit ? BasisRefresh.Outcome.REPLACED : BasisRefresh.Outcome.STEPPED;
        }
        if (outcome == BasisRefresh.Outcome.STEPPED) {
            turn();
            if (residual > FAST && !Double.isNaN(project(matrix))) {
                turn();
            }
        } else if (outcome != BasisRefresh.Outcome.REFUSED && !decompose(matrix)) {
            outcome = BasisRefresh.Outcome.REFUSED;
        }
        if (outcome != BasisRefresh.Outcome.REFUSED) {
            measureNorm(matrix);
        }
        return new BasisRefresh(outcome, residual, System.nanoTime() - begin);
    }

    @Override
    public void forget() {
        started = false;
    }

    /** Returns false if squares of the matrix are not finite; it begins anew then with the next one. */
    private boolean decompose(INDArray matrix) {
        Side small = matrix.size(0) < matrix.size(1) ? left : right;
        next = small == left ? right : left;
        started = Bases.fillByDecomposition(small.vectors, kernels, new TallMatrix(matrix, next.room))
                && !Double.isNaN(project(matrix));
        if (started) {
            turn();
        }
        return started;
    }

    /**
     * P into the room of the side whose turn it is, and its Gram matrix.
     *
     * @return {@code ||P - V D|| / ||P||} with {@code D = diag(V^T P)}; NaN unless P is finite
     */
    private double project(INDArray matrix) {
        boolean toRight = next == right;
        Nd4j.gemm(matrix, other().vectors, next.room, toRight, false, 1, 0);
        kernels.gram(next.room, gram);
        return Columns.residual(Columns.products(next.vectors, next.room), squares());
    }

    /** {@code ||p_i||^2}. */
    private double[] squares() {
        int k = Math.toIntExact(gram.size(0));
        double[] squares = new double[k];
        MatrixMemory memory = MatrixMemory.of(gram);
        for (int i = 0; i < k; i++) {
            memory.read(i, i, 1, squares);
        }
        return squares;
    }

    /** Both sides to the singular vectors of P. */
    private void turn() {
        Bases.fillWithLeading(turn, kernels.symmetricEigen(gram));
        Nd4j.gemm(next.room, turn, next.vectors, false, false, 1, 0);
        double negligible = Numbers.epsilon(gram.dataType()) * Math.max(left.vectors.size(0), right.vectors.size(0));
        order.sort(Columns.lengths(next.vectors, negligible));
        kernels.orthonormalize(next.vectors);
        other().turn(turn);
        next = other();
    }

    private Side other() {
        return next == left ? right : left;
    }

    @Override
    public void measure(INDArray matrix) {
        Nd4j.gemm(matrix, right.vectors, left.room, false, false, 1, 0);
        double[] along = Columns.products(left.vectors, left.room);
        order.sort(Arrays.stream(along).map(sigma -> Math.max(0, sigma)).toArray());
        measureNorm(matrix);
    }

    private void measureNorm(INDArray matrix) {
        if (normed) {
            squaredNorm = Math.pow(Numbers.norm(matrix), 2);
        }
    }

    @Override
    public double[] values() {
        return order.leading(leading);
    }

    @Override
    public double squaredNorm() {
        return squaredNorm;
    }

    @Override
    public void combine(INDArray matrix, double a, double[] slopes, INDArray sum) {
        double[] factors = order.byColumn(slopes);
        for (int i = 0; i < factors.length; i++) {
            factors[i] = order.length(i) == 0 ? 0 : factors[i];
        }
        INDArray u = Columns.scaled(left.vectors, factors, left.room);
        if (a != 0) {
            sum.assign(matrix);
        }
        Nd4j.gemm(u, Columns.leading(right.vectors, u.size(1)), sum, false, true, 1, a);
    }
}
