/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import io.github.dl4jdynamics.spectral.oracle.RandomState;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Makes a trained network smaller: a layer whose weight matrix is close to low rank becomes two thin layers with the same
 * outputs, up to a chosen share of energy.
 *
 * <pre>{@code
 * FactorizedNetwork<MultiLayerNetwork> small =
 *         LowRankFactorization.builder().energy(0.99).build().factorize(net);
 * System.out.println(small);
 * small.network().output(features);
 * }</pre>
 *
 * <pre>{@code
 * W [out, in (kH kW)] = U S V^T ~ (U_r S_r^(1/2)) (S_r^(1/2) V_r^T)
 * r = the smallest rank with sum_{i<=r} s_i^2 >= energy * sum_i s_i^2
 * replaced only if r (rows + cols) < rows cols
 * }</pre>
 *
 * <ul>
 *   <li>{@code DenseLayer} and {@code OutputLayer}: a dense layer {@code in -> r}, then the original layer
 *       {@code r -> out}.
 *   <li>{@code ConvolutionLayer}: the same convolution {@code in -> r} (kernel, stride, padding, dilation, mode, format),
 *       then a convolution 1 x 1, {@code r -> out}.
 * </ul>
 *
 * <p>The first of the two is linear, has no bias, is called {@code <name>-in}, and takes over what concerns the input:
 * the preprocessor and dropout. The second keeps the name, bias, activation, loss, layer normalization and constraints on
 * the bias. Updater, gradient normalization, L1, L2 and weight decay are on both; L2 on both halves is the nuclear norm
 * of their product at its smallest, so it goes on pressing on the rank. Other regularizations of the weights, which may
 * belong to the shape of the whole matrix, are taken off, and the row of the layer says so. In a
 * {@code MultiLayerNetwork}, layers without a name get the one they have in reports, {@code layer<index>}, as their
 * positions shift.
 *
 * <p>All other layers are left alone with a reason: frozen and wrapped ones, those with weight noise or constraints on
 * the weights, weights that are all zero, subclasses, and classes with other parameters (depthwise, separable, transposed, 1D
 * and 3D convolutions, recurrent layers, embeddings, ...).
 *
 * <p>The network given is only read. The new one has its counters of iterations and epochs, but no listeners, no
 * remembered state of recurrent layers, and a fresh updater: with the counter going on, Adam takes its empty moments for
 * old ones, and its first step is about three times its rate; set the iteration count to 0 or lower the rate if that
 * matters. ND4J's random numbers stay as they were.
 *
 * <p>Cost: O(rows cols min(rows, cols)) for each layer, in double precision, one after the other; about eight matrices
 * of doubles of the size of the largest one. Safe for use by several threads, each on its own network.
 *
 * <p>Denton, Zaremba, Bruna, LeCun, Fergus: Exploiting Linear Structure Within Convolutional Networks for Efficient
 * Evaluation, NeurIPS 2014, arXiv:1404.0736 (dense layers); Zhang, Zou, He, Sun: Accelerating Very Deep Convolutional
 * Networks for Classification and Detection, TPAMI 2016, arXiv:1505.06798, section 3.1 (convolutions; here for the weights
 * alone, not for the responses to data).
 *
 * @since 0.1
 */
public final class LowRankFactorization {
    private static final Logger log = LoggerFactory.getLogger(LowRankFactorization.class);

    private final double energy;
    private final int maxRank;
    private final ImmutableMap<String, Integer> ranks;
    private final ImmutableSet<String> layers;

    private LowRankFactorization(Builder builder) {
        this.energy = builder.energy;
        this.maxRank = builder.maxRank;
        this.ranks = ImmutableMap.copyOf(builder.ranks);
        this.layers = ImmutableSet.copyOf(builder.layers);
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A smaller copy of a network.
     *
     * @param net initialised, not closed
     * @return the new network, and a row for each layer of the given one
     * @throws IllegalArgumentException if a layer named in the settings does not exist, or if weights that were to be
     *     factorized are not finite
     * @throws IllegalStateException for a network that was not initialised, or closed
     */
    public FactorizedNetwork<MultiLayerNetwork> factorize(MultiLayerNetwork net) {
        checkNotNull(net, "network to factorize must not be null");
        return factorize(net, Site::of, (surgery, original) -> surgery.on(original));
    }

    /**
     * A smaller copy of a graph; its outputs and all vertices but the new ones keep their names.
     *
     * @param net initialised, not closed
     * @return the new network, and a row for each vertex of the given one, in topological order
     * @throws IllegalArgumentException if a layer named in the settings does not exist, or if weights that were to be
     *     factorized are not finite
     * @throws IllegalStateException for a network that was not initialised, or closed
     */
    public FactorizedNetwork<ComputationGraph> factorize(ComputationGraph net) {
        checkNotNull(net, "network to factorize must not be null");
        return factorize(net, Site::of, (surgery, original) -> surgery.on(original));
    }

    @SuppressWarnings("try") // the scopes are left by closing them
    private <T extends Model> FactorizedNetwork<T> factorize(
            T net, Function<T, List<Site>> reader, BiFunction<Surgery, T, T> operation) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces();
                RandomState random = new RandomState()) {
            List<Site> sites = reader.apply(net);
            checkNames(sites);
            DenseKernels kernels = DenseKernels.auto();
            List<Decision> decisions = new ArrayList<>();
            List<LayerFactorization> rows = new ArrayList<>();
            for (Site site : sites) {
                Decision decision = decide(site, kernels);
                decisions.add(decision);
                rows.add(decision.row());
            }
            FactorizedNetwork<T> small = new FactorizedNetwork<>(operation.apply(new Surgery(decisions), net), rows);
            log.info(
                    "{} of {} layers became two, parameters {} -> {}",
                    decisions.stream().filter(Decision::replaces).count(),
                    rows.size(),
                    small.parametersBefore(),
                    small.parametersAfter());
            return small;
        }
    }

    private void checkNames(List<Site> sites) {
        Set<String> known = new TreeSet<>();
        sites.forEach(site -> known.add(site.name()));
        Set<String> unknown = Sets.difference(Sets.union(layers, ranks.keySet()), known);
        checkArgument(
                unknown.isEmpty(),
                "layers to factorize must be among the network's, %s, got %s; a layer without a name is called "
                        + "layer<index>",
                known,
                unknown);
    }

    private Decision decide(Site site, DenseKernels kernels) {
        if (!layers.isEmpty() && !layers.contains(site.name()) && !ranks.containsKey(site.name())) {
            return Decision.keep(site, "not chosen");
        }
        Optional<String> obstacle = site.obstacle();
        if (obstacle.isPresent()) {
            return Decision.keep(site, obstacle.get());
        }
        long limit = ((long) site.rows() * site.cols() - 1) / (site.rows() + site.cols());
        if (limit == 0) {
            return Decision.keep(site, "two layers save nothing at any rank");
        }
        RankedFactors factors = RankedFactors.of(site.matrix(), kernels);
        if (factors.rank() == 0) {
            return Decision.keep(site, "all weights are zero, and two layers of zeros could not be trained");
        }
        int rank = rank(site, factors);
        if (rank > limit) {
            return Decision.keep(site, "rank " + rank + " saves nothing, it takes " + limit + " or less");
        }
        List<String> leftOff = site.leftOff();
        return Decision.replace(
                site, factors, rank, leftOff.isEmpty() ? null : "without " + String.join(", ", leftOff));
    }

    private int rank(Site site, RankedFactors factors) {
        Integer own = ranks.get(site.name());
        return own == null ? Math.min(maxRank, factors.rankFor(energy)) : Math.min(own, factors.rank());
    }

    /** A builder with these settings. */
    public Builder toBuilder() {
        Builder builder = new Builder().energy(energy).maxRank(maxRank);
        builder.ranks.putAll(ranks);
        builder.layers.addAll(layers);
        return builder;
    }

    @Override
    public String toString() {
        return "LowRankFactorization{energy=" + energy
                + (maxRank == Integer.MAX_VALUE ? "" : ", maxRank=" + maxRank)
                + (ranks.isEmpty() ? "" : ", ranks=" + ranks)
                + ", layers=" + (layers.isEmpty() ? "all" : layers) + "}";
    }

    /** Settings of a {@link LowRankFactorization}. */
    public static final class Builder {
        private double energy = 0.99;
        private int maxRank = Integer.MAX_VALUE;
        private final TreeMap<String, Integer> ranks = new TreeMap<>();
        private final TreeSet<String> layers = new TreeSet<>();

        private Builder() {}

        /**
         * Share of the sum of squared singular values to keep, in (0, 1]. Default 0.99, ours: a relative error of 0.1 in
         * the weights. 1 keeps everything but what is rounding in the data type of the network.
         */
        public Builder energy(double energy) {
            checkArgument(
                    energy > 0 && energy <= 1,
                    "energy of the factorization must be in (0, 1], got %s; 0.99 is the default",
                    energy);
            this.energy = energy;
            return this;
        }

        /** Upper limit of all ranks but those of {@link #rank}, at the cost of energy. Default none. */
        public Builder maxRank(int maxRank) {
            checkArgument(maxRank >= 1, "maxRank of the factorization must be >= 1, got %s", maxRank);
            this.maxRank = maxRank;
            return this;
        }

        /**
         * Rank of one layer, whatever energy it keeps, or the rank of its matrix if that is lower. The layer need not be
         * in {@link #layers}; without any there, the others go by energy.
         */
        public Builder rank(String layer, int rank) {
            checkNotNull(layer, "layer with a rank of its own must not be null");
            checkArgument(rank >= 1, "rank of layer '%s' must be >= 1, got %s", layer, rank);
            ranks.put(layer, rank);
            return this;
        }

        /** Adds layers to factorize. Default all that become smaller by it. */
        public Builder layers(String... names) {
            for (String name : names) {
                layers.add(checkNotNull(name, "layer to factorize must not be null"));
            }
            return this;
        }

        /** The factorization. */
        public LowRankFactorization build() {
            return new LowRankFactorization(this);
        }
    }
}
