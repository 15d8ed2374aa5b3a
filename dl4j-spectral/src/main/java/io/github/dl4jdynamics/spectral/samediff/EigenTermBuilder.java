/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.Arrays;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * Settings of an {@link EigenTerm}. A function must be chosen; the last choice counts. Every setter throws an
 * {@link IllegalArgumentException} for a value its description does not allow.
 *
 * @since 0.1.0
 */
public final class EigenTermBuilder {
    private static final String USER = "an eigen term";

    private final SameDiff sd;
    private final SDVariable matrix;
    private final int n;
    private String name = "eigen";
    private EigenFunction function;
    private int columns;
    private double[] weights = {};
    private double weight = 1;
    private int period = 1;
    private double tolerance;
    private boolean failFast;

    EigenTermBuilder(SDVariable matrix, int n) {
        MatrixShape.checkType(matrix, USER);
        MatrixShape.checkGiven(matrix, n, n, USER);
        checkArgument(
                n >= 1, "size of matrix '%s' of %s must be >= 1, got %s; check its shape", matrix.name(), USER, n);
        this.sd = matrix.getSameDiff();
        this.matrix = matrix;
        this.n = n;
        this.tolerance = matrix.dataType() == DataType.DOUBLE ? 1e-8 : 1e-4;
    }

    static EigenTermBuilder of(SDVariable matrix) {
        int[] shape = MatrixShape.known(matrix, USER);
        checkArgument(
                shape[0] == shape[1],
                "matrix '%s' of %s must be square, got %s; use A A^T",
                matrix.name(),
                USER,
                Arrays.toString(shape));
        return new EigenTermBuilder(matrix, shape[0]);
    }

    static SDVariable find(SameDiff sd, String matrix) {
        checkArgument(
                sd.hasVariable(matrix),
                "matrix of %s must be a variable of the graph, got '%s'; declare it first",
                USER,
                matrix);
        return sd.getVariable(matrix);
    }

    /** Prefix of the variables the term adds to the graph. Default "eigen"; two terms need two names. */
    public EigenTermBuilder name(String name) {
        checkArgument(
                name != null && !name.isEmpty(),
                "name of an eigen term must not be empty, got '%s'; try 'eigen'",
                name);
        this.name = name;
        return this;
    }

    /** The sum of the absolute eigenvalues, of positive and of negative ones; falls with the rank. */
    public EigenTermBuilder nuclearNorm() {
        return function(EigenFunction.NUCLEAR_NORM, n);
    }

    /** The sum of the {@code k} largest eigenvalues, {@code 1 <= k <= n}; negative ones are the smallest. */
    public EigenTermBuilder topK(int k) {
        return function(EigenFunction.TOP_K, k);
    }

    /**
     * Brockett's loss, {@code -sum m_i d_i}.
     *
     * @param weights the {@code m_i}, {@code k} of them, {@code 1 <= k <= n}, strictly falling and positive
     */
    public EigenTermBuilder brockett(double... weights) {
        boolean falling = true;
        for (int i = 0; i < weights.length; i++) {
            double above = i == 0 ? Double.POSITIVE_INFINITY : weights[i - 1];
            falling &= weights[i] < above && weights[i] > 0;
        }
        checkArgument(
                falling,
                "Brockett weights of an eigen term must be finite, positive and strictly falling, got %s; sort them, "
                        + "or use topK for equal ones",
                Arrays.toString(weights));
        function(EigenFunction.BROCKETT, weights.length);
        this.weights = weights.clone();
        return this;
    }

    /** The convex eigen loss, {@code -sum f(d_i)} over the {@code k} largest eigenvalues, {@code 1 <= k <= n}. */
    public EigenTermBuilder convex(ConvexFunction f, int k) {
        checkArgument(f != null, "function of a convex eigen term must not be null, got null; POWER is for A >= 0");
        return function(EigenFunction.of(f), k);
    }

    private EigenTermBuilder function(EigenFunction function, int k) {
        checkArgument(
                k >= 1 && k <= n,
                "number of eigenvalues of an eigen term on '%s' must be between 1 and %s, got %s; use fewer",
                matrix.name(),
                n,
                k);
        this.function = function;
        this.columns = k;
        return this;
    }

    /** Factor on the function, finite; negative to raise what it measures. Default 1: the function itself. */
    public EigenTermBuilder weight(double weight) {
        checkArgument(
                Double.isFinite(weight), "weight of an eigen term must be finite, got %s; 0.01 is a start", weight);
        this.weight = weight;
        return this;
    }

    /** Iterations between refreshes, at least 1. Default 1: the gradient is exact. */
    public EigenTermBuilder period(int period) {
        checkArgument(period >= 1, "period of an eigen term must be >= 1, got %s; 1 renews at every iteration", period);
        this.period = period;
        return this;
    }

    /**
     * How large {@code ||A - A^T||_F / ||A||_F} may be, at least 0; of what is allowed, the symmetric part is used.
     * Default 1e-8 for DOUBLE and 1e-4 for FLOAT: ours, well above the rounding of a product. 2 allows everything.
     */
    public EigenTermBuilder symmetryTolerance(double tolerance) {
        checkArgument(
                tolerance >= 0 && Double.isFinite(tolerance),
                "symmetryTolerance of an eigen term must be finite and >= 0, got %s; 2 allows every matrix",
                tolerance);
        this.tolerance = tolerance;
        return this;
    }

    /** A refused matrix stops training with an {@link IllegalStateException}. Default off; not saved. For tests. */
    public EigenTermBuilder failFast() {
        this.failFast = true;
        return this;
    }

    /**
     * Adds the term to the graph.
     *
     * @return the term
     * @throws IllegalStateException if no function was chosen, if the name is taken, or if {@code failFast} is on and
     *     the matrix is a parameter or a constant that is refused
     */
    @SuppressWarnings("try")
    public EigenTerm build() {
        checkState(
                function != null,
                "function of eigen term '%s' must be chosen, got none; call nuclearNorm, topK, brockett or convex",
                name);
        TermNames names = new TermNames(name);
        for (String added : names.all()) {
            checkState(
                    !sd.hasVariable(added),
                    "name of an eigen term must be new to its graph, got '%s', and the graph has '%s'; give this term another"
                            + " name",
                    name,
                    added);
        }
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            addTo(names);
        }
        EigenTerm term = new EigenTerm(sd, names, settings(), failFast);
        if (matrix.getVariableType() == VariableType.VARIABLE || matrix.getVariableType() == VariableType.CONSTANT) {
            term.basisListener().refresh(sd, matrix.getArr(), -1, -1);
        }
        return term;
    }

    private void addTo(TermNames names) {
        INDArray axes = Nd4j.create(matrix.dataType(), new long[] {n, columns}, 'c');
        for (int i = 0; i < columns; i++) {
            axes.putScalar(i, i, 1);
        }
        sd.constant(names.settings(), settings().toArray());
        SDVariable u = sd.constant(names.basis(), axes);
        SDVariable a = RowMajor.of(matrix, n, n);
        SDVariable twice = a.add(names.reader(), sd.transpose(a));
        SDVariable d = sd.sum(names.quadratic(), Products.of(twice, u, n).mul(u).mul(0.5), 0);
        function.of(sd, d, weights).mul(names.loss(), weight);
    }

    private TermSettings settings() {
        return new TermSettings(function, period, tolerance);
    }
}
