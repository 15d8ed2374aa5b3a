/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.LongAdder;

import com.google.common.collect.MapMaker;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Clips the norm of the whole gradient of a network before every update.
 *
 * <pre>{@code
 * g <- g * min(1, threshold / ||g||)      g mean gradient of the minibatch, all layers together
 *
 * net.setListeners(new GradientNormClipping(), new ScoreIterationListener(10));
 * }</pre>
 *
 * <p>Deeplearning4j's own gradient normalization knows layers and arrays only, and it also clips the running statistics of
 * batch normalization, which are no gradients. Here running statistics, class centres, frozen layers, every parameter whose
 * updater is NoOp and parameters that only pretraining moves neither count in the norm nor change. L1, L2 and weight decay
 * are added after clipping, as in the released code.
 *
 * <p>The gradient is that of the minibatch, or of one segment of truncated backpropagation through time, divided by the
 * number the updater divides by: the examples of the (first) labels, masked or not; by none with {@code miniBatch(false)}.
 * A listener that comes before this one sees the gradient unclipped, a later one clipped.
 *
 * <p>A gradient with NaN or infinite values, or whose norm exceeds the range of double, stays as it is; that is counted, and
 * logged once. Optimizers with a line search clip each gradient they take. Gradients that reach the updater without a
 * {@code fit} method are not seen.
 *
 * <p>One object may serve several networks, also in several threads. Under {@code ParallelWrapper} each worker clips the
 * gradient of its own minibatch, before averaging and before a gradient-sharing accumulator: what the accumulator then adds
 * up may be longer than the threshold.
 *
 * <p>Cost: one pass over the gradient, another when it is clipped; no memory of its own but for data types below 32 bits,
 * which are copied to double. On a GPU the norm is waited for.
 *
 * <p>Threshold by default 5, always on, as in the released code of Hoffer, Hubara, Soudry, NeurIPS 2017, arXiv 1705.08741.
 * (PyTorch divides by the norm plus 1e-6; this is exact.)
 *
 * @since 0.1
 */
public final class GradientNormClipping extends BaseTrainingListener {
    private static final Logger log = LoggerFactory.getLogger(GradientNormClipping.class);

    private final double threshold;

    /** By identity. */
    private final ConcurrentMap<Model, GradientRanges> ranges =
            new MapMaker().weakKeys().makeMap();

    private final LongAdder gradients = new LongAdder();
    private final LongAdder clipped = new LongAdder();
    private final LongAdder nonFinite = new LongAdder();
    private final DoubleAccumulator largestNorm = new DoubleAccumulator(Math::max, 0);
    private final AtomicBoolean warned = new AtomicBoolean();

    /** Clips at a norm of 5. */
    public GradientNormClipping() {
        this(5);
    }

    /**
     * Clips at the given norm.
     *
     * @throws IllegalArgumentException unless it is finite and positive
     */
    public GradientNormClipping(double threshold) {
        checkArgument(
                threshold > 0 && Double.isFinite(threshold),
                "threshold of the gradient norm must be finite and > 0, got %s; 5 is usual, and without the listener"
                        + " nothing is clipped",
                threshold);
        this.threshold = threshold;
    }

    /** The norm a gradient is clipped to. */
    public double threshold() {
        return threshold;
    }

    /** Gradients seen, of all networks: one per iteration, or more with a line search. */
    public long gradients() {
        return gradients.sum();
    }

    /** How many of them were clipped. */
    public long clipped() {
        return clipped.sum();
    }

    /** How many of them had no finite norm and were left as they were. */
    public long nonFinite() {
        return nonFinite.sum();
    }

    /** The largest finite norm seen, before clipping; 0 before the first gradient. */
    public double largestNorm() {
        return largestNorm.get();
    }

    @Override
    public void onGradientCalculation(Model model) {
        if (!(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
            return; // layer-wise pretraining passes a single layer
        }
        GradientRanges own = rangesOf(model);
        // The array holds the sum over the examples; the updater divides only after this.
        double norm = own.norm() / divisor(model);
        gradients.increment();
        if (!Double.isFinite(norm)) {
            nonFinite.increment();
            if (warned.compareAndSet(false, true)) {
                log.warn("norm of the gradient is {}; left as it is. Later ones are counted only", norm);
            }
            return;
        }
        largestNorm.accumulate(norm);
        if (norm > threshold) {
            own.scale(threshold / norm);
            clipped.increment();
        }
    }

    private GradientRanges rangesOf(Model net) {
        GradientRanges known = ranges.get(net);
        if (known == null || !known.areOf(net)) {
            known = GradientRanges.of(net);
            ranges.put(net, known);
        }
        return known;
    }

    private static int divisor(Model net) {
        NeuralNetConfiguration conf =
                net instanceof MultiLayerNetwork ? ((MultiLayerNetwork) net).conf() : ((ComputationGraph) net).conf();
        return conf.isMiniBatch() ? net.batchSize() : 1;
    }

    @Override
    public String toString() {
        return "GradientNormClipping(threshold=" + threshold + ", gradients=" + gradients() + ", clipped=" + clipped()
                + ", nonFinite=" + nonFinite() + ", largestNorm=" + largestNorm() + ")";
    }
}
