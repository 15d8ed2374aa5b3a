/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;
import java.util.Objects;

import com.google.common.base.MoreObjects;
import com.google.common.collect.ImmutableList;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Windows of one aspect ratio from every layer, their eigenvalues pooled: layers of different shape become comparable.
 *
 * <pre>{@code
 * window = n rows x (int) (n * Q) columns of the out x in matrix
 * fixed grid of o per dimension:  step = max(1, (R - n) / (o - 1)),  start = i * step,  at most o starts in [0, R - n]
 * sliding by a step:              start = i * step in [0, R - n]
 * }</pre>
 *
 * <p>The paper slides or samples windows; the released code has the two grids, random windows are ours after the paper.
 * The step of the fixed grid is rounded down as released, so that it often stops short of the far edge
 * ({@link Builder#coverFarEdge}). Convolutions follow {@link ConvolutionWindows}; recurrent matrices and embeddings,
 * which the released code does not analyse, follow the linear layers. A fixed grid costs at most {@code o^2} small
 * eigenproblems for each matrix, however large it is.
 *
 * <p>Hu, Goel, Killiakov, Yang: Eigenspectrum Analysis of Neural Networks without Aspect Ratio Bias, ICML 2025,
 * arXiv:2506.06280.
 */
public final class FarmsEsd implements EsdEstimator {

    private final int windowRows;
    private final double aspectRatio;
    private final WindowSampling sampling;
    private final SmallMatrices smallMatrices;
    private final ConvolutionWindows convolutions;

    private FarmsEsd(Builder builder, WindowSampling sampling) {
        windowRows = builder.windowRows;
        aspectRatio = builder.aspectRatio;
        this.sampling = sampling;
        smallMatrices = builder.smallMatrices;
        convolutions = builder.convolutions;
    }

    /**
     * The released image code with the settings of its experiments: n = 100, Q = 1, o = 9, {@link
     * SmallMatrices#REFERENCE}, {@link ConvolutionWindows#DIVISIONS}.
     */
    public static FarmsEsd reference() {
        return builder().smallMatrices(SmallMatrices.REFERENCE).build();
    }

    /** A builder with the settings of the paper's image experiments, but {@link SmallMatrices#CLAMP}. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public List<List<Block>> divisions(MatrixGroup group) {
        if (group.nature() != MatrixNature.CONVOLUTION || convolutions == ConvolutionWindows.LINEAR) {
            return ImmutableList.of(windows(group));
        }
        List<List<Block>> divisions = ConvolutionDivisions.of(group, aspectRatio);
        return convolutions == ConvolutionWindows.DIVISIONS ? divisions : ImmutableList.of(pooled(divisions));
    }

    private static List<Block> pooled(List<List<Block>> divisions) {
        return divisions.stream().flatMap(List::stream).collect(ImmutableList.toImmutableList());
    }

    private List<Block> windows(MatrixGroup group) {
        FittedWindow fitted = FittedWindow.of(smallMatrices, windowRows, aspectRatio, group, sampling);
        ImmutableList.Builder<Block> blocks = ImmutableList.builder();
        for (int matrix = 0; matrix < group.count(); matrix++) {
            for (Window window : sampling.windows(fitted.frame(), fitted.rows(), fitted.cols(), matrix)) {
                blocks.add(Block.of(matrix, window));
            }
        }
        return blocks.build();
    }

    @Override
    public String toString() {
        return MoreObjects.toStringHelper(this)
                .add("windowRows", windowRows)
                .add("aspectRatio", aspectRatio)
                .add("sampling", sampling)
                .add("smallMatrices", smallMatrices)
                .add("convolutions", convolutions)
                .toString();
    }

    /** Settings of a {@link FarmsEsd}. */
    public static final class Builder {

        private int windowRows = 100;
        private double aspectRatio = 1;
        private WindowSampling sampling = new FixedGrid(9);
        private boolean coverFarEdge;
        private SmallMatrices smallMatrices = SmallMatrices.CLAMP;
        private ConvolutionWindows convolutions = ConvolutionWindows.DIVISIONS;

        /** The settings of the paper's image experiments, but {@link SmallMatrices#CLAMP}. */
        public Builder() {}

        /**
         * Rows n of a window; default 100, as in the image experiments (2000 for language models).
         *
         * @throws IllegalArgumentException unless it is at least 1
         */
        public Builder windowRows(int windowRows) {
            checkArgument(windowRows >= 1, "windowRows of FARMS must be >= 1, got %s; the paper uses 100", windowRows);
            this.windowRows = windowRows;
            return this;
        }

        /**
         * Columns of a window divided by its rows, Q; default 1, as in the experiments (the released class has 2).
         *
         * @throws IllegalArgumentException unless it is positive and finite
         */
        public Builder aspectRatio(double aspectRatio) {
            checkArgument(
                    aspectRatio > 0 && Double.isFinite(aspectRatio),
                    "aspectRatio Q of FARMS must be > 0 and finite, got %s; 1 makes square windows",
                    aspectRatio);
            this.aspectRatio = aspectRatio;
            return this;
        }

        /**
         * A grid of at most {@code operations^2} windows spread over each matrix. The default, with the 9 of the image
         * experiments (10 to 15 for language models).
         *
         * @throws IllegalArgumentException unless it is at least 2
         */
        public Builder fixedGrid(int operations) {
            checkArgument(
                    operations >= 2,
                    "operations per dimension of the FARMS grid must be >= 2, got %s (the step divides by one less);"
                            + " use randomWindows(1, seed) for a single window",
                    operations);
            sampling = new FixedGrid(operations);
            return this;
        }

        /**
         * A window every {@code step} rows and columns; the released class' default step is 10.
         *
         * @throws IllegalArgumentException unless it is at least 1
         */
        public Builder slidingGrid(int step) {
            checkArgument(
                    step >= 1, "sliding step of FARMS must be >= 1, got %s; the released class' default is 10", step);
            sampling = new SlidingGrid(step);
            return this;
        }

        /**
         * {@code count} different windows of each matrix, drawn uniformly and the same on every call: they depend on the
         * seed, the matrix' shape and its index in the group only. All windows if there are not more than that.
         *
         * @throws IllegalArgumentException unless the count is at least 1
         */
        public Builder randomWindows(int count, long seed) {
            checkArgument(
                    count >= 1,
                    "number of random windows of FARMS must be >= 1, got %s; 81 is as many as the default grid has",
                    count);
            sampling = new RandomWindows(count, seed);
            return this;
        }

        /**
         * Whether the last window of a grid ends exactly at the far edge; default false, as released. A fixed grid then
         * spreads its starts evenly, a sliding one adds a last window. Every element of the matrix is then in a window
         * if the starts are no further apart than the window is long.
         */
        public Builder coverFarEdge(boolean coverFarEdge) {
            this.coverFarEdge = coverFarEdge;
            return this;
        }

        /**
         * What to do with matrices smaller than the window. Default {@link SmallMatrices#CLAMP} (ours: the reference rule
         * makes the window's shape depend on the layer's).
         */
        public Builder smallMatrices(SmallMatrices smallMatrices) {
            this.smallMatrices = Objects.requireNonNull(smallMatrices, "smallMatrices of FARMS must not be null");
            return this;
        }

        /** How to cut the slices of convolutions. Default {@link ConvolutionWindows#DIVISIONS}, as released. */
        public Builder convolutions(ConvolutionWindows convolutions) {
            this.convolutions = Objects.requireNonNull(convolutions, "convolutions of FARMS must not be null");
            return this;
        }

        /**
         * The estimator.
         *
         * @throws IllegalArgumentException if the window has no column, or random windows shall cover the far edge
         */
        public FarmsEsd build() {
            int cols = (int) (windowRows * aspectRatio);
            checkArgument(
                    cols >= 1,
                    "FARMS window must have >= 1 column, got (int) (%s rows * Q %s) = %s; raise windowRows or aspectRatio",
                    windowRows,
                    aspectRatio,
                    cols);
            return new FarmsEsd(this, coverFarEdge ? sampling.toFarEdge() : sampling);
        }
    }
}
