/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.dl4jdynamics.spectral.math.Block;
import io.github.dl4jdynamics.spectral.math.EigenvalueSpectrum;
import io.github.dl4jdynamics.spectral.math.EsdEstimator;
import io.github.dl4jdynamics.spectral.math.KolmogorovSmirnovFit;
import io.github.dl4jdynamics.spectral.math.MatrixGroup;
import io.github.dl4jdynamics.spectral.math.MatrixNature;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.math.TailFit;
import io.github.dl4jdynamics.spectral.math.TailFitter;
import io.github.dl4jdynamics.spectral.math.WholeMatrixEsd;
import io.github.dl4jdynamics.spectral.math.Window;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectrum;
import io.github.dl4jdynamics.spectral.nd4j.MatrixView;
import org.deeplearning4j.nn.api.Model;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Weight spectra of a network in one call: what WeightWatcher does for PyTorch.
 *
 * <pre>{@code
 * SpectrumReport report = WeightSpectrumAnalyzer.create().analyze(net);
 * System.out.println(report);
 * }</pre>
 *
 * <p>Per weight array: eigenvalues of {@code W W^T} of its matrices ({@link WeightKind}), pooled as the
 * {@link EsdEstimator} says, a power law fitted to the tail, all {@link SpectrumMetric}s. Reads the parameters, changes
 * nothing; a layer that cannot be measured gets a reason, never an exception. Immutable and safe to share.
 *
 * <p>Cost: one symmetric eigenvalue problem per matrix or window, O(n^3) in its shorter side, spread over the cores; the
 * weights are copied once, plus a buffer per core.
 *
 * <p>Martin, Mahoney: Implicit Self-Regularization in Deep Neural Networks, JMLR 2021, arXiv:1810.01075; Martin, Peng,
 * Mahoney: Predicting trends in the quality of state-of-the-art neural networks without access to training or testing
 * data, Nature Communications 2021.
 *
 * @since 0.1
 */
public final class WeightSpectrumAnalyzer {
    private final ImmutableSet<WeightKind> kinds;
    private final EsdEstimator esd;
    private final TailFitter fitter;
    private final double zeroThreshold;
    private final double convolutionScale;
    private final int minEigenvalues;
    private final ImmutableSet<SpectrumMetric> metrics;
    private final GramSpectra solver;

    private WeightSpectrumAnalyzer(Builder builder) {
        this.kinds = builder.kinds;
        this.esd = builder.esd;
        this.fitter = builder.fitter;
        this.zeroThreshold = builder.zeroThreshold;
        this.convolutionScale = builder.convolutionScale;
        this.minEigenvalues = builder.minEigenvalues;
        this.metrics = builder.metrics;
        this.solver = builder.solver;
    }

    /** An analyzer with WeightWatcher's settings, see {@link Builder}. */
    public static WeightSpectrumAnalyzer create() {
        return builder().build();
    }

    /** A builder with WeightWatcher's settings. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Measures all layers of a network.
     *
     * @param model an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     * @throws IllegalArgumentException for another kind of model
     * @throws IllegalStateException for a network that was not initialised
     */
    public SpectrumReport analyze(Model model) {
        return new SpectrumReport(settings(), analyze(LayerWeights.of(model)));
    }

    /**
     * Measures the network in a model zip written by Deeplearning4j's {@code ModelSerializer}.
     *
     * @throws IOException if the file cannot be read as such
     */
    public SpectrumReport analyze(Path modelZip) throws IOException {
        return analyze(ModelZips.restore(modelZip));
    }

    /**
     * Measures some layers of a network; the rows come in the order of the layers.
     *
     * @param layers from {@link LayerWeights#of}
     */
    public ImmutableList<LayerSpectrum> analyze(List<LayerWeights> layers) {
        List<Task> tasks = new ArrayList<>();
        List<MatrixView> views = new ArrayList<>();
        for (LayerWeights layer : layers) {
            if (layer.arrays().isEmpty()) {
                tasks.add(new Task(layer, null, "no weight matrix in a " + layer.type()));
            }
            for (WeightArray array : layer.arrays()) {
                tasks.add(plan(layer, array, views));
            }
        }
        List<GramSpectrum> spectra = solver.of(views);
        ImmutableList.Builder<LayerSpectrum> rows = ImmutableList.builder();
        tasks.forEach(task -> rows.add(finish(task, spectra)));
        return rows.build();
    }

    private Task plan(LayerWeights layer, WeightArray array, List<MatrixView> views) {
        if (!kinds.contains(array.kind())) {
            return new Task(layer, array, Ascii.toLowerCase(array.kind().name()) + " weights not selected");
        }
        MatrixGroup group = array.group();
        List<List<Block>> divisions;
        try {
            divisions = esd.divisions(group);
        } catch (IllegalArgumentException e) {
            return new Task(layer, array, e.getMessage());
        }
        Task task = new Task(layer, array, null);
        List<MatrixView> matrices = Matrices.of(array);
        for (List<Block> division : divisions) {
            task.starts.add(views.size());
            task.groups.add(group.ofWindows(division));
            for (Block block : division) {
                views.add(window(matrices.get(block.matrix()), block.window()));
            }
        }
        task.starts.add(views.size());
        return task;
    }

    private static MatrixView window(MatrixView matrix, Window window) {
        return matrix.window(window.row(), window.col(), window.rows(), window.cols());
    }

    private LayerSpectrum finish(Task task, List<GramSpectrum> spectra) {
        if (task.reason != null) {
            return LayerSpectrum.without(task.layer, task.array, task.reason);
        }
        List<LayerSpectrum.Division> divisions = new ArrayList<>();
        for (int d = 0; d < task.groups.size(); d++) {
            List<double[]> pooled = new ArrayList<>();
            for (GramSpectrum spectrum : spectra.subList(task.starts.get(d), task.starts.get(d + 1))) {
                if (!spectrum.isUsable()) {
                    return LayerSpectrum.without(
                            task.layer, task.array, spectrum.reason().get());
                }
                pooled.add(spectrum.eigenvalues());
            }
            divisions.add(division(EigenvalueSpectrum.pooled(pooled), task.groups.get(d)));
        }
        LayerSpectrum row = LayerSpectrum.of(task.layer, task.array, divisions);
        double count = row.metric(SpectrumMetric.EIGENVALUE_COUNT);
        return count >= minEigenvalues
                ? row
                : LayerSpectrum.without(
                        task.layer, task.array, (int) count + " eigenvalues, fewer than " + minEigenvalues);
    }

    private LayerSpectrum.Division division(EigenvalueSpectrum raw, MatrixGroup group) {
        EigenvalueSpectrum spectrum = group.nature() == MatrixNature.CONVOLUTION ? raw.scaled(convolutionScale) : raw;
        EigenvalueSpectrum kept = zeroThreshold > 0 ? spectrum.above(zeroThreshold) : spectrum;
        TailFit fit = fitter.fit(kept);
        Map<SpectrumMetric, Double> values = new EnumMap<>(SpectrumMetric.class);
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            values.put(metric, metrics.contains(metric) ? metric.of(kept, fit, group) : Double.NaN);
        }
        values.put(SpectrumMetric.EIGENVALUE_COUNT, (double) spectrum.size());
        return new LayerSpectrum.Division(spectrum, fit, values);
    }

    /** The settings by name, in the order of the builder. */
    public ImmutableMap<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("kinds", kinds.toString());
        settings.put("esd", esd.toString());
        settings.put("fit", fitter.toString());
        settings.put("zeroThreshold", Double.toString(zeroThreshold));
        settings.put("convolutionScale", Double.toString(convolutionScale));
        settings.put("minEigenvalues", Integer.toString(minEigenvalues));
        settings.put("solver", solver.toString());
        return ImmutableMap.copyOf(settings);
    }

    @Override
    public String toString() {
        return "WeightSpectrumAnalyzer" + settings();
    }

    /** One weight array on its way: where its windows start in the list of all windows. */
    private static final class Task {
        private final LayerWeights layer;
        private final WeightArray array;
        private final String reason;
        private final List<Integer> starts = new ArrayList<>();
        private final List<MatrixGroup> groups = new ArrayList<>();

        Task(LayerWeights layer, WeightArray array, String reason) {
            this.layer = layer;
            this.array = array;
            this.reason = reason;
        }
    }

    /** Settings of a {@link WeightSpectrumAnalyzer}; the defaults are WeightWatcher 0.7's where it has the setting. */
    public static final class Builder {
        private ImmutableSet<WeightKind> kinds = WeightKind.ALL;
        private EsdEstimator esd = new WholeMatrixEsd();
        private TailFitter fitter = new KolmogorovSmirnovFit();
        private double zeroThreshold = 1e-5;
        private double convolutionScale = 0.5;
        private int minEigenvalues = 10;
        private ImmutableSet<SpectrumMetric> metrics = Sets.immutableEnumSet(Set.of(SpectrumMetric.values()));
        private GramSpectra solver = GramSpectra.defaults();

        private Builder() {}

        /** Kinds of weights to measure. Default all (WeightWatcher: dense, 1D and 2D convolution, embedding). */
        public Builder kinds(Set<WeightKind> kinds) {
            this.kinds = Sets.immutableEnumSet(kinds);
            return this;
        }

        /** What is pooled into a spectrum. Default whole matrices. */
        public Builder esd(EsdEstimator esd) {
            this.esd = checkNotNull(esd, "esd of the analyzer must not be null; WholeMatrixEsd pools whole matrices");
            return this;
        }

        /** How the tail is fitted. Default the Kolmogorov-Smirnov scan; training uses the cheaper median fit. */
        public Builder fit(TailFitter fitter) {
            this.fitter = checkNotNull(fitter, "fit of the analyzer must not be null; MedianFit is the quick one");
            return this;
        }

        /**
         * Eigenvalues at or below this are left out before fitting; if none is left, all are kept. Default 1e-5; 0 keeps
         * all, as the released TempBalance and FARMS do.
         */
        public Builder zeroThreshold(double zeroThreshold) {
            checkArgument(
                    zeroThreshold >= 0 && !Double.isInfinite(zeroThreshold),
                    "zeroThreshold of the analyzer must be finite and >= 0, got %s; 1e-5 is the usual value",
                    zeroThreshold);
            this.zeroThreshold = zeroThreshold;
            return this;
        }

        /**
         * Factor on the eigenvalues of convolutions. Default 0.5, the square of the {@code sqrt(0.5)} all released
         * codes put on kernel slices; alpha does not depend on it, norms do.
         */
        public Builder convolutionScale(double convolutionScale) {
            checkArgument(
                    convolutionScale > 0 && !Double.isInfinite(convolutionScale),
                    "convolutionScale of the analyzer must be finite and > 0, got %s; 0.5 is the released value",
                    convolutionScale);
            this.convolutionScale = convolutionScale;
            return this;
        }

        /** Weight arrays with fewer eigenvalues get a reason instead of numbers. Default 10; 0 measures all. */
        public Builder minEigenvalues(int minEigenvalues) {
            checkArgument(
                    minEigenvalues >= 0,
                    "minEigenvalues of the analyzer must be >= 0, got %s; 10 is the usual value",
                    minEigenvalues);
            this.minEigenvalues = minEigenvalues;
            return this;
        }

        /** Metrics to compute; the others are NaN. Default all. */
        public Builder metrics(Set<SpectrumMetric> metrics) {
            this.metrics = Sets.immutableEnumSet(metrics);
            return this;
        }

        /** Eigenvalue solver. Default double precision on the fastest back end that works here, all cores. */
        public Builder solver(GramSpectra solver) {
            this.solver = checkNotNull(solver, "solver of the analyzer must not be null; see GramSpectra.defaults()");
            return this;
        }

        /** The analyzer. */
        public WeightSpectrumAnalyzer build() {
            return new WeightSpectrumAnalyzer(this);
        }
    }
}
