/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;

import io.github.dl4jdynamics.spectral.math.eigen.EigenLoss;
import io.github.dl4jdynamics.spectral.math.eigen.KyFanNorm;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalty;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * A penalty on the singular values of a matrix that changes a little at a time, with its gradient, for a fraction of the
 * cost of a decomposition.
 *
 * <pre>{@code
 * T = M or M^T with rows >= columns,   V orthonormal, near the right singular vectors of T
 * sigma_i = ||T v_i||
 * dphi/dT = 2 phi_F T + T V F V^T,   F = diag(phi_i / sigma_i)
 * }</pre>
 *
 * <p>At singular vectors that is exact. With a diagonal F, and likewise with leading vectors u_i, v_i of both sides and
 * {@code sigma_i = u_i^T T v_i}, the gradient is wrong to the first order of their error and the value to the second. {@link SpectralSolver#ORTHOGONAL_ITERATION} with a {@linkplain SpectralPenalty#isSmooth smooth} penalty, as
 * the nuclear norm is, fills F by perturbation theory, which makes these the second and the third order; there V follows only
 * where it has to. Singular values of no more than {@code max(m, n) epsilon sigma_1} count as zero, and get no gradient: where
 * the penalty has a kink there, that is a subgradient.
 *
 * <p>Nothing is allocated in workspaces; matrices that last are allocated once. Memory: for a full basis of an [m, n] matrix {@code 3 m n + 4 n^2}
 * numbers. Cost of a refresh by {@link SpectralSolver#ORTHOGONAL_ITERATION}: for k &lt; n leading vectors two products of m n k
 * multiplications and a QR factorization of [n, k], one more of each where the matrix moves by a percent or more; for all n
 * three and a half products, and one or two more and a QR factorization of [n, n] when V follows, which with a penalty that is
 * not smooth it always does. For one thread at a time.
 *
 * @since 0.1
 */
public final class SpectralGradient {
    private static final Logger log = LoggerFactory.getLogger(SpectralGradient.class);

    private final SpectralPenalty penalty;
    private final SpectralSolver solver;
    private final SingularVectors singular;
    private final INDArray gradient;
    private double value;
    private double[] sigma = {};
    private boolean failed;

    private SpectralGradient(Builder builder, INDArray like) {
        penalty = builder.penalty;
        solver = builder.solver;
        singular = builder.singularVectors(like);
        gradient = Nd4j.create(like.dataType(), like.shape(), 'f');
    }

    /** Starts the settings of a penalty's gradient. */
    public static Builder builder(SpectralPenalty penalty) {
        return new Builder(penalty);
    }

    /**
     * Follows the matrix to where it is now: afterwards {@link #value()} and {@link #gradient()} are those of this matrix.
     *
     * @param matrix of the shape and type it was built for; fastest in 'f' order
     * @return what happened; if the matrix was refused, as after an error in LAPACK, which is logged, value and gradient stay
     *     those of the one before
     * @throws IllegalArgumentException if shape or type are others
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public BasisRefresh refresh(INDArray matrix) {
        checkShape(matrix);
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return follow(matrix);
        } catch (RuntimeException e) {
            singular.forget();
            if (!failed) {
                failed = true;
                log.warn(
                        "singular vectors for the {} cannot be followed: it keeps the gradient it had, and begins anew with the"
                                + " next matrix; further cases are not logged",
                        this,
                        e);
            }
            return BasisRefresh.failed();
        }
    }

    private BasisRefresh follow(INDArray matrix) {
        BasisRefresh refresh = singular.refresh(matrix);
        if (refresh.outcome() == BasisRefresh.Outcome.REFUSED) {
            return refresh;
        }
        double[] values = singular.values();
        double squaredNorm = singular.squaredNorm();
        double[] slopes = slopes(values, squaredNorm);
        double slopeByMatrix = 2 * penalty.slopeBySquaredNorm(values, squaredNorm);
        if (!isFinite(slopeByMatrix) || !Arrays.stream(slopes).allMatch(this::isFinite)) {
            return refresh.refused();
        }
        sigma = values;
        singular.combine(matrix, slopeByMatrix, slopes, gradient);
        value = penalty.value(sigma, squaredNorm) + singular.correction(slopes);
        return refresh;
    }

    /** Those of values of zero are not used, and may be infinite. */
    private double[] slopes(double[] values, double squaredNorm) {
        double[] slopes = penalty.slopes(values, squaredNorm).clone();
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = values[i] == 0 && !isFinite(slopes[i]) ? 0 : slopes[i];
        }
        return slopes;
    }

    private boolean isFinite(double number) {
        return Numbers.isFinite(number, gradient.dataType());
    }

    private void checkShape(INDArray matrix) {
        checkArgument(
                matrix.dataType() == gradient.dataType() && Arrays.equals(matrix.shape(), gradient.shape()),
                "a penalty built for a matrix of %s and shape %s must be given such matrices, got %s of shape %s; build another",
                gradient.dataType(),
                Arrays.toString(gradient.shape()),
                matrix.dataType(),
                Arrays.toString(matrix.shape()));
    }

    /** Penalty of the latest matrix; 0 before the first. */
    public double value() {
        return value;
    }

    /** Gradient at the latest matrix, in 'f' order, outside of workspaces; live, not to be changed. */
    public INDArray gradient() {
        return gradient;
    }

    /**
     * Penalty of another matrix with the singular vectors of the latest: what {@link #gradient()} is the gradient of, up to the
     * second order of what the vectors are off by.
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public double valueWithSameVectors(INDArray matrix) {
        checkShape(matrix);
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            singular.measure(matrix);
            double[] values = singular.values();
            double norm = singular.squaredNorm();
            return penalty.value(values, norm) + singular.correction(slopes(values, norm));
        }
    }

    /**
     * Singular values of the latest matrix that matter, as far as the vectors show them; descending. None before the first.
     * {@link SpectralSolver#NEWTON_SCHULZ} knows their sum alone.
     */
    public double[] singularValues() {
        return sigma.clone();
    }

    @Override
    public String toString() {
        return penalty + " by " + solver;
    }

    /** Settings of a {@link SpectralGradient}. */
    public static final class Builder {
        private final SpectralPenalty penalty;
        private SpectralSolver solver = SpectralSolver.ORTHOGONAL_ITERATION;
        private DenseKernels kernels = DenseKernels.auto();
        private boolean exactStart = true;
        private double residualLimit = 0.3;
        private int oversampling = 8;
        private EigenLoss eigenLoss;
        private double eigenLossRate = 0.01;
        private boolean reset = true;
        private int rounds;

        private Builder(SpectralPenalty penalty) {
            this.penalty = checkNotNull(penalty, "penalty must not be null");
        }

        /** How singular vectors are found; default {@link SpectralSolver#ORTHOGONAL_ITERATION}. */
        public Builder solver(SpectralSolver choice) {
            solver = checkNotNull(choice, "solver must not be null");
            return this;
        }

        /** For tests of what happens when one fails. */
        Builder kernels(DenseKernels choice) {
            kernels = choice;
            return this;
        }

        /**
         * Whether to begin with a decomposition; default yes. Else with random vectors, the same each time, which a
         * decomposition replaces at once unless the {@linkplain #residualLimit residual limit} is raised too.
         */
        public Builder exactStart(boolean exact) {
            exactStart = exact;
            return this;
        }

        /**
         * Residual of the basis ({@link BasisRefresh#residual()}) beyond which a decomposition takes the place of the
         * solver's step.
         *
         * @param limit positive, infinite for never; default 0.3
         */
        public Builder residualLimit(double limit) {
            checkArgument(limit > 0, "residual limit must be positive, got %s", limit);
            residualLimit = limit;
            return this;
        }

        /**
         * Vectors that are followed beyond those a penalty needs, so that these converge faster.
         *
         * @param vectors not negative; default 8
         */
        public Builder oversampling(int vectors) {
            checkArgument(vectors >= 0, "oversampling must not be negative, got %s", vectors);
            oversampling = vectors;
            return this;
        }

        /**
         * Loss and rate of Adam for {@link SpectralSolver#EIGEN_LOSS}.
         *
         * @param loss default {@link EigenLoss#brockett(int)}; Brockett weights as many as vectors that are followed, those of
         *     {@link #oversampling} included
         * @param rate positive; default 0.01
         */
        public Builder eigenLoss(EigenLoss loss, double rate) {
            checkArgument(rate > 0 && Double.isFinite(rate), "rate of the eigen loss must be positive, got %s", rate);
            eigenLoss = checkNotNull(loss, "eigen loss must not be null");
            eigenLossRate = rate;
            return this;
        }

        /**
         * Whether {@link SpectralSolver#EIGEN_LOSS} sets its free matrix back to the basis after each step; default yes.
         * The paper lets it grow.
         */
        public Builder reset(boolean back) {
            reset = back;
            return this;
        }

        /**
         * Rounds of {@link SpectralSolver#NEWTON_SCHULZ} (default 12) and {@link SpectralSolver#FRESH_POWER_ITERATION}
         * (default 5, the reference's).
         *
         * @param count at least 1
         */
        public Builder rounds(int count) {
            checkArgument(count >= 1, "rounds must be at least 1, got %s", count);
            rounds = count;
            return this;
        }

        /**
         * Builds.
         *
         * @param like a matrix of the shape and type to follow
         * @throws IllegalArgumentException if it is no matrix of FLOAT or DOUBLE, or the solver or the eigen loss cannot serve
         *     the penalty
         */
        @SuppressWarnings("try") // the workspace scope is left by closing it
        public SpectralGradient build(INDArray like) {
            checkArgument(
                    like.rank() == 2 && (like.dataType() == DataType.FLOAT || like.dataType() == DataType.DOUBLE),
                    "a penalty on singular values needs a matrix of FLOAT or DOUBLE, got %s of shape %s",
                    like.dataType(),
                    Arrays.toString(like.shape()));
            try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                return new SpectralGradient(this, like);
            }
        }

        /**
         * Checks that the solver can serve the penalty.
         *
         * @param n number of singular values of the matrix
         * @throws IllegalArgumentException if it cannot
         */
        public void check(int n) {
            checkArgument(
                    solver != SpectralSolver.NEWTON_SCHULZ || penalty instanceof KyFanNorm && penalty.leading(n) == n,
                    "NEWTON_SCHULZ finds the gradient of the nuclear norm alone, got %s; take %s",
                    penalty,
                    SpectralSolver.ORTHOGONAL_ITERATION);
            checkArgument(
                    solver != SpectralSolver.FRESH_POWER_ITERATION || penalty.leading(n) == 1,
                    "FRESH_POWER_ITERATION finds the largest singular value alone, got %s; take %s",
                    penalty,
                    SpectralSolver.ORTHOGONAL_ITERATION);
        }

        private SingularVectors singularVectors(INDArray like) {
            int n = Math.toIntExact(Math.min(like.size(0), like.size(1)));
            check(n);
            switch (solver) {
                case NEWTON_SCHULZ:
                    return new PolarFactor(rounds == 0 ? 12 : rounds, like);
                case FRESH_POWER_ITERATION:
                    return new PoweredVector(rounds == 0 ? 5 : rounds);
                case ORTHOGONAL_ITERATION:
                    return penalty.leading(n) < n ? biIteration(like, n) : perturbed(like, n);
                default:
                    return followed(like, n);
            }
        }

        private SingularVectors biIteration(INDArray like, int n) {
            int leading = penalty.leading(n);
            int k = Math.min(n, leading + oversampling);
            boolean normed = penalty.dependsOnSquaredNorm();
            return new BiIteration(kernels, like, k, leading, normed, exactStart, residualLimit);
        }

        private SingularVectors perturbed(INDArray like, int n) {
            INDArray vectors = Nd4j.create(like.dataType(), new long[] {n, n}, 'f');
            long rows = Math.max(like.size(0), like.size(1));
            return new PerturbedVectors(kernels, vectors, rows, penalty.isSmooth(), exactStart, residualLimit);
        }

        private SingularVectors followed(INDArray like, int n) {
            int leading = penalty.leading(n);
            int k = leading == n ? n : Math.min(n, leading + oversampling);
            INDArray vectors = Nd4j.create(like.dataType(), new long[] {n, k}, 'f');
            boolean exact = exactStart || solver == SpectralSolver.EXACT;
            BasisStep step = solver == SpectralSolver.EXACT ? null : eigenLossDescent(vectors);
            EigenBasis basis = new EigenBasis(kernels, vectors, step, leading < n, exact, residualLimit);
            long rows = Math.max(like.size(0), like.size(1));
            return new FollowedVectors(basis, rows, leading, penalty.dependsOnSquaredNorm());
        }

        private BasisStep eigenLossDescent(INDArray vectors) {
            int k = Math.toIntExact(vectors.size(1));
            EigenLoss loss = eigenLoss == null ? EigenLoss.brockett(k) : eigenLoss;
            loss.coefficients(new double[k]); // refuses another number of weights
            return new EigenLossDescent(kernels, loss, eigenLossRate, reset, vectors);
        }
    }
}
