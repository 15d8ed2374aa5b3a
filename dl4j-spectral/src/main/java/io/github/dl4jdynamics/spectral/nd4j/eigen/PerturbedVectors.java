/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All right singular vectors V of a tall matrix T, as they were some refreshes ago: what they are off by now is in the
 * gradient to the first order, so that they need to follow only from time to time.
 *
 * <pre>{@code
 * H = (T V)^T (T V),   sum = a T + T V F D V^T        F of NearlyDiagonal
 * }</pre>
 *
 * <p>The diagonal D gives the columns of {@code T V F} the lengths {@code phi_i} that they have with singular vectors; what the
 * second order makes too short is mostly mended by that. The images {@code T v_i} of singular vectors are orthogonal. Where
 * those of V have become oblique, V turns before the next refresh, by small rotations. Where many are too oblique for the first
 * order, as those of a whole null space are out of which one direction grows, they turn at once to their Ritz vectors.
 *
 * <p>For a penalty that is not smooth F is diagonal, and V turns within each refresh.
 *
 * <p>Cost of a refresh of [m, n]: three products of m n^2 multiplications and half a one for H; where V turns one more and a QR
 * factorization, half a one beyond that where it turns at once, and some nine k^3 for k Ritz vectors.
 */
final class PerturbedVectors implements SingularVectors {
    /** {@link NearlyDiagonal#tilt} from which V follows: its square is the order of what is left of the error. */
    private static final double OBLIQUE = 0.1;

    /** Sum of squared cosines with other images from which the first order does not do for a column. */
    private static final double TOO_OBLIQUE = 0.25;

    /** Share of such columns from which they turn at once: fewer are hardly seen in the gradient. */
    private static final double MANY = 0.02;

    /** Squared norm of a gradient in units of that of its slopes from which the first order does not do. */
    private static final double LARGEST_NORM = 1.05;

    /** Factor up to which an image of the gradient is made longer. */
    private static final double MOST_STRETCH = 2;

    private final DenseKernels kernels;
    private final boolean smooth;
    private final boolean exactStart;
    private final double residualLimit;
    private INDArray vectors;
    private INDArray turned;
    private final INDArray images;
    private final INDArray mapped;
    private final INDArray square;
    private final INDArray rotation;
    private final NearlyDiagonal gram;
    private final DescendingOrder order;
    private double squaredNorm;
    private final double[] lengths;
    private boolean started;

    /** Whether better vectors, not yet orthonormal, are in {@code turned}, for the next refresh. */
    private boolean turning;

    /** Whether the latest gradient is of the first order. */
    private boolean corrected;

    private double correction;

    /** Whether a matrix was looked at since the latest refresh. */
    private boolean measured;

    /**
     * Vectors to follow.
     *
     * @param vectors [n, n] in 'f' order, overwritten
     * @param rows m
     * @param smooth whether the penalty is
     * @param exactStart whether to begin with a decomposition instead of random vectors
     * @param residualLimit residual beyond which a decomposition takes the place of V
     */
    PerturbedVectors(
            DenseKernels kernels,
            INDArray vectors,
            long rows,
            boolean smooth,
            boolean exactStart,
            double residualLimit) {
        this.kernels = kernels;
        this.vectors = vectors;
        this.smooth = smooth;
        this.exactStart = exactStart;
        this.residualLimit = residualLimit;
        images = Nd4j.create(vectors.dataType(), new long[] {rows, vectors.size(1)}, 'f');
        mapped = Nd4j.create(vectors.dataType(), images.shape(), 'f');
        square = Nd4j.create(vectors.dataType(), vectors.shape(), 'f');
        turned = Nd4j.create(vectors.dataType(), vectors.shape(), 'f');
        rotation = Nd4j.create(vectors.dataType(), vectors.shape(), 'f');
        gram = new NearlyDiagonal(square);
        lengths = gram.lengths();
        order = new DescendingOrder(lengths.length);
    }

    @Override
    public BasisRefresh refresh(INDArray matrix) {
        long begin = System.nanoTime();
        double norm = Numbers.norm(matrix);
        BasisRefresh.Outcome outcome = BasisRefresh.Outcome.REFUSED;
        double residual = Double.NaN;
        if (Numbers.isFinite(norm * norm * lengths.length, matrix.dataType())) {
            TallMatrix tall = new TallMatrix(matrix, images);
            if (!started && exactStart) {
                outcome = BasisRefresh.Outcome.DECOMPOSED;
            } else {
                residual = follow(tall);
                outcome = residual > residualLimit ? BasisRefresh.Outcome.REPLACED : BasisRefresh.Outcome.STEPPED;
            }
            if (outcome != BasisRefresh.Outcome.STEPPED) {
                Bases.fillByDecomposition(vectors, kernels, tall);
                started = true;
                look(tall);
            }
            measured = false;
            squaredNorm = norm * norm;
            order.sort(lengths);
        }
        return new BasisRefresh(outcome, residual, System.nanoTime() - begin);
    }

    @Override
    public void forget() {
        started = false;
        turning = false;
    }

    /** Returns the residual of the basis at hand. */
    private double follow(TallMatrix tall) {
        if (!started) {
            Bases.fillAtRandom(vectors, kernels);
            started = true;
        } else if (turning) {
            turn();
        }
        turning = false;
        look(tall);
        double residual = gram.residual();
        if (residual <= residualLimit) {
            int[] oblique = gram.oblique(TOO_OBLIQUE);
            if (oblique.length > Math.max(1, MANY * lengths.length)) {
                RitzTurn.of(oblique, vectors, square, kernels);
                kernels.orthonormalize(vectors); // rounding would add up
                look(tall);
            } else if (!smooth) {
                foreseeTurn();
                turn();
                look(tall);
            }
        }
        return residual;
    }

    /** Better vectors into {@code turned}, from H. */
    private void foreseeTurn() {
        gram.rotation(rotation);
        Nd4j.gemm(vectors, rotation, turned, false, false, 1, 0);
    }

    private void turn() {
        INDArray before = vectors;
        vectors = turned;
        turned = before;
        kernels.orthonormalize(vectors);
    }

    private void look(TallMatrix tall) {
        tall.map(vectors);
        kernels.gram(images, square);
        gram.measure(Numbers.epsilon(images.dataType()) * images.size(0));
    }

    @Override
    public void measure(INDArray matrix) {
        look(new TallMatrix(matrix, images));
        measured = true;
        squaredNorm = Math.pow(Numbers.norm(matrix), 2);
        order.sort(lengths);
    }

    @Override
    public double[] values() {
        return order.leading(lengths.length);
    }

    @Override
    public double squaredNorm() {
        return squaredNorm;
    }

    @Override
    public double correction(double[] slopes) {
        return measured && corrected ? gram.correction(order.byColumn(slopes)) : correction;
    }

    @Override
    public void combine(INDArray matrix, double a, double[] slopes, INDArray sum) {
        double[] byColumn = order.byColumn(slopes);
        turning = smooth && gram.tilt() > OBLIQUE;
        if (turning) {
            foreseeTurn();
        }
        correction = gram.replaceByFunction(byColumn, smooth);
        corrected = smooth && map(byColumn);
        if (!corrected) {
            if (smooth) {
                kernels.gram(images, square); // the function has taken its place
                foreseeTurn();
                turning = true;
            }
            correction = gram.replaceByFunction(byColumn, false);
            map(byColumn);
        }
        new TallMatrix(matrix, images).combine(a, mapped, vectors, sum);
    }

    /**
     * The gradient's images {@code T V F} of V, brought to the lengths that those of singular vectors have.
     *
     * @return whether F is of use: the first order is never too long, unless the images are too oblique for it
     */
    private boolean map(double[] slopes) {
        Nd4j.gemm(images, square, mapped, false, false, 1, 0);
        double[] squares = Columns.products(mapped, mapped);
        double[] factors = new double[slopes.length];
        double bound = 0;
        for (int i = 0; i < factors.length; i++) {
            bound += slopes[i] * slopes[i];
            double length = Math.sqrt(squares[i]);
            factors[i] = Math.abs(slopes[i]) < MOST_STRETCH * length ? Math.abs(slopes[i]) / length : MOST_STRETCH;
        }
        mapped.muliRowVector(Nd4j.createFromArray(factors).castTo(mapped.dataType()));
        return Arrays.stream(squares).sum() <= LARGEST_NORM * bound;
    }
}
