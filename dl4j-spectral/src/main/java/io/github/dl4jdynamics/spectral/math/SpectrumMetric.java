/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableMap;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Every number of a layer's spectrum that TempBalance, ModelBalancing, FARMS or WeightWatcher report, under the names
 * they use.
 *
 * <p>Notation: {@code e} the N pooled eigenvalues of {@code W W^T}, ascending; {@code max} the largest; alpha, xmin and
 * the tail from the fit. Logarithms called log are to base 10, ln is natural.
 */
public enum SpectrumMetric {

    /** Tail exponent. */
    ALPHA("alpha", "tail exponent of the spectrum; small = heavy-tailed", (e, fit, g) -> fit.alpha()),

    /** {@code alpha * log10 max}. */
    ALPHA_HAT(
            "alpha_hat",
            "alpha * log10(max): tail exponent weighted by scale",
            (e, fit, g) -> fit.alpha() * Math.log10(e.largest()),
            "alpha_weighted",
            "alphahat"),

    /** Kolmogorov-Smirnov distance of the fit, {@link TailFit#distance()}. */
    KS_DISTANCE(
            "D",
            "Kolmogorov-Smirnov distance between tail and power law; small = good fit",
            (e, fit, g) -> fit.distance()),

    /** {@link TailFit#standardError()}. */
    STANDARD_ERROR(
            "sigma", "standard error of alpha, (alpha - 1) / sqrt(tail size)", (e, fit, g) -> fit.standardError()),

    /** Threshold of the tail. */
    XMIN("xmin", "eigenvalue at which the fitted tail starts", (e, fit, g) -> fit.xmin()),

    /** End of the tail: the largest eigenvalue, NaN without a fit. */
    XMAX(
            "xmax",
            "eigenvalue at which the fitted tail ends, the largest",
            (e, fit, g) -> fit.isUsable() ? e.largest() : Double.NaN),

    /** Number of eigenvalues in the tail, NaN without a fit. */
    TAIL_SIZE(
            "num_pl_spikes",
            "number of eigenvalues in the fitted tail",
            (e, fit, g) -> fit.isUsable() ? fit.tailSize() : Double.NaN),

    /** N. */
    EIGENVALUE_COUNT("num_evals", "number of eigenvalues", (e, fit, g) -> e.size(), "eigs_num"),

    /** Largest eigenvalue, the square of the operator norm. */
    SPECTRAL_NORM(
            "spectral_norm", "largest eigenvalue (squared operator norm)", (e, fit, g) -> e.largest(), "lambda_max"),

    /** {@code log10 max}. */
    LOG_SPECTRAL_NORM("log_spectral_norm", "log10 of the largest eigenvalue", (e, fit, g) -> Math.log10(e.largest())),

    /** Sum of the eigenvalues. */
    FROBENIUS_SQ("norm", "sum of the eigenvalues (squared Frobenius norm)", (e, fit, g) -> e.sum()),

    /** {@code log10 sum e}. */
    LOG_NORM("log_norm", "log10 of the squared Frobenius norm", (e, fit, g) -> Math.log10(e.sum())),

    /** {@code log10 sum e^alpha}. */
    LOG_ALPHA_NORM(
            "log_alpha_norm",
            "log10 of sum e^alpha, the Schatten norm of order 2 alpha",
            (e, fit, g) -> logAlphaNorm(e, fit.alpha())),

    /** {@code sum e / max}. */
    STABLE_RANK(
            "stable_rank",
            "sum / max: number of directions that carry the weight",
            (e, fit, g) -> e.sum() / e.largest()),

    /** {@code sum e / N}; the released code calls it a normalised stable rank, which it is not. */
    MEAN_EIGENVALUE("norm_stable_rank", "mean eigenvalue", (e, fit, g) -> e.mean()),

    /** {@code max / e[N/2]}; NaN if the median is 0. */
    EIGENVALUE_RATIO("eig_ratio", "largest eigenvalue / median eigenvalue", (e, fit, g) -> e.largest() / e.median()),

    /** {@code -sum p ln p / ln rank}, {@code p = e / sum e}. */
    ENTROPY(
            "entropy",
            "how evenly the spectrum is spread: 0 = one direction, 1 = all alike",
            (e, fit, g) -> NumericalRank.entropy(e, g)),

    /** Number of eigenvalues above {@code max * longSide * 2^-52}. */
    MATRIX_RANK(
            "matrix_rank",
            "number of eigenvalues that are not zero up to rounding",
            (e, fit, g) -> NumericalRank.rank(e, g)),

    /** {@code N - rank}. */
    RANK_LOSS(
            "rank_loss",
            "number of eigenvalues that are zero up to rounding",
            (e, fit, g) -> e.size() - NumericalRank.rank(e, g)),

    /** {@link MarchenkoPastur#softRank}. */
    MP_SOFT_RANK(
            "mp_softrank",
            "edge of the noise bulk / max: 1 = noise, small = signal",
            (e, fit, g) -> bulk(e, g, noise -> noise.softRank(e))),

    /** {@link MarchenkoPastur#sigma()} by the median, in units of the weights (WeightWatcher: of rescaled ones). */
    MP_SIGMA(
            "sigma_mp",
            "standard deviation of the weights that explains the noise bulk",
            (e, fit, g) -> bulk(e, g, MarchenkoPastur::sigma)),

    /** {@link MarchenkoPastur#upperEdge()}. */
    MP_BULK_EDGE(
            "bulk_max",
            "largest eigenvalue that noise explains (Marchenko-Pastur edge)",
            (e, fit, g) -> bulk(e, g, MarchenkoPastur::upperEdge),
            "lambda_plus"),

    /** {@link MarchenkoPastur#spikes}. */
    MP_SPIKES(
            "num_spikes",
            "number of eigenvalues above the noise bulk",
            (e, fit, g) -> bulk(e, g, noise -> noise.spikes(e))),

    /** Tail whose product is one after rescaling to mean 1; NaN if all eigenvalues are equal. */
    DETX_TAIL_SIZE(
            "detX_num", "size of the tail whose determinant is one", (e, fit, g) -> TraceLogConstraint.tailSize(e)),

    /** {@code sqrt max}. */
    MAX_SINGULAR_VALUE("sv_max", "largest singular value (operator norm)", (e, fit, g) -> Math.sqrt(e.largest())),

    /** {@code sqrt e[0]}. */
    MIN_SINGULAR_VALUE("sv_min", "smallest singular value", (e, fit, g) -> Math.sqrt(e.get(0))),

    /** {@code sqrt(max / e[0])}; NaN for a singular matrix. */
    CONDITION_NUMBER(
            "condition_number", "largest / smallest singular value", (e, fit, g) -> Math.sqrt(e.largest() / e.get(0)));

    private static final ImmutableMap<String, SpectrumMetric> BY_NAME = byName();

    private final String key;
    private final String glossary;
    private final Formula formula;
    private final String[] aliases;

    SpectrumMetric(String key, String glossary, Formula formula, String... aliases) {
        this.key = key;
        this.glossary = glossary;
        this.formula = formula;
        this.aliases = aliases;
    }

    /**
     * The metric with this key or one of the other systems' names for it ({@code alpha_weighted}, {@code eigs_num},
     * {@code lambda_max}, ...), upper and lower case alike.
     *
     * @throws IllegalArgumentException if no metric has this name
     */
    public static SpectrumMetric named(String name) {
        SpectrumMetric metric = BY_NAME.get(name.toLowerCase(Locale.ROOT));
        checkArgument(
                metric != null,
                "name of a spectrum metric must be one of %s, got '%s'",
                Arrays.stream(values()).map(SpectrumMetric::key).collect(Collectors.joining(", ")),
                name);
        return metric;
    }

    /** Column name in tables, as WeightWatcher or TempBalance call the metric where they have it. */
    public String key() {
        return key;
    }

    /** What the metric says, in one line. */
    public String glossary() {
        return glossary;
    }

    /**
     * The metric of one spectrum. O(N) at most.
     *
     * @param spectrum pooled eigenvalues; leaving some out with {@link EigenvalueSpectrum#above} shifts the metrics that
     *     look at all of them
     * @param fit its tail fit, usable or not
     * @param group the matrices that the eigenvalues come from: the layer's, or for windows {@link
     *     MatrixGroup#ofWindows}
     * @return the value, or NaN where it is undefined: metrics of the tail without a usable fit, logarithms and
     *     quotients of zero, those of the noise bulk if the median eigenvalue is zero up to rounding; never infinite
     */
    public double of(EigenvalueSpectrum spectrum, TailFit fit, MatrixGroup group) {
        double value = formula.of(spectrum, fit, group);
        return Double.isFinite(value) ? value : Double.NaN;
    }

    private static double logAlphaNorm(EigenvalueSpectrum e, double alpha) {
        double sum = 0;
        for (int i = 0; i < e.size(); i++) {
            sum += Math.pow(e.get(i) / e.largest(), alpha);
        }
        return alpha * Math.log10(e.largest()) + Math.log10(sum);
    }

    private static double bulk(EigenvalueSpectrum e, MatrixGroup g, ToDoubleFunction<MarchenkoPastur> number) {
        return MarchenkoPastur.fits(e, g.rows(), g.cols())
                ? number.applyAsDouble(MarchenkoPastur.fit(e, g.rows(), g.cols()))
                : Double.NaN;
    }

    private static ImmutableMap<String, SpectrumMetric> byName() {
        ImmutableMap.Builder<String, SpectrumMetric> names = ImmutableMap.builder();
        for (SpectrumMetric metric : values()) {
            names.put(metric.key.toLowerCase(Locale.ROOT), metric);
            for (String alias : metric.aliases) {
                names.put(alias, metric);
            }
        }
        return names.buildOrThrow();
    }

    private interface Formula {
        double of(EigenvalueSpectrum spectrum, TailFit fit, MatrixGroup group);
    }
}
