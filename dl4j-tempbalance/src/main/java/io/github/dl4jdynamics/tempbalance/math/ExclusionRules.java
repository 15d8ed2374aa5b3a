/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Lists;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Which analysed layers keep the base rate: the first, the last, and those with too few eigenvalues to fit a tail to.
 *
 * <p>The repositories apply the same three rules in different orders, which decides what "first" and "last" mean: a small
 * output layer removed early makes the layer before it the last one. The order of the layers is the caller's; the
 * reference code takes the order in which modules were registered.
 */
public final class ExclusionRules {

    /** When layers with too few eigenvalues go. */
    public enum Order {
        /** First and last of all analysed layers go, then the small ones; TempBalance. */
        SMALL_LAYERS_AFTER_FIRST_AND_LAST(layer -> false),
        /** Small layers go, then the first and the last of the rest; ModelBalancing, and FARMS without subsampling. */
        SMALL_LAYERS_BEFORE_FIRST_AND_LAST(layer -> true),
        /** Small linear layers go, then the first and the last of the rest, then small convolutions; FARMS. */
        SMALL_LINEAR_BEFORE_SMALL_CONVOLUTIONS_AFTER_FIRST_AND_LAST(layer -> !layer.isConvolution());

        private final Predicate<AnalysedLayer> smallGoesFirst;

        Order(Predicate<AnalysedLayer> smallGoesFirst) {
            this.smallGoesFirst = smallGoesFirst;
        }
    }

    private final boolean excludeFirst;
    private final boolean excludeLast;
    private final int minEigenvalues;
    private final Order order;

    private ExclusionRules(Builder builder) {
        this.excludeFirst = builder.excludeFirst;
        this.excludeLast = builder.excludeLast;
        this.minEigenvalues = builder.minEigenvalues;
        this.order = builder.order;
    }

    /** The rules of TempBalance: first and last go, then layers with fewer than 50 eigenvalues. */
    public static ExclusionRules tempBalance() {
        return builder().build();
    }

    /** The rules of FARMS: first and last stay (its main setting), layers with fewer than 5 eigenvalues go. */
    public static ExclusionRules farms() {
        return builder()
                .excludeFirst(false)
                .excludeLast(false)
                .minEigenvalues(5)
                .order(Order.SMALL_LINEAR_BEFORE_SMALL_CONVOLUTIONS_AFTER_FIRST_AND_LAST)
                .build();
    }

    /** The rules of ModelBalancing for transformers: layers with fewer than 50 eigenvalues go, then the last. */
    public static ExclusionRules modelBalancing() {
        return builder()
                .excludeFirst(false)
                .order(Order.SMALL_LAYERS_BEFORE_FIRST_AND_LAST)
                .build();
    }

    /** Returns a builder with the rules of TempBalance. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Applies the rules.
     *
     * @param layers all analysed layers in model order, names distinct; a single one counts as the first
     * @throws IllegalArgumentException if a name occurs twice
     */
    public LayerSelection select(List<AnalysedLayer> layers) {
        LayerNames.checkDistinct(Lists.transform(layers, AnalysedLayer::name));

        List<AnalysedLayer> rest = new ArrayList<>(layers);
        Map<String, String> reasons = new HashMap<>();
        removeSmall(rest, order.smallGoesFirst, reasons);
        String ofWhich = reasons.isEmpty() ? " analysed layer" : " analysed layer after small ones were excluded";
        if (excludeFirst && !rest.isEmpty()) {
            reasons.put(rest.remove(0).name(), "first" + ofWhich);
        }
        if (excludeLast && !rest.isEmpty()) {
            reasons.put(rest.remove(rest.size() - 1).name(), "last" + ofWhich);
        }
        removeSmall(rest, layer -> true, reasons);

        return new LayerSelection(
                rest.stream().map(AnalysedLayer::name).collect(ImmutableList.toImmutableList()),
                layers.stream()
                        .map(AnalysedLayer::name)
                        .filter(reasons::containsKey)
                        .collect(ImmutableMap.toImmutableMap(name -> name, reasons::get)));
    }

    private void removeSmall(
            List<AnalysedLayer> rest, Predicate<AnalysedLayer> candidate, Map<String, String> reasons) {
        rest.removeIf(layer -> {
            boolean small = candidate.test(layer) && layer.eigenvalues() < minEigenvalues;
            if (small) {
                reasons.put(layer.name(), layer.eigenvalues() + " eigenvalues, fewer than " + minEigenvalues);
            }
            return small;
        });
    }

    @Override
    public String toString() {
        return "exclusion(excludeFirst=" + excludeFirst + ", excludeLast=" + excludeLast + ", minEigenvalues="
                + minEigenvalues + ", order=" + order + ")";
    }

    /** Builds {@link ExclusionRules}. */
    public static final class Builder {

        private boolean excludeFirst = true;
        private boolean excludeLast = true;
        private int minEigenvalues = 50;
        private Order order = Order.SMALL_LAYERS_AFTER_FIRST_AND_LAST;

        private Builder() {}

        /** Sets whether the first layer keeps the base rate; default true, TempBalance's. */
        public Builder excludeFirst(boolean excludeFirst) {
            this.excludeFirst = excludeFirst;
            return this;
        }

        /** Sets whether the last layer keeps the base rate; default true, TempBalance's. */
        public Builder excludeLast(boolean excludeLast) {
            this.excludeLast = excludeLast;
            return this;
        }

        /**
         * Sets the number of eigenvalues that a tuned layer has at least.
         *
         * @param minEigenvalues {@code >= 0}, 0 excludes none; default 50, TempBalance's; FARMS uses 5
         * @throws IllegalArgumentException if negative
         */
        public Builder minEigenvalues(int minEigenvalues) {
            checkArgument(
                    minEigenvalues >= 0,
                    "minEigenvalues must be >= 0, got %s; 0 excludes no layer, 50 is TempBalance's",
                    minEigenvalues);
            this.minEigenvalues = minEigenvalues;
            return this;
        }

        /** Sets when small layers go; default {@link Order#SMALL_LAYERS_AFTER_FIRST_AND_LAST}, TempBalance's. */
        public Builder order(Order order) {
            this.order = checkNotNull(order, "order of the exclusion rules must not be null");
            return this;
        }

        /** Returns the rules. */
        public ExclusionRules build() {
            return new ExclusionRules(this);
        }
    }
}
