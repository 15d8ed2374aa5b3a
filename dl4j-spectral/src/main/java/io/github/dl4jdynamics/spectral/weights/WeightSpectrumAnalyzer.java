/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
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
     * @throws IllegalStateException for a network that was not initialised, or closed
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
        List<Plan> plans = new ArrayList<>();
        List<MatrixView> windows = new ArrayList<>();
        for (LayerWeights layer : layers) {
            layer.reason().ifPresent(reason -> plans.add(new Plan(layer, null, reason)));
            for (WeightArray array : layer.arrays()) {
                Plan plan = plan(layer, array);
                plans.add(plan);
                windows.addAll(plan.windows);
            }
        }
        List<GramSpectrum> spectra = solver.of(windows);
        ImmutableList.Builder<LayerSpectrum> rows = ImmutableList.builder();
        int from = 0;
        for (Plan plan : plans) {
            int to = from + plan.windows.size();
            rows.add(row(plan, spectra.subList(from, to)));
            from = to;
        }
        return rows.build();
    }

    private Plan plan(LayerWeights layer, WeightArray array) {
        if (!kinds.contains(array.kind())) {
            return new Plan(layer, array, Ascii.toLowerCase(array.kind().name()) + " weights not selected");
        }
        List<List<Block>> divisions;
        try {
            divisions = esd.divisions(array.group());
        } catch (IllegalArgumentException e) {
            return new Plan(layer, array, e.getMessage());
        }
        Plan plan = new Plan(layer, array, null);
        divisions.forEach(division -> plan.groups.add(array.group().ofWindows(division)));
        long count =
                plan.groups.stream().mapToLong(MatrixGroup::eigenvalueCount).sum();
        if (count < minEigenvalues) {
            return new Plan(layer, array, count + " eigenvalues, fewer than " + minEigenvalues);
        }
        List<MatrixView> matrices = Matrices.of(array);
        for (Block block : Iterables.concat(divisions)) {
            plan.windows.add(window(matrices.get(block.matrix()), block.window()));
        }
        return plan;
    }

    private static MatrixView window(MatrixView matrix, Window window) {
        return matrix.window(window.row(), window.col(), window.rows(), window.cols());
    }

    /** The row of one plan, from the spectra of its windows. */
    private LayerSpectrum row(Plan plan, List<GramSpectrum> spectra) {
        Optional<String> unusable =
                spectra.stream().flatMap(spectrum -> spectrum.reason().stream()).findFirst();
        if (plan.reason != null || unusable.isPresent()) {
            return LayerSpectrum.without(plan.layer, plan.array, unusable.orElse(plan.reason));
        }
        Iterator<GramSpectrum> next = spectra.iterator();
        List<LayerSpectrum.Division> divisions = new ArrayList<>();
        try {
            // An eigenvalue that the scale takes out of range is refused.
            for (MatrixGroup group : plan.groups) {
                List<double[]> pooled = new ArrayList<>();
                for (int window = 0; window < group.count(); window++) {
                    pooled.add(next.next().eigenvalues());
                }
                divisions.add(division(EigenvalueSpectrum.pooled(pooled), group));
            }
        } catch (IllegalArgumentException e) {
            return LayerSpectrum.without(plan.layer, plan.array, e.getMessage());
        }
        return LayerSpectrum.of(plan.layer, plan.array, divisions);
    }

    private LayerSpectrum.Division division(EigenvalueSpectrum raw, MatrixGroup group) {
        EigenvalueSpectrum spectrum = group.nature() == MatrixNature.CONVOLUTION ? raw.scaled(convolutionScale) : raw;
        TailFit fit = fit(spectrum);
        Map<SpectrumMetric, Double> values = new EnumMap<>(SpectrumMetric.class);
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            boolean wanted = metrics.contains(metric) || metric == SpectrumMetric.EIGENVALUE_COUNT;
            values.put(metric, wanted ? metric.of(spectrum, fit, group) : Double.NaN);
        }
        return new LayerSpectrum.Division(spectrum, fit, values);
    }

    /** Fits what is not near zero; the threshold's index counts in the whole spectrum all the same. */
    private TailFit fit(EigenvalueSpectrum spectrum) {
        EigenvalueSpectrum kept = zeroThreshold > 0 ? spectrum.above(zeroThreshold) : spectrum;
        TailFit fit = fitter.fit(kept);
        int leftOut = spectrum.size() - kept.size();
        return leftOut == 0 || !fit.isUsable()
                ? fit
                : TailFit.of(fit.alpha(), fit.xmin(), fit.xminIndex() + leftOut, fit.tailSize(), fit.distance());
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
        settings.put("metrics", metrics.toString());
        settings.put("solver", solver.toString());
        return ImmutableMap.copyOf(settings);
    }

    @Override
    public String toString() {
        return "WeightSpectrumAnalyzer" + settings();
    }

    /** The windows to measure of one weight array, or why there are none. */
    private static final class Plan {
        private final LayerWeights layer;
        private final WeightArray array;
        private final String reason;
        private final List<MatrixGroup> groups = new ArrayList<>(); // one for each division
        private final List<MatrixView> windows = new ArrayList<>(); // of all divisions, one after the other

        Plan(LayerWeights layer, WeightArray array, String reason) {
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
            checkNotNull(kinds, "kinds of the analyzer must not be null; WeightKind.ALL is everything");
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
         * Eigenvalues at or below this are left out before fitting, in units of the squared weights; if none is left, all
         * are kept. All metrics but those of the fit look at every eigenvalue, as in all released codes. Default 1e-5; 0
         * keeps all, as the released TempBalance and FARMS do.
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

        /** Metrics to compute; the others are NaN, but the number of eigenvalues is always there. Default all. */
        public Builder metrics(Set<SpectrumMetric> metrics) {
            checkNotNull(
                    metrics,
                    "metrics of the analyzer must not be null; EnumSet.allOf(SpectrumMetric.class) is everything");
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
