/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import io.github.dl4jdynamics.spectral.nd4j.MatrixView;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Singular values of the weights of some layers, from decompositions in double. */
final class WeightSpectra {
    private final ImmutableMap<String, double[]> values;

    private WeightSpectra(ImmutableMap<String, double[]> values) {
        this.values = values;
    }

    static WeightSpectra of(ComputationGraph net, List<String> layers) {
        GramSpectra solver = GramSpectra.builder().threads(1).build();
        ImmutableMap.Builder<String, double[]> values = ImmutableMap.builder();
        for (String layer : layers) {
            double[] squares = solver.of(MatrixView.copyOf(net.getLayer(layer).getParam("W")))
                    .get(0)
                    .eigenvalues();
            double[] descending = new double[squares.length];
            Arrays.setAll(descending, i -> Math.sqrt(squares[squares.length - 1 - i]));
            values.put(layer, descending);
        }
        return new WeightSpectra(values.build());
    }

    /** Descending; a copy. */
    double[] of(String layer) {
        return values.get(layer).clone();
    }

    /** The sum of all singular values of all layers. */
    double nuclearNorm() {
        return all().stream()
                .mapToDouble(spectrum -> Arrays.stream(spectrum).sum())
                .sum();
    }

    /** Squares of the k largest of each layer, over those of all. */
    double retained(int k) {
        return all().stream()
                        .mapToDouble(spectrum -> squares(Arrays.copyOf(spectrum, k)))
                        .sum()
                / all().stream().mapToDouble(WeightSpectra::squares).sum();
    }

    private Collection<double[]> all() {
        return values.values();
    }

    private static double squares(double[] spectrum) {
        return Arrays.stream(spectrum).map(value -> value * value).sum();
    }
}
