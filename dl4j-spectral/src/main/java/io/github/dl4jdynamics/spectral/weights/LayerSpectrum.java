/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import com.google.common.collect.Maps;
import io.github.dl4jdynamics.spectral.math.EigenvalueSpectrum;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.math.TailFit;

/**
 * Spectrum of one weight array: its metrics, tail fits and eigenvalues, or the reason why there are none.
 *
 * <p>A row of a {@link SpectrumReport}. Rows for layers without a weight matrix have no {@link #parameter()}.
 *
 * @since 0.1
 */
public final class LayerSpectrum {
    private static final double OVER_TRAINED = 2;
    private static final double UNDER_TRAINED = 6;
    private static final double NO_CLEAR_TAIL = 8;
    private static final int ENOUGH_EIGENVALUES = 50;

    private final String layer;
    private final String type;
    private final String parameter;
    private final WeightKind kind;
    private final ImmutableList<Long> shape;
    private final boolean frozen;
    private final ImmutableList<Division> divisions;
    private final Map<SpectrumMetric, Double> metrics;
    private final String reason;

    private LayerSpectrum(
            LayerWeights layer,
            WeightArray array,
            List<Division> divisions,
            Map<SpectrumMetric, Double> metrics,
            String reason) {
        this.layer = layer.layer();
        this.type = layer.type();
        this.frozen = layer.frozen();
        this.parameter = array == null ? "" : array.parameter();
        this.kind = array == null ? null : array.kind();
        this.shape = array == null
                ? ImmutableList.of()
                : Arrays.stream(array.shape()).boxed().collect(ImmutableList.toImmutableList());
        this.divisions = ImmutableList.copyOf(divisions);
        this.metrics = Maps.immutableEnumMap(metrics);
        this.reason = reason;
    }

    static LayerSpectrum of(LayerWeights layer, WeightArray array, List<Division> divisions) {
        Map<SpectrumMetric, Double> metrics = new EnumMap<>(SpectrumMetric.class);
        for (SpectrumMetric metric : SpectrumMetric.values()) {
            metrics.put(metric, combine(metric, divisions));
        }
        boolean fitted = divisions.stream().anyMatch(division -> division.fit().isUsable());
        String reason = fitted ? null : divisions.get(0).fit().reason().orElse(null);
        return new LayerSpectrum(layer, array, divisions, metrics, reason);
    }

    static LayerSpectrum without(LayerWeights layer, WeightArray array, String reason) {
        return new LayerSpectrum(layer, array, ImmutableList.of(), Map.of(), reason);
    }

    /** Mean over the divisions that have the number; eigenvalues are counted together, as the released FARMS does. */
    private static double combine(SpectrumMetric metric, List<Division> divisions) {
        DoubleSummaryStatistics values = divisions.stream()
                .mapToDouble(division -> division.metric(metric))
                .filter(value -> !Double.isNaN(value))
                .summaryStatistics();
        if (metric == SpectrumMetric.EIGENVALUE_COUNT) {
            return values.getSum();
        }
        return values.getCount() == 0 ? Double.NaN : values.getAverage();
    }

    /** Layer name, or vertex name in a graph. */
    public String layer() {
        return layer;
    }

    /** Simple class name of the layer's configuration with wrappers taken off, for example {@code DenseLayer}. */
    public String type() {
        return type;
    }

    /** Parameter name, empty for a layer without weight matrices. */
    public String parameter() {
        return parameter;
    }

    /** What the weights do; empty for a layer without weight matrices. */
    public Optional<WeightKind> kind() {
        return Optional.ofNullable(kind);
    }

    /** Shape as Deeplearning4j stores it; empty for a layer without weight matrices. */
    public ImmutableList<Long> shape() {
        return shape;
    }

    /** Whether training never changes the layer. */
    public boolean frozen() {
        return frozen;
    }

    /** A metric: over several divisions the mean of those that have it. NaN where there is none. */
    public double metric(SpectrumMetric metric) {
        return metrics.getOrDefault(metric, Double.NaN);
    }

    /** Tail exponent, NaN where there is none. */
    public double alpha() {
        return metric(SpectrumMetric.ALPHA);
    }

    /** Spectra that were fitted on their own: one, or one per division of a convolution under FARMS. */
    public ImmutableList<Division> divisions() {
        return divisions;
    }

    /** All eigenvalues together, for plotting; empty where there are none. */
    public Optional<EigenvalueSpectrum> spectrum() {
        return divisions.isEmpty()
                ? Optional.empty()
                : Optional.of(EigenvalueSpectrum.pooled(Lists.transform(
                        divisions, division -> division.spectrum().toArray())));
    }

    /** Why the layer has no spectrum or no tail fit; empty when it has both. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /**
     * WeightWatcher's reading of alpha: below 2 the layer is over-trained (too heavy a tail), above 6 under-trained.
     *
     * <p>A hint about this layer, not a verdict on the model. The limits are meant for whole matrices and the
     * Kolmogorov-Smirnov fit. It is least reliable for alpha above 8 or fewer than 50 eigenvalues, where it says so.
     *
     * @return empty for alpha from 2 to 6, and without alpha
     */
    public String hint() {
        double alpha = alpha();
        if (Double.isNaN(alpha)) {
            return "";
        }
        if (alpha > NO_CLEAR_TAIL) {
            return "no clear tail (alpha > 8)";
        }
        String reading = alpha < OVER_TRAINED ? "over-trained" : alpha > UNDER_TRAINED ? "under-trained" : "";
        if (metric(SpectrumMetric.EIGENVALUE_COUNT) >= ENOUGH_EIGENVALUES) {
            return reading;
        }
        return reading.isEmpty() ? "few eigenvalues" : reading + "? few eigenvalues";
    }

    /** Layer name, followed by a dot and the parameter unless that is {@code W}. */
    public String name() {
        return parameter.isEmpty() || "W".equals(parameter) ? layer : layer + "." + parameter;
    }

    @Override
    public String toString() {
        return name() + ": " + (reason == null ? "alpha " + alpha() : reason);
    }

    /** Eigenvalues pooled together, and the tail fitted to them. */
    public static final class Division {
        private final EigenvalueSpectrum spectrum;
        private final TailFit fit;
        private final Map<SpectrumMetric, Double> metrics;

        Division(EigenvalueSpectrum spectrum, TailFit fit, Map<SpectrumMetric, Double> metrics) {
            this.spectrum = spectrum;
            this.fit = fit;
            this.metrics = Maps.immutableEnumMap(metrics);
        }

        /** Pooled eigenvalues, before any are left out for being near zero. */
        public EigenvalueSpectrum spectrum() {
            return spectrum;
        }

        /** Tail fit, usable or with a reason; its index counts in {@link #spectrum()}. */
        public TailFit fit() {
            return fit;
        }

        double metric(SpectrumMetric metric) {
            return metrics.get(metric);
        }
    }
}
